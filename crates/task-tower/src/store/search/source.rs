//! Where jobs lie: live ones in one table, finished ones in a part of the history for each state.

use crate::record::JobState;

/// A table of jobs, and what its columns have to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Live,
    Completed,
    Dead,
    Cancelled,
}

/// The states that a live job can be in, each with how it is told.
pub(super) const LIVE: [(JobState, &str); 5] = [
    (JobState::Scheduled, "state = 0 AND run_at > statement_timestamp() AND run_at < 'infinity' AND NOT retrying"),
    (JobState::Awaiting, "state = 0 AND run_at = 'infinity'"),
    (JobState::Enqueued, "state = 0 AND run_at <= statement_timestamp()"),
    (JobState::Processing, "state = 1"),
    (JobState::Failed, "state = 0 AND run_at > statement_timestamp() AND retrying"),
];

impl Source {
    pub(super) const ALL: [Source; 4] = [Source::Live, Source::Completed, Source::Dead, Source::Cancelled];

    pub(super) fn table(self) -> &'static str {
        match self {
            Source::Live => "task_tower.job",
            Source::Completed => "task_tower.history_completed",
            Source::Dead => "task_tower.history_dead",
            Source::Cancelled => "task_tower.history_cancelled",
        }
    }

    /// The state of all jobs there, if they have one in common.
    pub(super) fn state(self) -> Option<JobState> {
        match self {
            Source::Live => None,
            Source::Completed => Some(JobState::Completed),
            Source::Dead => Some(JobState::Dead),
            Source::Cancelled => Some(JobState::Cancelled),
        }
    }

    /// Its number among the rows of a page: that of the state in the history, or 0.
    pub(super) fn number(self) -> i16 {
        self.state().and_then(JobState::finished_code).unwrap_or(0)
    }

    /// What a job was given, and what it gave.
    pub(super) fn data(self) -> &'static str {
        match self {
            Source::Live => "payload, context",
            _ => "payload, context, result",
        }
    }

    /// When a job ended.
    pub(super) fn finished(self) -> &'static str {
        match self {
            Source::Live => "NULL::timestamptz",
            _ => "finished_at",
        }
    }

    /// How long the latest run took, or takes. Of one that ended while it waited, that is not known.
    pub(super) fn run(self) -> &'static str {
        match self {
            Source::Live => "CASE WHEN state = 1 THEN statement_timestamp() - attempted_at END",
            Source::Completed => "CASE WHEN attempt > 0 THEN finished_at - attempted_at END",
            Source::Dead => {
                "CASE WHEN attempt > 0 AND reason IS DISTINCT FROM 'discarded' THEN finished_at - attempted_at END"
            }
            Source::Cancelled => "NULL::interval",
        }
    }

    /// How long it waited for a slot once it was due, or waits.
    pub(super) fn wait(self) -> &'static str {
        match self {
            Source::Live => {
                "CASE WHEN state = 1 THEN attempted_at - run_at \
                 WHEN run_at <= statement_timestamp() THEN statement_timestamp() - run_at END"
            }
            _ => "CASE WHEN attempt > 0 THEN attempted_at - run_at END",
        }
    }

    /// The number of the state, in the order of the dashboard's own: see `number` in questions.rs.
    pub(super) fn state_number(self) -> String {
        match self {
            Source::Live => {
                let cases = LIVE.map(|(state, told)| format!("WHEN {told} THEN {}", super::number(state)));
                format!("(CASE {} END)::smallint", cases.join(" "))
            }
            _ => format!("{}::smallint", self.number()),
        }
    }
}

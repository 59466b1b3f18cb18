//! What people do to jobs by hand, and how far an operation on many of them has come.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::state::JobState;

/// Something that a person does to jobs.
///
/// ```
/// use task_tower::Action;
///
/// let action = Action::Move { queue: "slow".to_owned() };
///
/// assert_eq!(action.as_str(), "move");
/// assert!(action.can_be_undone());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// Back into the queue, to run at once and with all retries again: finished and waiting jobs.
    Requeue,
    /// Due at once; used retries stay used: waiting jobs.
    RunNow,
    /// Waiting jobs end at once, running ones are asked to stop.
    Cancel {
        /// Kept with the job.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Given up: waiting jobs are dead, and can be requeued.
    Discard {
        /// Kept with the job.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Removed, with all that is kept of it: finished and waiting jobs.
    Delete,
    /// Into another queue: waiting jobs.
    Move {
        /// The queue.
        queue: String,
    },
    /// Another priority within the queue: waiting jobs.
    Prioritize {
        /// From -100 to 100, higher runs first.
        priority: i16,
    },
    /// Another time to run: waiting jobs.
    Reschedule {
        /// Not before this time.
        run_at: DateTime<Utc>,
    },
}

impl Action {
    /// The action as a word: `requeue`, `run_now`, `cancel`, `discard`, `delete`, `move`,
    /// `prioritize` or `reschedule`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Requeue => "requeue",
            Self::RunNow => "run_now",
            Self::Cancel { .. } => "cancel",
            Self::Discard { .. } => "discard",
            Self::Delete => "delete",
            Self::Move { .. } => "move",
            Self::Prioritize { .. } => "prioritize",
            Self::Reschedule { .. } => "reschedule",
        }
    }

    /// Whether it can be undone within ten minutes. What has run cannot be undone, so a requeue and
    /// a run at once cannot; of a cancellation those jobs come back that had not started.
    #[must_use]
    pub fn can_be_undone(&self) -> bool {
        !matches!(self, Self::Requeue | Self::RunNow)
    }

    /// Whether it can be done to a job in this state.
    #[must_use]
    pub fn applies_to(&self, state: JobState) -> bool {
        match self {
            Self::Requeue | Self::Delete => state != JobState::Processing,
            Self::Cancel { .. } => !state.is_final(),
            _ => !state.is_final() && state != JobState::Processing,
        }
    }
}

/// The id of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(pub i64);

impl fmt::Display for OperationId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// An action on many jobs: what was asked for, how far it has come, and whether it can be undone.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OperationRecord {
    /// Its id.
    pub id: OperationId,
    /// What the person called it; may be empty.
    pub name: String,
    /// Who began it.
    pub actor: String,
    /// What is done to each job.
    pub action: Action,
    /// To which jobs; `None` when they were picked one by one.
    pub filter: Option<String>,
    /// Jobs that were created later are not touched.
    pub created_before: Option<DateTime<Utc>>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When its latest chunk was done.
    pub stepped_at: Option<DateTime<Utc>>,
    /// When it ended; `None` while it is open.
    pub ended_at: Option<DateTime<Utc>>,
    /// How many jobs matched when it began, counted to [`COUNT_MAX`](crate::COUNT_MAX).
    pub expected: u64,
    /// To how many jobs it was done.
    pub done: u64,
    /// How many jobs were not in a state for it any more.
    pub skipped: u64,
    /// How many of those were in which state; `gone` for those that do not exist any more.
    pub skipped_states: BTreeMap<String, u64>,
    /// Whether somebody asked it to stop.
    pub cancel_requested: bool,
    /// Why it gave up, if it did.
    pub failure: Option<String>,
    /// The operation that this one undoes, if it undoes one.
    pub undoes: Option<OperationId>,
    /// Until when it can be undone; `None` when it cannot, or not yet.
    pub undo_until: Option<DateTime<Utc>>,
    /// When somebody asked to undo it.
    pub undone_at: Option<DateTime<Utc>>,
}

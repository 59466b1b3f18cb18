//! One job with everything that is kept of it, and its life as a list of transitions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::id::{BatchId, JobId, WorkerId};
use super::progress::Progress;
use super::state::JobState;

/// A job as it stands in the database, live or in the history.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct JobRecord {
    /// Its id.
    pub id: JobId,
    /// What kind of job it is: the name under which handlers are registered.
    pub kind: String,
    /// What people call the kind, if its configuration says so.
    pub display_name: Option<String>,
    /// The queue it waits in, or waited in.
    pub queue: String,
    /// Where it is in its life.
    pub state: JobState,
    /// Higher runs first within the queue.
    pub priority: i16,
    /// How many runs it has had, the present one included.
    pub attempt: i32,
    /// How many of them failed.
    pub failures: i32,
    /// How many of them took their worker down, or were on a worker that went down.
    pub crashes: i32,
    /// How many retries it may have: it dies when it fails once more than this.
    pub max_retries: i32,
    /// Its tags, in the order in which they were given.
    pub tags: Vec<String>,
    /// The batch of which it is a member.
    pub batch: Option<BatchId>,
    /// Whether it awaits other jobs, or did; in lists, whether it does now.
    pub is_follower: bool,
    /// What no other live job has at the same time, if it is unique.
    pub unique_key: Option<String>,
    /// The longest that one run may take, in milliseconds; `None` for no limit.
    pub timeout_ms: Option<i64>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it may run, or might last have run. While it awaits other jobs, that is not known, and this is when it was
    /// created.
    pub run_at: DateTime<Utc>,
    /// When its latest run began; `None` before the first.
    pub attempted_at: Option<DateTime<Utc>>,
    /// When it ended; `None` while it lives.
    pub finished_at: Option<DateTime<Utc>>,
    /// The worker of its latest run.
    pub worker_id: Option<WorkerId>,
    /// Whether it runs and has been asked to stop.
    pub cancel_requested: bool,
    /// Why it is dead or cancelled: `retries`, `poison`, `decode`, `discarded`, `parent` (one that it awaited did not
    /// complete), or words of a person.
    pub reason: Option<String>,
    /// The fingerprint of its latest failure, see [`ErrorGroup`](crate::ErrorGroup); `None` if it never failed.
    pub error_group: Option<String>,
    /// How far it is, or was, if a handler has told; `None` in lists.
    pub progress: Option<Progress>,
    /// Its data, as stored.
    pub payload: Value,
    /// What contextualizers stored with it.
    pub context: Option<Value>,
    /// What its handler returned, where it returned something.
    pub result: Option<Value>,
    /// What happened to it beside the plain course of things, oldest first.
    pub events: Vec<Event>,
    /// Which version of the job this is: another one after every change. `None` in lists.
    pub revision: Option<String>,
    /// The trace that it was enqueued in, as the W3C has it: `traceparent`, and after a blank `tracestate`, if there is
    /// one. `None` in lists, and where nobody traced.
    pub trace_context: Option<String>,
}

/// Something that happened to a job beside the plain course of enqueued, processing, completed.
///
/// A job keeps its newest 50 events; the numbers of attempts and failures stay exact beyond that.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// What happened.
    pub event: EventKind,
    /// When, by the database's clock.
    pub at: DateTime<Utc>,
    /// The run it belongs to.
    #[serde(default)]
    pub attempt: Option<i32>,
    /// When that run began.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// The worker of that run.
    #[serde(default)]
    pub worker_id: Option<i64>,
    /// When the job was to run next.
    #[serde(default)]
    pub run_at: Option<DateTime<Utc>>,
    /// How the job had ended, when a requeue brought it back.
    #[serde(default)]
    pub ended_as: Option<JobState>,
    /// When it had ended.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Words about it: a reason, a person's note.
    #[serde(default)]
    pub note: Option<String>,
    /// The failure, when it is one.
    #[serde(default)]
    pub error: Option<Failure>,
}

/// The kinds of [`Event`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// A run ended with an error, a panic or a timeout.
    Failed,
    /// Its worker died; the job went back to its queue.
    Rescued,
    /// Its worker shut down before the job was done and gave it back, without counting the run.
    Released,
    /// The handler asked to be run again later.
    Snoozed,
    /// Somebody put it back into its queue.
    Requeued,
    /// Somebody, or the job itself, cancelled it.
    Cancelled,
    /// Somebody, or the job itself, gave it up.
    Discarded,
    /// An interceptor failed or panicked; what became of the job does not depend on it.
    InterceptorFailed,
    /// A later version wrote something that this one does not know.
    #[serde(other)]
    Other,
}

/// How a run failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// What sort of failure: `error`, `panic`, `timeout`, `decode` or `crash`; of an interceptor also
    /// `stopped`, with its worker.
    pub kind: String,
    /// The type of the error, or its variant; else `Panic`, `Timeout`, `Decode`, `WorkerLost`, or `Error`
    /// where nothing better is known.
    #[serde(default)]
    pub class: String,
    /// The error's own message, at most 16 KiB.
    pub message: String,
    /// The chain of causes, or the place of the panic, at most 16 KiB.
    #[serde(default)]
    pub details: Option<String>,
}

/// One step of a job's life: from when it was in which state.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Transition {
    /// The state that began.
    pub state: JobState,
    /// When it began, by the database's clock.
    pub at: DateTime<Utc>,
    /// The run it belongs to, if any.
    pub attempt: Option<i32>,
    /// Why: `requeued`, `rescued`, a death's reason, a person's words.
    pub reason: Option<String>,
    /// The failure that caused it, if any.
    pub error: Option<Failure>,
}

impl JobRecord {
    /// What people call it: the display name of its kind, or else the kind itself.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.kind)
    }

    /// The id of the trace that it was enqueued in: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        let id = self.trace_context.as_deref()?.split('-').nth(1)?;
        (id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(id)
    }

    /// The failure of the latest failed run.
    #[must_use]
    pub fn last_failure(&self) -> Option<&Failure> {
        let failures = self.events.iter().rev().filter(|event| event.event != EventKind::InterceptorFailed);
        failures.filter_map(|event| event.error.as_ref()).next()
    }

    /// The failed run that was the latest at that time.
    pub(crate) fn failed_before(&self, time: DateTime<Utc>) -> Option<&Event> {
        self.events.iter().rev().find(|event| event.event == EventKind::Failed && event.at <= time)
    }

    /// The job's life as a list of states with their times, oldest first.
    #[must_use]
    pub fn history(&self) -> Vec<Transition> {
        let mut steps = vec![self.born()];
        let mut told = 0;
        for event in &self.events {
            let attempt = event.attempt.unwrap_or(0);
            if attempt > told || event.event == EventKind::Released {
                steps.extend(event.run_began());
            }
            steps.extend(event.had_ended());
            steps.extend(event.became());
            told = told.max(attempt - i32::from(event.event == EventKind::Released));
        }
        steps.extend(self.present(told));
        steps
    }

    fn born(&self) -> Transition {
        // A retry or a requeue moved the time; what it was at first is not kept.
        let moved = self.events.iter().any(Event::has_moved_the_job);
        let scheduled = !moved && self.run_at > self.created_at;
        let state = match (self.is_follower, scheduled) {
            (true, _) => JobState::Awaiting,
            (false, true) => JobState::Scheduled,
            (false, false) => JobState::Enqueued,
        };
        Transition { state, at: self.created_at, attempt: None, reason: None, error: None }
    }

    /// The run that no event speaks of yet, and how it ended.
    fn present(&self, told: i32) -> Vec<Transition> {
        let mut steps = Vec::new();
        if self.attempt > told && (self.state == JobState::Processing || self.state.is_final()) {
            steps.extend(self.attempted_at.map(|at| self.step(JobState::Processing, at, None)));
        }
        if let Some(at) = self.finished_at {
            steps.push(self.step(self.state, at, self.reason.clone()));
        }
        steps
    }

    fn step(&self, state: JobState, at: DateTime<Utc>, reason: Option<String>) -> Transition {
        Transition { state, at, attempt: Some(self.attempt), reason, error: None }
    }
}

impl Event {
    /// Whether the job got another time to run by it.
    fn has_moved_the_job(&self) -> bool {
        use EventKind::{Failed, Released, Requeued, Rescued, Snoozed};
        // A death has no next run.
        let waits_again = self.event != Failed || self.run_at.is_some();
        waits_again && matches!(self.event, Failed | Released | Requeued | Rescued | Snoozed)
    }

    fn run_began(&self) -> Option<Transition> {
        let at = self.started_at?;
        Some(Transition { state: JobState::Processing, at, attempt: self.attempt, reason: None, error: None })
    }

    /// The end from which a requeue brought the job back.
    fn had_ended(&self) -> Option<Transition> {
        let (state, at) = (self.ended_as?, self.ended_at?);
        Some(Transition { state, at, attempt: self.attempt, reason: None, error: None })
    }

    fn became(&self) -> Option<Transition> {
        let (state, reason) = match self.event {
            EventKind::Failed => (JobState::Failed, None),
            EventKind::Rescued => (JobState::Enqueued, Some("rescued")),
            EventKind::Released => (JobState::Enqueued, Some("released")),
            EventKind::Requeued => (JobState::Enqueued, Some("requeued")),
            EventKind::Snoozed => (JobState::Scheduled, Some("snoozed")),
            // The end itself is told by the job's own columns.
            EventKind::Cancelled | EventKind::Discarded | EventKind::InterceptorFailed | EventKind::Other => {
                return None;
            }
        };
        Some(Transition {
            state,
            at: self.at,
            attempt: self.attempt,
            reason: self.note.clone().or(reason.map(str::to_owned)),
            error: self.error.clone(),
        })
    }
}

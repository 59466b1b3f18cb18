//! A job in JSON: in a list, and with everything that is kept of it.

use serde::Serialize;
use serde_json::Value;
use task_tower::{Event, EventKind, Failure, JobRecord, JobState, Progress, Transition};

use super::answer::Moment;

/// What lists and the whole have in common.
#[derive(Serialize)]
struct Head {
    id: String,
    kind: String,
    display_name: Option<String>,
    queue: String,
    state: JobState,
    priority: i16,
    attempt: i32,
    failures: i32,
    crashes: i32,
    max_retries: i32,
    tags: Vec<String>,
    batch: Option<String>,
    unique_key: Option<String>,
    timeout_ms: Option<i64>,
    created_at: Moment,
    run_at: Moment,
    attempted_at: Option<Moment>,
    finished_at: Option<Moment>,
    worker_id: Option<String>,
    cancel_requested: bool,
    reason: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Summary {
    #[serde(flatten)]
    head: Head,
    /// The beginning of the payload, as text: a list does not carry the whole.
    payload_preview: String,
}

#[derive(Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    head: Head,
    revision: Option<String>,
    error_group: Option<String>,
    trace_id: Option<String>,
    progress: Option<Told>,
    payload: Value,
    context: Option<Value>,
    result: Option<Value>,
    history: Vec<Step>,
    events: Vec<Happening>,
}

/// How far it is, as its handler told last.
#[derive(Serialize)]
struct Told {
    attempt: i32,
    done: u64,
    total: u64,
    percent: Option<u8>,
    text: Option<String>,
    at: Moment,
}

#[derive(Serialize)]
struct Step {
    state: JobState,
    at: Moment,
    attempt: Option<i32>,
    reason: Option<String>,
    error: Option<Failure>,
}

#[derive(Serialize)]
struct Happening {
    event: EventKind,
    at: Moment,
    attempt: Option<i32>,
    started_at: Option<Moment>,
    worker_id: Option<String>,
    run_at: Option<Moment>,
    ended_as: Option<JobState>,
    ended_at: Option<Moment>,
    note: Option<String>,
    error: Option<Failure>,
}

impl Summary {
    pub(super) fn of(job: JobRecord) -> Self {
        let payload_preview = match &job.payload {
            // One that was cut is no JSON any more, but its text.
            Value::String(text) if serde_json::from_str::<Value>(text).is_err() && is_begun(text) => text.clone(),
            payload => payload.to_string(),
        };
        Self { payload_preview, head: Head::of(job) }
    }
}

fn is_begun(text: &str) -> bool {
    text.starts_with(['{', '[', '"'])
}

impl Whole {
    pub(super) fn of(mut job: JobRecord) -> Self {
        Self {
            history: job.history().into_iter().map(Step::from).collect(),
            events: std::mem::take(&mut job.events).into_iter().map(Happening::from).collect(),
            revision: job.revision.take(),
            error_group: job.error_group.take(),
            trace_id: job.trace_id().map(str::to_owned),
            progress: job.progress.take().map(Told::from),
            payload: job.payload.take(),
            context: job.context.take(),
            result: job.result.take(),
            head: Head::of(job),
        }
    }
}

impl Head {
    fn of(job: JobRecord) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            display_name: job.display_name,
            queue: job.queue,
            state: job.state,
            priority: job.priority,
            attempt: job.attempt,
            failures: job.failures,
            crashes: job.crashes,
            max_retries: job.max_retries,
            tags: job.tags,
            batch: job.batch.map(|id| id.to_string()),
            unique_key: job.unique_key,
            timeout_ms: job.timeout_ms,
            created_at: Moment(job.created_at),
            run_at: Moment(job.run_at),
            attempted_at: job.attempted_at.map(Moment),
            finished_at: job.finished_at.map(Moment),
            worker_id: job.worker_id.map(|id| id.to_string()),
            cancel_requested: job.cancel_requested,
            reason: job.reason,
        }
    }
}

impl From<Progress> for Told {
    fn from(told: Progress) -> Self {
        let percent = told.percent();
        let Progress { attempt, done, total, text, at, .. } = told;
        Self { attempt, done, total, percent, text, at: Moment(at) }
    }
}

impl From<Transition> for Step {
    fn from(step: Transition) -> Self {
        let Transition { state, at, attempt, reason, error, .. } = step;
        Self { state, at: Moment(at), attempt, reason, error }
    }
}

impl From<Event> for Happening {
    fn from(event: Event) -> Self {
        Self {
            event: event.event,
            at: Moment(event.at),
            attempt: event.attempt,
            started_at: event.started_at.map(Moment),
            worker_id: event.worker_id.map(|id| id.to_string()),
            run_at: event.run_at.map(Moment),
            ended_as: event.ended_as,
            ended_at: event.ended_at.map(Moment),
            note: event.note,
            error: event.error,
        }
    }
}

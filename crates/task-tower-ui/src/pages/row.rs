//! One job as a line of the list.

use chrono::{DateTime, Utc};
use task_tower::{JobRecord, JobState};

use crate::badge::Badge;
use crate::look::{Look, Stamp};
use crate::say::{self, NOTHING};

/// A due job that waits longer than this is late, and the page says so by color.
const LATE_AFTER_SECONDS: i64 = 60;

pub(super) struct Row {
    pub(super) id: String,
    pub(super) short_id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) queue: String,
    pub(super) badge: Badge,
    pub(super) payload: String,
    pub(super) tags: Vec<String>,
    pub(super) attempts: String,
    pub(super) wait: String,
    pub(super) late: bool,
    pub(super) run: String,
    pub(super) changed: Stamp,
}

impl Row {
    pub(super) fn new(job: &JobRecord, look: &Look) -> Self {
        Self {
            id: job.id.to_string(),
            short_id: job.id.short(),
            name: job.name().to_owned(),
            kind: job.kind.clone(),
            queue: job.queue.clone(),
            badge: look.badge(job.state),
            payload: say::preview(&job.payload),
            tags: job.tags.clone(),
            attempts: format!("{}/{}", job.attempt, i64::from(job.max_retries) + 1),
            wait: wait(job, look),
            late: job.state == JobState::Enqueued && (look.now - job.run_at).num_seconds() > LATE_AFTER_SECONDS,
            run: run(job, look),
            changed: look.time(changed_at(job)),
        }
    }
}

/// How long it waited for a slot once it was due; for one that is not due yet, until then.
pub(super) fn wait(job: &JobRecord, look: &Look) -> String {
    match job.state {
        JobState::Scheduled | JobState::Failed => look.m.ahead(say::age(look.m, job.run_at - look.now)),
        JobState::Enqueued => look.duration(look.now - job.run_at),
        _ => job.attempted_at.map_or(NOTHING.to_owned(), |at| look.duration(at - job.run_at)),
    }
}

/// How long its latest run took, or has taken until now. A job that was given up while it waited
/// ended long after its run: of that one the list does not know.
pub(super) fn run(job: &JobRecord, look: &Look) -> String {
    let discarded = job.reason.as_deref() == Some("discarded");
    let ended = match job.state {
        JobState::Processing => Some(look.now),
        JobState::Completed => job.finished_at,
        JobState::Dead if !discarded => job.finished_at,
        _ => None,
    };
    let took = ended.zip(job.attempted_at).map(|(end, begin)| look.duration(end - begin));
    took.unwrap_or_else(|| NOTHING.to_owned())
}

/// When it came into its state.
fn changed_at(job: &JobRecord) -> DateTime<Utc> {
    let began = match job.state {
        JobState::Processing | JobState::Failed => job.attempted_at,
        _ => None,
    };
    job.finished_at.or(began).unwrap_or(job.created_at)
}

//! One job as a line of the list.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use task_tower::{JobFilter, JobRecord, JobState, LATE_AFTER};

use super::jobs::preview;
use crate::badge::Badge;
use crate::look::{Look, Stamp};
use crate::say::{self, NOTHING};

pub(super) struct Row {
    pub(super) id: String,
    pub(super) short_id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) queue: String,
    pub(super) badge: Badge,
    /// The list of this queue, as far as the filter goes.
    pub(super) queue_link: String,
    pub(super) priority: i16,
    /// Names and values.
    pub(super) arguments: Vec<(String, String)>,
    /// Each with the list of its jobs.
    pub(super) tags: Vec<(String, String)>,
    pub(super) attempts: String,
    /// The first attempt, which needs no attention.
    pub(super) routine: bool,
    pub(super) wait: String,
    pub(super) late: bool,
    pub(super) run: String,
    pub(super) changed: Stamp,
}

impl Row {
    /// `limits` are those of queues that have one of their own, `link` leads to the list when it is narrowed down further.
    pub(super) fn new(
        job: &JobRecord,
        look: &Look,
        limits: &BTreeMap<String, Duration>,
        link: impl Fn(&dyn Fn(JobFilter) -> JobFilter) -> String,
    ) -> Self {
        let limit = limits.get(&job.queue).copied().unwrap_or(LATE_AFTER);
        let tag = |tag: &String| (tag.clone(), link(&|filter| filter.tag(tag)));
        Self {
            id: job.id.to_string(),
            short_id: job.id.short(),
            name: job.name().to_owned(),
            kind: job.kind.clone(),
            queue: job.queue.clone(),
            badge: look.badge(job.state),
            queue_link: link(&|filter| filter.queue(&job.queue)),
            priority: job.priority,
            arguments: preview(&job.payload),
            tags: job.tags.iter().map(tag).collect(),
            attempts: format!("{}/{}", job.attempt, i64::from(job.max_retries) + 1),
            routine: job.attempt == 1,
            wait: wait(job, look),
            late: waited(job, look).is_some_and(|waited| waited > limit),
            run: run(job, look),
            changed: look.time(changed_at(job)),
        }
    }
}

/// How long it waits for a slot, or did before it ran.
fn waited(job: &JobRecord, look: &Look) -> Option<Duration> {
    let waited = match job.state {
        JobState::Enqueued => Some(look.now - job.run_at),
        JobState::Processing => job.attempted_at.map(|at| at - job.run_at),
        _ => None,
    };
    waited?.to_std().ok()
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

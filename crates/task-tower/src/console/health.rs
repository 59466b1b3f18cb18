//! Whether all is well, and if not, why.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Console;
use crate::error::Result;
use crate::record::{QueueRecord, WorkerRecord};
use crate::store;

/// Runs fail too often from this part on, if there are enough of them.
const FAILING_SHARE: f64 = 0.1;
const FAILING_MIN: u64 = 10;

/// How it is, in one word. The first that holds counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Verdict {
    /// Jobs wait and no worker lives.
    Stopped,
    /// In a queue that is not paused, a job has waited for longer than [its limit](QueueRecord::late_after).
    Late,
    /// Of the runs of the last ten minutes, more than a tenth failed, and at least ten.
    Failing,
    /// None of these.
    Healthy,
}

/// Whether all is well, and what there is to say about it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// In one word.
    pub verdict: Verdict,
    /// The queue that is furthest behind its limit, when one is late or stopped.
    pub late: Option<LateQueue>,
    /// How many queues are late.
    pub late_queues: usize,
    /// Jobs that are due and wait, in queues that are not paused. Counted up to
    /// [`COUNT_MAX`](crate::COUNT_MAX) for each queue.
    pub waiting: u64,
    /// How many workers live.
    pub workers: usize,
    /// How many slots they have.
    pub slots: u64,
    /// How many of those were in use at the last heartbeats.
    pub busy: u64,
    /// The worker that was found dead last, within the last hour.
    pub dead_worker: Option<WorkerRecord>,
    /// Runs of the last ten minutes that completed or failed.
    pub runs: u64,
    /// How many of them failed, the last ones of dead jobs included.
    pub failed_runs: u64,
}

/// A queue whose jobs wait too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LateQueue {
    /// The queue.
    pub name: String,
    /// How long its oldest job has waited.
    pub age: Duration,
    /// How long it may.
    pub late_after: Duration,
    /// How many wait, counted up to [`COUNT_MAX`](crate::COUNT_MAX).
    pub waiting: u64,
    /// How many slots of living workers serve it.
    pub slots: u64,
}

impl Console {
    /// Whether all is well, and if not, why.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn health(&self) -> Result<Health> {
        let (queues, workers, (now, runs)) = tokio::try_join!(
            self.queues(),
            store::list_workers(&self.readers, None),
            store::recent_runs(&self.readers)
        )?;
        Ok(Health::new(now, &queues, &workers, runs))
    }
}

impl Health {
    /// By what the tables say, at that time by the database's clock.
    fn new(
        now: DateTime<Utc>,
        queues: &[QueueRecord],
        workers: &[WorkerRecord],
        (runs, failed_runs): (u64, u64),
    ) -> Self {
        let open = || queues.iter().filter(|queue| queue.paused_at.is_none());
        let living = || workers.iter().filter(|worker| worker.ended_at.is_none());
        let mut behind: Vec<LateQueue> = open().filter_map(|queue| LateQueue::new(now, queue, workers)).collect();
        behind.sort_by_key(|queue| std::cmp::Reverse((queue.age.saturating_sub(queue.late_after), queue.age)));
        let late_queues = behind.iter().filter(|queue| queue.age > queue.late_after).count();
        let verdict = match (behind.is_empty(), living().count()) {
            (false, 0) => Verdict::Stopped,
            _ if late_queues > 0 => Verdict::Late,
            _ if is_failing(runs, failed_runs) => Verdict::Failing,
            _ => Verdict::Healthy,
        };
        let tell = matches!(verdict, Verdict::Stopped | Verdict::Late);
        Self {
            verdict,
            late: behind.into_iter().next().filter(|_| tell),
            late_queues,
            waiting: open().map(|queue| queue.enqueued).sum(),
            workers: living().count(),
            slots: living().map(slots).sum(),
            busy: living().map(|worker| u64::from(worker.busy.unsigned_abs())).sum(),
            dead_worker: dead_worker(now, workers),
            runs,
            failed_runs,
        }
    }
}

impl LateQueue {
    fn new(now: DateTime<Utc>, queue: &QueueRecord, workers: &[WorkerRecord]) -> Option<Self> {
        let serving = workers.iter().filter(|worker| worker.serves(&queue.name));
        Some(Self {
            name: queue.name.clone(),
            age: queue.oldest_wait(now)?,
            late_after: queue.late_after,
            waiting: queue.enqueued,
            slots: serving.map(slots).sum(),
        })
    }
}

fn slots(worker: &WorkerRecord) -> u64 {
    u64::from(worker.slots.unsigned_abs())
}

fn is_failing(runs: u64, failed: u64) -> bool {
    failed >= FAILING_MIN && failed as f64 > runs as f64 * FAILING_SHARE
}

fn dead_worker(now: DateTime<Utc>, workers: &[WorkerRecord]) -> Option<WorkerRecord> {
    let lately = now - Duration::from_secs(60 * 60);
    let is_dead =
        |worker: &&WorkerRecord| worker.ended_how.as_deref() == Some("silent") && worker.ended_at > Some(lately);
    workers.iter().filter(is_dead).max_by_key(|worker| worker.ended_at).cloned()
}

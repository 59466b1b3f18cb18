//! One queue, as a list shows it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A queue is late when its oldest job has waited longer than this, unless it has a limit of its own.
pub const LATE_AFTER: Duration = Duration::from_secs(60);

/// A queue: what waits in it, and whether it is paused.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct QueueRecord {
    /// Its name.
    pub name: String,
    /// Jobs that are due and wait for a slot. Counted up to [`COUNT_MAX`](crate::COUNT_MAX).
    pub enqueued: u64,
    /// Jobs whose first time has not come. Counted up to [`COUNT_MAX`](crate::COUNT_MAX) together with the failed ones.
    pub scheduled: u64,
    /// Jobs that failed and wait for their retry.
    pub failed: u64,
    /// Since when the oldest due job waits; `None` when nothing waits.
    pub oldest_since: Option<DateTime<Utc>>,
    /// It is late when its oldest job has waited longer than this: [`LATE_AFTER`], unless
    /// [somebody has said otherwise](crate::Console::limit_queue).
    pub late_after: Duration,
    /// Since when the queue is paused; `None` when it is not.
    pub paused_at: Option<DateTime<Utc>>,
    /// Why it was paused, in the words of the person who did.
    pub paused_reason: Option<String>,
    /// Who paused it.
    pub paused_by: Option<String>,
}

impl QueueRecord {
    /// How long its oldest due job has waited by then; `None` when nothing waits.
    #[must_use]
    pub fn oldest_wait(&self, now: DateTime<Utc>) -> Option<Duration> {
        Some((now - self.oldest_since?).to_std().unwrap_or_default())
    }

    /// Whether its oldest due job has waited for too long by then. One that is paused is not late.
    #[must_use]
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.paused_at.is_none() && self.oldest_wait(now).is_some_and(|wait| wait > self.late_after)
    }
}

/// What moves in a queue: who serves it, and what came and went lately.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QueueActivity {
    /// How many living workers serve it.
    pub workers: u64,
    /// How many slots those have. Other queues that they serve take of them, too.
    pub slots: u64,
    /// How many of them were in use at the last heartbeats, by whatever queue.
    pub busy: u64,
    /// How many jobs of it ran at the last heartbeats.
    pub running: u64,
    /// Jobs that came in within a minute: the mean of the last five minutes that are counted.
    pub in_per_minute: f64,
    /// Jobs that left it within a minute, completed, dead or cancelled: the mean of the same minutes.
    pub out_per_minute: f64,
    /// How many left it in each of the last 60 minutes, oldest first.
    pub last_hour: Vec<u64>,
    /// How many of them ran in each of the last 60 minutes, oldest first; `None` where no worker has sampled it.
    pub running_last_hour: Vec<Option<u64>>,
}

/// How many of some jobs are of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KindShare {
    /// The kind.
    pub kind: String,
    /// How many of them there are.
    pub jobs: u64,
}

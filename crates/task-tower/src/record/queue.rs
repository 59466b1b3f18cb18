//! One queue, as a list shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;

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
    /// Since when the queue is paused; `None` when it is not.
    pub paused_at: Option<DateTime<Utc>>,
    /// Why it was paused, in the words of the person who did.
    pub paused_reason: Option<String>,
    /// Who paused it.
    pub paused_by: Option<String>,
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

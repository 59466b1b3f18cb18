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

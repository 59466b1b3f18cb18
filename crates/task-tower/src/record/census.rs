//! How many there are of everything.

use serde::Serialize;

/// What a [`Census`] counts is counted up to this.
pub const CENSUS_MAX: u64 = 1_001;

/// How many there are of what pages are about, each counted up to [`CENSUS_MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Census {
    /// Queues that ever held a job or were paused.
    pub queues: u64,
    /// Kinds that some worker knows or knew.
    pub kinds: u64,
    /// Groups of errors that are neither resolved nor muted.
    pub errors: u64,
    /// Recurring jobs, also those that are paused.
    pub recurring: u64,
    /// Workers that live.
    pub workers: u64,
    /// Workers that fell silent within the last day.
    pub silent_workers: u64,
    /// Operations that have not ended.
    pub operations: u64,
}

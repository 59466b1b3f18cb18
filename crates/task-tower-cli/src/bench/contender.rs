//! What a workload asks of whoever takes part.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;

use super::ledger::Ledger;

/// Where and how a contender works: a schema of its own, the ledger its handlers write to.
#[derive(Clone)]
pub(super) struct Bed {
    pub(super) url: String,
    pub(super) schema: String,
    pub(super) ledger: Arc<Ledger>,
    /// How many jobs a worker runs at a time; `None` for the contender's default.
    pub(super) slots: Option<usize>,
}

/// A queue on PostgreSQL.
pub(super) trait Contender {
    type Caller: Caller;
    type Worker;

    /// Somebody who enqueues single jobs.
    async fn caller(&self) -> Result<Self::Caller>;

    /// Enqueues many jobs in one go; they are committed on return.
    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()>;

    /// Starts to run jobs.
    async fn start(&self) -> Result<Self::Worker>;

    /// Stops the worker. On return every completion is recorded.
    async fn stop(&self, worker: Self::Worker) -> Result<()>;

    /// How many jobs are not recorded as finished.
    async fn unfinished(&self) -> Result<u64>;
}

/// Somebody who enqueues single jobs, one at a time.
pub(super) trait Caller: Send + 'static {
    /// Enqueues a job; it is committed on return.
    fn enqueue(&self, number: u64) -> impl Future<Output = Result<()>> + Send;
}

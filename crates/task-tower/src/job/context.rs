//! What a running job may know of itself.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use super::states::States;
use crate::record::{JobId, WorkerId};

/// The run that a handler is in: who the job is, which attempt this is, whether it is asked to
/// stop. Cheap to clone.
#[derive(Clone, Debug)]
pub struct JobContext(Arc<Run>);

/// Everything the engine knows of a run, behind the context.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) id: JobId,
    pub(crate) lease: i64,
    pub(crate) kind: String,
    pub(crate) queue: String,
    pub(crate) priority: i16,
    pub(crate) attempt: i32,
    pub(crate) failures: i32,
    pub(crate) max_retries: i32,
    pub(crate) tags: Vec<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) run_at: DateTime<Utc>,
    pub(crate) worker: WorkerId,
    pub(crate) token: CancellationToken,
    pub(crate) states: States,
}

impl JobContext {
    pub(crate) fn new(run: Run) -> Self {
        Self(Arc::new(run))
    }

    /// The job's id. It is the same in every run, so it serves as an idempotency key.
    #[must_use]
    pub fn job_id(&self) -> JobId {
        self.0.id
    }

    /// The job's kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The queue it came from.
    #[must_use]
    pub fn queue(&self) -> &str {
        &self.0.queue
    }

    /// Its priority within the queue.
    #[must_use]
    pub fn priority(&self) -> i16 {
        self.0.priority
    }

    /// Which run of the job this is, from 1. Runs that ended with the death of their worker count;
    /// runs that were given back at a shutdown do not.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.0.attempt.unsigned_abs()
    }

    /// How many earlier runs failed.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.0.failures.unsigned_abs()
    }

    /// How many retries the job may have.
    #[must_use]
    pub fn max_retries(&self) -> u32 {
        self.0.max_retries.unsigned_abs()
    }

    /// Whether the job is dead if this run fails.
    #[must_use]
    pub fn is_last_attempt(&self) -> bool {
        self.0.failures >= self.0.max_retries
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// When it was enqueued or scheduled.
    #[must_use]
    pub fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When this run was due.
    #[must_use]
    pub fn run_at(&self) -> DateTime<Utc> {
        self.0.run_at
    }

    /// The worker that runs it.
    #[must_use]
    pub fn worker_id(&self) -> WorkerId {
        self.0.worker
    }

    /// A number that grows whenever the job changes hands. Hand it to systems outside that can
    /// refuse a smaller number than they have seen: then a run that was long thought dead and wakes
    /// up again does no harm there either.
    #[must_use]
    pub fn fencing_token(&self) -> i64 {
        self.0.lease
    }

    /// Whether the run is asked to stop: it was cancelled, its worker shuts down and the grace is
    /// over, or the job belongs to another worker by now.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.token.is_cancelled()
    }

    /// Waits until the run is asked to stop. For `tokio::select!` in long handlers.
    pub async fn cancelled(&self) {
        self.0.token.cancelled().await;
    }

    /// The application's states.
    #[must_use]
    pub fn states(&self) -> &States {
        &self.0.states
    }
}

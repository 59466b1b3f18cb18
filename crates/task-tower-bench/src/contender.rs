//! What a workload asks of whoever takes part.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;

use crate::ledger::{Errand, Ledger};

/// Where and how a contender works: a schema of its own, the ledger its handlers write to.
#[derive(Clone)]
pub struct Bed {
    /// The database.
    pub url: String,
    /// A schema that is not there yet, for contenders that can live in one.
    pub schema: String,
    /// Where handlers note that they ran.
    pub ledger: Arc<Ledger>,
    /// How many jobs a worker runs at a time; `None` for the contender's default.
    pub slots: Option<usize>,
    /// How many bytes of text a job carries beside its number; `None` for about sixty.
    pub text_bytes: Option<usize>,
    /// Over how many queues the jobs are spread; one is the contender's default queue.
    pub queues: u64,
    /// Called when the clock of a workload with a worker starts.
    pub clock_starts: fn(),
}

impl Bed {
    /// A bed with default options.
    pub fn new(url: &str, schema: &str, ledger: Ledger) -> Self {
        Self {
            url: url.to_owned(),
            schema: schema.to_owned(),
            ledger: Arc::new(ledger),
            slots: None,
            text_bytes: None,
            queues: 1,
            clock_starts: || (),
        }
    }

    /// The data of the job with this number.
    pub fn errand(&self, number: u64) -> Errand {
        match self.text_bytes {
            Some(bytes) => Errand::with_text(number, bytes),
            None => Errand::new(number),
        }
    }
}

/// A queue on PostgreSQL.
#[allow(async_fn_in_trait, reason = "its workloads run on the task of their caller")]
pub trait Contender {
    /// Who enqueues single jobs.
    type Caller: Caller;
    /// A running worker.
    type Worker;

    /// Somebody who enqueues single jobs.
    async fn caller(&self) -> Result<Self::Caller>;

    /// Enqueues many jobs in one go; they are committed on return.
    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()>;

    /// Brings a backlog in, by whatever way is fastest. Nobody measures it; [`enqueue_all`](Self::enqueue_all) by default.
    async fn fill(&self, numbers: Range<u64>) -> Result<()> {
        self.enqueue_all(numbers).await
    }

    /// Starts to run jobs.
    async fn start(&self) -> Result<Self::Worker>;

    /// Stops the worker. On return every completion is recorded.
    async fn stop(&self, worker: Self::Worker) -> Result<()>;

    /// How many jobs are not recorded as finished.
    async fn unfinished(&self) -> Result<u64>;
}

/// Somebody who enqueues single jobs, one at a time.
pub trait Caller: Send + 'static {
    /// Enqueues a job; it is committed on return.
    fn enqueue(&self, number: u64) -> impl Future<Output = Result<()>> + Send;
}

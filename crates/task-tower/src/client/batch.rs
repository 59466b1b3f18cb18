//! A batch in the hands of whoever adds to it.

use super::Client;
use super::bulk::EnqueueAll;
use super::close_batch::CloseBatch;
use super::open_batch::OpenBatch;
use super::request::Request;
use crate::job::Job;
use crate::record::{BatchId, JobId};
use crate::store::Entry;

/// A batch: jobs that belong together. Made by [`Client::open_batch`], [`Client::batch`], or for a handler by
/// [`CurrentBatch`](crate::CurrentBatch). Cheap to clone; it can be made again from its id anywhere.
///
/// It ends when it is closed and all its members have ended: completed, dead or cancelled. A failed job that waits
/// for a retry has not ended. Jobs that run may still add to their own batch after it was closed, by
/// [`CurrentBatch`](crate::CurrentBatch).
#[derive(Clone, Debug)]
pub struct Batch {
    client: Client,
    entry: Entry,
}

impl Batch {
    pub(super) fn new(client: Client, id: BatchId) -> Self {
        Self { client, entry: Entry { batch: id, from_job: None } }
    }

    /// The same for a job of it that runs.
    pub(super) fn of_member(client: Client, id: BatchId, job: JobId) -> Self {
        Self { client, entry: Entry { batch: id, from_job: Some(job) } }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> BatchId {
        self.entry.batch
    }

    /// Enqueues a job as a member of this batch. It takes all that a request takes, also
    /// [`in_transaction`](Request::in_transaction). A unique job that lives already is not moved into the batch.
    ///
    /// One at a time, about a thousand a second go in; many at once go by [`add_all`](Batch::add_all).
    ///
    /// # Errors
    ///
    /// As for [`Client::enqueue`]; [`is_not_found`](crate::Error::is_not_found) when there is no such batch,
    /// [`is_conflict`](crate::Error::is_conflict) when it is closed. Then the job is not enqueued.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct ImportRow { row: i64 }
    /// # impl task_tower::Job for ImportRow { const KIND: &'static str = "import_row"; }
    /// # async fn example(batch: task_tower::Batch) -> Result<(), task_tower::Error> {
    /// let id = batch.add(ImportRow { row: 1 }).to_queue("imports").await?;
    /// # Ok(()) }
    /// ```
    pub fn add<J: Job>(&self, job: J) -> Request<J> {
        self.client.enqueue(job).enter(self.entry)
    }

    /// Enqueues many jobs of one kind as members of this batch, all or none of them.
    ///
    /// # Errors
    ///
    /// As for [`add`](Batch::add); then none of the jobs is enqueued.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct ImportRow { row: i64 }
    /// # impl task_tower::Job for ImportRow { const KIND: &'static str = "import_row"; }
    /// # async fn example(batch: task_tower::Batch) -> Result<(), task_tower::Error> {
    /// batch.add_all((1..=1_000_000).map(|row| ImportRow { row })).await?;
    /// # Ok(()) }
    /// ```
    pub fn add_all<J, I>(&self, jobs: I) -> EnqueueAll<J, I::IntoIter>
    where
        J: Job,
        I: IntoIterator<Item = J>,
    {
        self.client.enqueue_all(jobs).enter(self.entry)
    }

    /// Opens a batch inside of this one, where it counts as one member: it ends when the inner batch does, as
    /// completed when all is completed there, else as dead or cancelled.
    ///
    /// # Errors
    ///
    /// As for [`Client::open_batch`], and as for [`add`](Batch::add).
    ///
    /// ```no_run
    /// # async fn example(batch: task_tower::Batch) -> Result<(), task_tower::Error> {
    /// let inner = batch.open_batch("pictures").await?;
    /// # Ok(()) }
    /// ```
    pub fn open_batch(&self, name: impl Into<String>) -> OpenBatch {
        self.client.open_batch(name).enter(self.entry)
    }

    /// Closes the batch: when all its members have ended, it ends. From then on, only jobs of it that run add to it.
    ///
    /// It waits for transactions in which jobs are being added, for five seconds at the most.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) when it is closed already, [`is_not_found`](crate::Error::is_not_found)
    /// when there is no such batch, [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached
    /// or somebody's transaction does not end.
    pub fn close(&self) -> CloseBatch {
        CloseBatch::new(self.client.clone(), self.id())
    }
}

//! What a person may ask of batches, and do to their jobs.

use super::Console;
use crate::error::{Error, Result};
use crate::filter::JobFilter;
use crate::record::{Action, BatchCallback, BatchEvent, BatchId, BatchRecord, BatchSteps, JobState, OperationId};
use crate::store;

/// The most batches of one page.
pub const BATCHES_MAX: usize = 100;

impl Console {
    /// Batches, the newest first; `before` is the last of the page before. At most [`BATCHES_MAX`].
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn batches(&self, before: Option<BatchId>) -> Result<Vec<BatchRecord>> {
        store::list_batches(&self.readers, before, BATCHES_MAX as i64).await
    }

    /// One batch, with its numbers as they are at this moment.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such batch, or not any more: one that has ended is kept as
    /// long as its jobs are.
    pub async fn batch(&self, id: BatchId) -> Result<BatchRecord> {
        let found = store::show_batch(&self.readers, id).await?;
        found.ok_or_else(|| Error::not_found(format!("batch {id} does not exist")))
    }

    /// What is enqueued when something happens to a batch, and what has been. Empty for a batch that does not exist.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn batch_callbacks(&self, id: BatchId) -> Result<Vec<BatchCallback>> {
        store::batch_callbacks(&self.readers, id).await
    }

    /// The steps of a batch, and what awaits what: its jobs of one kind together, batches inside, its callbacks, and jobs beside it that
    /// its own await. Empty for a batch that does not exist.
    ///
    /// At most [`BATCH_STEPS_MAX`](crate::BATCH_STEPS_MAX) steps and [`BATCH_EDGES_MAX`](crate::BATCH_EDGES_MAX) edges. Of a large batch the
    /// [`BATCH_STEP_JOBS_MAX`](crate::BATCH_STEP_JOBS_MAX) oldest jobs and as many of the
    /// newest are looked at, and of each kind the first and the last few are asked what they await: the answer says so.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached, or takes too long.
    pub async fn batch_steps(&self, id: BatchId) -> Result<BatchSteps> {
        let mut steps = store::batch_steps(&self.readers, id).await?;
        steps.add_batches(store::inner_batches(&self.readers, id).await?);
        let callbacks = store::batch_callbacks(&self.readers, id).await?;
        steps.cut(callbacks.len());
        for callback in callbacks {
            let job = match callback.job {
                Some(job) => store::read_job(&self.readers, job).await?,
                None => None,
            };
            // One that is not kept any more is no step, nor is a death that has not come.
            let is_step = callback.job.is_some() || callback.event != BatchEvent::Death;
            if is_step && job.is_some() == callback.job.is_some() {
                steps.add_callback(callback, job.as_ref());
            }
        }
        steps.cut(0);
        Ok(steps)
    }

    /// Begins to cancel the jobs of a batch that have not ended: waiting ones end, running ones are asked to stop. It is an
    /// operation like any other, see [`start_operation`](Console::start_operation). Jobs of batches inside are not touched.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such batch.
    pub async fn cancel_batch(&self, id: BatchId, reason: Option<&str>) -> Result<OperationId> {
        let pending = JobState::ALL.into_iter().filter(|state| !state.is_final());
        let reason = reason.map(str::to_owned);
        self.operate_on_batch(id, pending, &Action::Cancel { reason }).await
    }

    /// Begins to requeue the dead jobs of a batch, each with all its retries again; as
    /// [`cancel_batch`](Console::cancel_batch) otherwise. When all have completed at last, the success of the batch is called, if
    /// it was not before.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn retry_batch(&self, id: BatchId) -> Result<OperationId> {
        self.operate_on_batch(id, [JobState::Dead], &Action::Requeue).await
    }

    async fn operate_on_batch(
        &self,
        id: BatchId,
        states: impl IntoIterator<Item = JobState>,
        action: &Action,
    ) -> Result<OperationId> {
        let batch = self.batch(id).await?;
        let filter: JobFilter = format!("batch:{id}").parse()?;
        let filter = filter.states(states);
        let before = self.preview(&filter).await?.created_before;
        self.start_operation(action, &filter, before, &batch.name).await
    }
}

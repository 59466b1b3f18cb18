//! What an operator can do to jobs and queues.

use uuid::Uuid;

use super::Console;
use crate::error::{Error, Result};
use crate::record::{JobId, JobState, check_queue};
use crate::store;

/// The most jobs of one deed.
pub const SELECTION_MAX: usize = 1_000;

/// How often a requeue finds the unique key taken by a job that has ended a moment later.
const REQUEUE_TRIES: usize = 3;

/// What became of the jobs that a deed was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// Those it was done to.
    pub done: Vec<JobId>,
    /// Those that were not in a state for it, or are gone.
    pub skipped: Vec<JobId>,
}

impl Console {
    /// Puts a job back into its queue, to run at once and with all its retries again. It works for
    /// finished jobs and for waiting ones; the history of the job shows it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found); [`is_conflict`](Error::is_conflict) while the job
    /// runs, and while another job lives that has its unique key: the message names that one.
    pub async fn requeue(&self, id: JobId) -> Result<()> {
        let mut done = self.requeue_all(&[id]).await?;
        for _ in 0..REQUEUE_TRIES {
            if done.skipped.is_empty() {
                break;
            }
            let job = self.job(id).await?;
            let Some(key) = job.unique_key.filter(|_| job.state.is_final()) else { break };
            if let Some(holder) = store::holder(&self.link, &job.kind, &key).await? {
                return Err(Error::conflict(format!("requeue job {id}: job {holder} lives and has its unique key")));
            }
            // It ended in between, so that the key is free again.
            done = self.requeue_all(&[id]).await?;
        }
        self.one(id, done, "requeue").await
    }

    /// The same for up to [`SELECTION_MAX`] jobs at once; those that run are skipped, and those whose unique
    /// key another job has that lives. Of several with the same key, the newest is requeued.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many.
    pub async fn requeue_all(&self, ids: &[JobId]) -> Result<Done> {
        let sorted = selection(ids)?;
        Ok(Done::of(ids, store::requeue(&self.link, &sorted, None).await?))
    }

    /// Cancels a job: a waiting one ends at once, a running one is asked to stop by its
    /// cancellation token, and given three seconds. `reason` is kept with it.
    ///
    /// Returns whether it has ended already.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found); [`is_conflict`](Error::is_conflict) when it has
    /// ended before.
    pub async fn cancel(&self, id: JobId, reason: Option<&str>) -> Result<bool> {
        let cancelled = store::cancel(&self.link, &[id.as_uuid()], reason).await?;
        match cancelled.first() {
            Some((_, ended)) => Ok(*ended),
            None => self.one(id, Done::of(&[id], Vec::new()), "cancel").await.map(|()| true),
        }
    }

    /// The same for up to [`SELECTION_MAX`] jobs at once; those that have ended are skipped.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many.
    pub async fn cancel_all(&self, ids: &[JobId], reason: Option<&str>) -> Result<Done> {
        let sorted = selection(ids)?;
        let cancelled = store::cancel(&self.link, &sorted, reason).await?;
        Ok(Done::of(ids, cancelled.into_iter().map(|(id, _)| id).collect()))
    }

    /// Gives a waiting job up: it is dead, with the reason `discarded`, and can be requeued.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found); [`is_conflict`](Error::is_conflict) when it runs or
    /// has ended.
    pub async fn discard(&self, id: JobId, reason: Option<&str>) -> Result<()> {
        let done = self.discard_all(&[id], reason).await?;
        self.one(id, done, "discard").await
    }

    /// The same for up to [`SELECTION_MAX`] jobs at once; those that do not wait are skipped.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many.
    pub async fn discard_all(&self, ids: &[JobId], reason: Option<&str>) -> Result<Done> {
        let sorted = selection(ids)?;
        Ok(Done::of(ids, store::discard(&self.link, &sorted, reason).await?))
    }

    /// Deletes a job, finished or waiting, with its history. It cannot be brought back.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found); [`is_conflict`](Error::is_conflict) while it runs.
    pub async fn delete(&self, id: JobId) -> Result<()> {
        let done = self.delete_all(&[id]).await?;
        self.one(id, done, "delete").await
    }

    /// The same for up to [`SELECTION_MAX`] jobs at once; those that run are skipped.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many.
    pub async fn delete_all(&self, ids: &[JobId]) -> Result<Done> {
        let sorted = selection(ids)?;
        Ok(Done::of(ids, store::delete_jobs(&self.link, &sorted).await?))
    }

    /// Pauses a queue: once this returns, no further job of it is claimed. Jobs that run, or are
    /// already on their way to a slot, go on.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when it is not a queue's name.
    pub async fn pause_queue(&self, queue: &str, reason: Option<&str>) -> Result<()> {
        check_queue(queue)?;
        store::pause_queue(&self.link, queue, reason).await
    }

    /// Resumes a queue; its jobs start at once.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when it is not a queue's name.
    pub async fn resume_queue(&self, queue: &str) -> Result<()> {
        check_queue(queue)?;
        store::resume_queue(&self.link, queue).await
    }

    /// For a single job, "skipped" is an error that says why.
    async fn one(&self, id: JobId, done: Done, deed: &str) -> Result<()> {
        if done.skipped.is_empty() {
            return Ok(());
        }
        let job = self.job(id).await?;
        let advice = match job.state {
            JobState::Processing => ": cancel it first",
            _ => "",
        };
        Err(Error::conflict(format!("{deed} job {id}: it is {}{advice}", job.state)))
    }
}

impl Done {
    fn of(asked: &[JobId], done: Vec<JobId>) -> Self {
        let skipped = asked.iter().copied().filter(|id| !done.contains(id)).collect();
        Self { done, skipped }
    }
}

/// Sorted, so that statements lock rows in one order.
fn selection(ids: &[JobId]) -> Result<Vec<Uuid>> {
    if ids.len() > SELECTION_MAX {
        return Err(Error::invalid(format!("{} jobs selected, at most {SELECTION_MAX} are allowed", ids.len())));
    }
    let mut sorted: Vec<Uuid> = ids.iter().map(JobId::as_uuid).collect();
    sorted.sort_unstable();
    sorted.dedup();
    Ok(sorted)
}

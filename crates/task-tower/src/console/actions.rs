//! What an operator can do to jobs.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Console;
use super::notes::Note;
use crate::config::check_priority;
use crate::error::{Error, Result};
use crate::record::{Action, JobId, JobState, OperationId, check_queue};
use crate::store::{self, Change, NewOperation, Step};

/// The most jobs that are picked one by one for an action. What a filter finds has no such limit:
/// [`Console::start_operation`].
pub const SELECTION_MAX: usize = 1_000;

/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 500;

/// How often a requeue finds the unique key taken by a job that has ended a moment later.
const REQUEUE_TRIES: usize = 3;

/// What became of the jobs that an action was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// Those it was done to.
    pub done: Vec<JobId>,
    /// Those that were not in a state for it, or are gone.
    pub skipped: Vec<JobId>,
    /// What to give to [`Console::undo`] within ten minutes, where it can be undone.
    pub operation: Option<OperationId>,
    /// Those of a cancellation that ended at once; the others run, and were asked to stop.
    ended: Vec<JobId>,
}

impl Console {
    /// Does something to up to [`SELECTION_MAX`] jobs, in one transaction with its entry in the audit.
    /// Those that are not in a state for it are skipped. Of several jobs with the same unique key, the
    /// newest is requeued, and none whose key another job has that lives.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many, and for an action that says what cannot be, such
    /// as a queue without a name.
    pub async fn act(&self, action: &Action, ids: &[JobId]) -> Result<Done> {
        check(action)?;
        let sorted = selection(ids)?;
        let change = self.desk.begin().await?;
        self.check_revision(&change, ids).await?;
        let done = self.act_on(&change, action, &sorted).await?;
        // Nothing was done: there is nothing to note, and nothing to undo.
        if done.done.is_empty() {
            return Ok(Done { skipped: ids.to_vec(), ..Done::default() });
        }
        change.commit().await?;
        Ok(Done { skipped: ids.iter().copied().filter(|id| !done.done.contains(id)).collect(), ..done })
    }

    async fn act_on(&self, change: &Change<'_>, action: &Action, ids: &[Uuid]) -> Result<Done> {
        let operation = match action.can_be_undone() {
            true => Some(self.begin_picked(change, action, ids).await?),
            false => None,
        };
        let changed = store::act(change, action, ids).await?;
        let (done, ended) = (changed.len() as i64, to_ids(changed.iter().filter(|job| job.at_once).map(|job| job.id)));
        if let Some(operation) = operation {
            let kept: Vec<Uuid> = ended.iter().map(JobId::as_uuid).collect();
            store::drop_images(change, operation, ids, &kept).await?;
            let skipped: Vec<Uuid> =
                ids.iter().copied().filter(|id| !changed.iter().any(|job| job.id == *id)).collect();
            let step = Step {
                done,
                skipped: skipped.len() as i64,
                skipped_states: store::states_of(change, &skipped).await?,
                last_job: None,
                ended: true,
                can_be_undone: !kept.is_empty(),
            };
            store::step_operation(change, operation, &step).await?;
        }
        let done = Done {
            done: to_ids(changed.iter().map(|job| job.id)),
            skipped: Vec::new(),
            operation: operation.filter(|_| !ended.is_empty()),
            ended,
        };
        self.note_action(change, action, &done, operation).await?;
        Ok(done)
    }

    /// Begins an operation on jobs that were picked one by one, and keeps them as they are.
    async fn begin_picked(&self, change: &Change<'_>, action: &Action, ids: &[Uuid]) -> Result<OperationId> {
        let new = NewOperation {
            name: "",
            actor: &self.actor.name,
            action,
            filter: None,
            scope: None,
            created_before: None,
            expected: ids.len() as i64,
            undoes: None,
        };
        let operation = store::begin_operation(change, &new).await?;
        store::keep_images(change, operation, ids, *action == Action::Delete).await?;
        Ok(operation)
    }

    async fn note_action(
        &self,
        change: &Change<'_>,
        action: &Action,
        done: &Done,
        operation: Option<OperationId>,
    ) -> Result<()> {
        let target = match done.done.as_slice() {
            [id] => id.to_string(),
            many => format!("{} jobs", many.len()),
        };
        let mut details = serde_json::to_value(action).unwrap_or(Value::Null);
        if done.done.len() > 1 {
            details["jobs"] = json!(done.done);
        }
        let note = Note { action: action.as_str(), target: &target, operation, details };
        self.note(change, note).await.map(drop)
    }

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
        self.one(id, done, "requeue").await.map(drop)
    }

    /// The same for up to [`SELECTION_MAX`] jobs at once; those that run are skipped, and those whose unique
    /// key another job has that lives. Of several with the same key, the newest is requeued.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many.
    pub async fn requeue_all(&self, ids: &[JobId]) -> Result<Done> {
        self.act(&Action::Requeue, ids).await
    }

    /// Makes a waiting job due at once. Unlike [`requeue`](Console::requeue) it gives no retries back.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found); [`is_conflict`](Error::is_conflict) when it does not wait.
    pub async fn run_now(&self, id: JobId) -> Result<()> {
        let done = self.act(&Action::RunNow, &[id]).await?;
        self.one(id, done, "run").await.map(drop)
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
        let done = self.cancel_all(&[id], reason).await?;
        Ok(self.one(id, done, "cancel").await?.ended.contains(&id))
    }

    /// The same for up to [`SELECTION_MAX`] jobs at once; those that have ended are skipped.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many.
    pub async fn cancel_all(&self, ids: &[JobId], reason: Option<&str>) -> Result<Done> {
        self.act(&Action::Cancel { reason: reason.map(str::to_owned) }, ids).await
    }

    /// Gives a waiting job up: it is dead, with the reason `discarded`, and can be requeued.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found); [`is_conflict`](Error::is_conflict) when it runs or
    /// has ended.
    pub async fn discard(&self, id: JobId, reason: Option<&str>) -> Result<()> {
        let done = self.discard_all(&[id], reason).await?;
        self.one(id, done, "discard").await.map(drop)
    }

    /// The same for up to [`SELECTION_MAX`] jobs at once; those that do not wait are skipped.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many.
    pub async fn discard_all(&self, ids: &[JobId], reason: Option<&str>) -> Result<Done> {
        self.act(&Action::Discard { reason: reason.map(str::to_owned) }, ids).await
    }

    /// Deletes a job, finished or waiting, with its history. For ten minutes [`undo`](Console::undo) can
    /// bring it back, then it is gone.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found); [`is_conflict`](Error::is_conflict) while it runs.
    pub async fn delete(&self, id: JobId) -> Result<()> {
        let done = self.delete_all(&[id]).await?;
        self.one(id, done, "delete").await.map(drop)
    }

    /// The same for up to [`SELECTION_MAX`] jobs at once; those that run are skipped.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for too many.
    pub async fn delete_all(&self, ids: &[JobId]) -> Result<Done> {
        self.act(&Action::Delete, ids).await
    }

    /// For a single job, "skipped" is an error that says why.
    async fn one(&self, id: JobId, done: Done, deed: &str) -> Result<Done> {
        if done.skipped.is_empty() {
            return Ok(done);
        }
        let job = self.job(id).await?;
        let advice = match job.state {
            JobState::Processing => ": cancel it first",
            _ => "",
        };
        Err(Error::conflict(format!("{deed} job {id}: it is {}{advice}", job.state)))
    }
}

fn to_ids(ids: impl Iterator<Item = Uuid>) -> Vec<JobId> {
    ids.map(JobId::from).collect()
}

pub(super) fn check(action: &Action) -> Result<()> {
    match action {
        Action::Move { queue } => check_queue(queue),
        Action::Prioritize { priority } => check_priority(*priority),
        Action::Cancel { reason: Some(reason) } | Action::Discard { reason: Some(reason) } => check_reason(reason),
        _ => Ok(()),
    }
}

/// PostgreSQL cannot store a NUL, and a reason is not a place for a book.
pub(super) fn check_reason(reason: &str) -> Result<()> {
    if reason.len() > REASON_BYTES_MAX {
        return Err(Error::invalid(format!(
            "the reason has {} bytes, at most {REASON_BYTES_MAX} are allowed",
            reason.len()
        )));
    }
    match reason.contains('\0') {
        true => Err(Error::invalid("the reason has a NUL character in it")),
        false => Ok(()),
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

//! Operations: actions on jobs that may be many, and their undoing.

use super::Console;
use super::notes::Note;
use crate::error::{Error, Result};
use crate::record::{OperationId, OperationRecord};
use crate::store::{self, NewOperation, OpenOperation, Step};

/// The most operations of one page.
const PAGE_MAX: i64 = 100;
/// How many jobs are changed in one transaction: their rows are locked for a part of a second.
const CHUNK: i64 = 1_000;

impl Console {
    /// Operations, the newest first; `before` is the last of the page before. At most 100.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn operations(&self, before: Option<OperationId>) -> Result<Vec<OperationRecord>> {
        store::list_operations(&self.link, before.map_or(i64::MAX, |id| id.0), PAGE_MAX).await
    }

    /// One operation.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none, or not any more.
    pub async fn operation(&self, id: OperationId) -> Result<OperationRecord> {
        let found = store::show_operation(&self.link, id).await?;
        found.ok_or_else(|| Error::not_found(format!("operation {id} does not exist")))
    }

    /// Stops an operation after the chunk at work. What is done stays done, and can be undone.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) when it has ended.
    pub async fn cancel_operation(&self, id: OperationId) -> Result<()> {
        let change = self.desk.begin().await?;
        if !store::stop_operation(&change, id).await? {
            return Err(Error::conflict(format!("cancel operation {id}: it has ended")));
        }
        let target = id.to_string();
        let note =
            Note { action: "cancel_operation", target: &target, operation: Some(id), details: serde_json::json!({}) };
        self.note(&change, note).await?;
        change.commit().await
    }

    /// Begins to bring the jobs of an operation back to where it found them, and returns the operation that
    /// does it. Left out are jobs that have gone on since: that were requeued, or run, or moved again.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) when it cannot be undone, or not any more, or was.
    pub async fn undo(&self, id: OperationId) -> Result<OperationId> {
        let undone = self.operation(id).await?;
        let change = self.desk.begin().await?;
        if !store::claim_undo(&change, id).await? {
            return Err(Error::conflict(format!("undo operation {id}: it cannot be undone, or not any more, or was")));
        }
        let new = NewOperation {
            name: &undone.name,
            actor: &self.actor.name,
            action: &undone.action,
            filter: undone.filter.clone(),
            scope: None,
            created_before: None,
            expected: undone.done.cast_signed(),
            undoes: Some(id),
        };
        let undoing = store::begin_operation(&change, &new).await?;
        let (target, details) = (id.to_string(), serde_json::json!({ "action": undone.action.as_str() }));
        let note = Note { action: "undo", target: &target, operation: Some(undoing), details };
        self.note(&change, note).await?;
        change.commit().await?;
        Ok(undoing)
    }

    /// Does one chunk of the oldest operation that is open and that nobody works on: up to 1,000 jobs in one
    /// transaction. Returns whether there was one. The dashboard calls it; a program without one that starts
    /// operations calls it until it says no.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached: the chunk is done again.
    pub async fn work_operations(&self) -> Result<bool> {
        let change = self.desk.begin().await?;
        let Some(open) = store::next_operation(&change).await? else { return Ok(false) };
        let Some(undone) = open.record.undoes else {
            store::fail_operation(&change, open.record.id, "this version does not know how to go on with it").await?;
            change.commit().await?;
            return Ok(true);
        };
        let step = undo_chunk(&change, &open, undone).await?;
        store::step_operation(&change, open.record.id, &step).await?;
        change.commit().await?;
        Ok(true)
    }
}

/// Every job that was not brought back has gone on since.
async fn undo_chunk(change: &store::Change<'_>, open: &OpenOperation, undone: OperationId) -> Result<Step> {
    let jobs = store::images_page(change, undone, open.last_job, CHUNK).await?;
    let restored = store::restore(change, undone, &open.record.action, &jobs).await?;
    let (done, all) = (restored.len() as i64, jobs.len() as i64);
    Ok(Step {
        done,
        skipped: all - done,
        skipped_states: open.record.skipped_states.clone(),
        last_job: jobs.last().copied(),
        ended: all < CHUNK,
        can_be_undone: false,
    })
}

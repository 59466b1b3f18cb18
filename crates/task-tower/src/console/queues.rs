//! What an operator can do to queues.

use serde_json::{Value, json};

use super::Console;
use super::actions::check_reason;
use super::notes::{AuditFilter, Note};
use crate::error::{Error, Result};
use crate::record::{AuditId, check_queue};
use crate::store::{self, Change};

impl Console {
    /// Pauses a queue: once this returns, no further job of it is claimed. Jobs that run, or are
    /// already on their way to a slot, go on. Returns what to give to [`undo_queue`](Console::undo_queue).
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when it is not a queue's name, or the reason is too long.
    pub async fn pause_queue(&self, queue: &str, reason: Option<&str>) -> Result<AuditId> {
        check_queue(queue)?;
        reason.map_or(Ok(()), check_reason)?;
        let change = self.desk.begin().await?;
        let before = store::queue_before(&change, queue).await?;
        store::pause_queue(&change, queue, reason, &self.actor.name).await?;
        self.end_queue_change(change, "pause_queue", queue, before).await
    }

    /// Resumes a queue; its jobs start at once. Returns what to give to [`undo_queue`](Console::undo_queue).
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when it is not a queue's name.
    pub async fn resume_queue(&self, queue: &str) -> Result<AuditId> {
        check_queue(queue)?;
        let change = self.desk.begin().await?;
        let before = store::queue_before(&change, queue).await?;
        store::resume_queue(&change, queue).await?;
        self.end_queue_change(change, "resume_queue", queue, before).await
    }

    /// Sets a queue as it was before it was paused or resumed, with the time and the reason of then.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) when somebody has changed it since, or ten minutes have passed.
    pub async fn undo_queue(&self, entry: AuditId) -> Result<()> {
        let change = self.desk.begin().await?;
        let Some(queue) = store::restore_queue(&change, entry.0).await? else {
            return Err(Error::conflict("undo: the queue was changed since, or more than ten minutes ago"));
        };
        let note = Note { action: "undo_queue", target: &queue, operation: None, details: json!({ "entry": entry }) };
        self.note(&change, note).await?;
        change.commit().await
    }

    /// The queue that an entry of the audit is about.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such entry, or it is about something else.
    pub async fn queue_of(&self, entry: AuditId) -> Result<String> {
        let before = AuditFilter::new().before(AuditId(entry.0.saturating_add(1))).limit(1);
        let found = self.audit(&before).await?.into_iter().next().filter(|found| found.id == entry);
        match found.filter(|found| matches!(found.action.as_str(), "pause_queue" | "resume_queue")) {
            Some(found) => Ok(found.target),
            None => Err(Error::not_found(format!("entry {entry} of the audit is not about a queue"))),
        }
    }

    async fn end_queue_change(
        &self,
        change: Change<'_>,
        action: &str,
        queue: &str,
        before: Option<String>,
    ) -> Result<AuditId> {
        let after = store::queue_before(&change, queue).await?;
        let details = json!({ "before": setting(before), "after": setting(after) });
        let entry = self.note(&change, Note { action, target: queue, operation: None, details }).await?;
        change.commit().await?;
        Ok(entry)
    }
}

fn setting(json: Option<String>) -> Value {
    json.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| json!({}))
}

//! What an operator can do to queues.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::Console;
use super::actions::check_reason;
use super::notes::{AuditFilter, Note};
use crate::error::{Error, Result};
use crate::record::{AuditId, check_queue};
use crate::store::{self, Change, QueueChange};

/// The longest wait after which a queue can be said to be late.
pub const LATE_AFTER_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What was done to several queues at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct QueuesChanged {
    /// The queues that were changed, by name: the others were as wanted already.
    pub queues: Vec<String>,
    /// What to give to [`undo_queue`](Console::undo_queue); `None` when nothing was changed.
    pub entry: Option<AuditId>,
}

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

    /// Pauses all of these queues in one transaction, with one entry in the audit. Those that are paused already
    /// stay as they are, with their reason.
    ///
    /// # Errors
    ///
    /// As for [`pause_queue`](Console::pause_queue).
    pub async fn pause_queues(&self, queues: &[String], reason: Option<&str>) -> Result<QueuesChanged> {
        queues.iter().try_for_each(|queue| check_queue(queue))?;
        reason.map_or(Ok(()), check_reason)?;
        let change = self.desk.begin().await?;
        let changed = store::pause_queues(&change, &in_order(queues), reason, &self.actor.name).await?;
        self.end_queues_change(change, "pause_queues", changed).await
    }

    /// Resumes those of these queues that are paused, in one transaction, with one entry in the audit.
    ///
    /// # Errors
    ///
    /// As for [`resume_queue`](Console::resume_queue).
    pub async fn resume_queues(&self, queues: &[String]) -> Result<QueuesChanged> {
        queues.iter().try_for_each(|queue| check_queue(queue))?;
        let change = self.desk.begin().await?;
        let changed = store::resume_queues(&change, &in_order(queues)).await?;
        self.end_queues_change(change, "resume_queues", changed).await
    }

    /// Says after how long a wait of its oldest job a queue is late, which the overview tells first and lists show by color;
    /// `None` takes that back: it is then late after [`LATE_AFTER`](crate::LATE_AFTER). No worker minds it. Returns what to give
    /// to [`undo_queue`](Console::undo_queue).
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when it is not a queue's name, or the limit is not between a second and
    /// [`LATE_AFTER_MAX`].
    pub async fn limit_queue(&self, queue: &str, late_after: Option<Duration>) -> Result<AuditId> {
        check_queue(queue)?;
        if late_after.is_some_and(|limit| !(Duration::from_secs(1)..=LATE_AFTER_MAX).contains(&limit)) {
            return Err(Error::invalid("a queue is late after a second at the least, and 30 days at the most"));
        }
        let change = self.desk.begin().await?;
        let before = store::limit_queue(&change, queue, late_after).await?;
        let seconds = |limit: Option<Duration>| limit.map(|limit| limit.as_secs_f64());
        let details = json!({ "before_seconds": seconds(before), "after_seconds": seconds(late_after) });
        let entry = self.note(&change, Note { action: "limit_queue", target: queue, operation: None, details }).await?;
        change.commit().await?;
        Ok(entry)
    }

    /// The limits of those queues that have one of their own, by name.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn queue_limits(&self) -> Result<BTreeMap<String, Duration>> {
        store::queue_limits(&self.readers).await
    }

    /// Sets the queues of that entry of the audit as they were before they were paused, resumed or given another limit, with
    /// the time and the reason of then, and returns their names. Those that somebody has changed since are left alone.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) when somebody has changed all of them since, or ten minutes have passed.
    pub async fn undo_queue(&self, entry: AuditId) -> Result<Vec<String>> {
        let change = self.desk.begin().await?;
        let mut queues = store::restore_queues(&change, entry.0).await?;
        queues.extend(store::restore_limit(&change, entry.0).await?);
        if queues.is_empty() {
            return Err(Error::conflict("undo: the queue was changed since, or more than ten minutes ago"));
        }
        let target = target(&queues);
        let details = json!({ "entry": entry, "queues": queues });
        self.note(&change, Note { action: "undo_queue", target: &target, operation: None, details }).await?;
        change.commit().await?;
        Ok(queues)
    }

    /// The queues that an entry of the audit paused, resumed or gave another limit.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such entry, or it is about something else.
    pub async fn queues_of(&self, entry: AuditId) -> Result<Vec<String>> {
        let before = AuditFilter::new().before(AuditId(entry.0.saturating_add(1))).limit(1);
        let found = self.audit(&before).await?.into_iter().next().filter(|found| found.id == entry);
        let queues = found.and_then(|found| match found.action.as_str() {
            "pause_queue" | "resume_queue" | "limit_queue" => Some(vec![found.target]),
            "pause_queues" | "resume_queues" => Some(names(&found.details)),
            _ => None,
        });
        queues.ok_or_else(|| Error::not_found(format!("entry {entry} of the audit is not about a queue")))
    }

    /// When nothing was changed, nothing is noted.
    async fn end_queues_change(
        &self,
        change: Change<'_>,
        action: &str,
        changed: Vec<QueueChange>,
    ) -> Result<QueuesChanged> {
        let queues: Vec<String> = changed.iter().map(|queue| queue.name.clone()).collect();
        if queues.is_empty() {
            change.commit().await?;
            return Ok(QueuesChanged { queues, entry: None });
        }
        let details = json!({ "queues": changed.into_iter().map(one_of_many).collect::<Vec<_>>() });
        let target = target(&queues);
        let entry = self.note(&change, Note { action, target: &target, operation: None, details }).await?;
        change.commit().await?;
        Ok(QueuesChanged { queues, entry: Some(entry) })
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

/// Each once.
fn in_order(queues: &[String]) -> Vec<String> {
    queues.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

/// What the audit calls them.
fn target(queues: &[String]) -> String {
    match queues {
        [queue] => queue.clone(),
        queues => format!("{} queues", queues.len()),
    }
}

fn one_of_many(queue: QueueChange) -> Value {
    json!({ "name": queue.name, "before": setting(Some(queue.before)), "after": setting(Some(queue.after)) })
}

fn names(details: &Value) -> Vec<String> {
    let queues = details["queues"].as_array().into_iter().flatten();
    queues.filter_map(|queue| queue["name"].as_str()).map(str::to_owned).collect()
}

fn setting(json: Option<String>) -> Value {
    json.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| json!({}))
}

//! Writes down who did what, in the transaction in which it is done, and reads it again.

use serde_json::Value;

use super::Console;
use crate::error::Result;
use crate::record::{AuditId, AuditRecord, OperationId};
use crate::store::{self, AuditCriteria, Change, NewAudit};

/// The most entries of one page of the audit.
pub const AUDIT_PAGE_MAX: usize = 200;

/// What was done.
pub(super) struct Note<'a> {
    pub(super) action: &'a str,
    pub(super) target: &'a str,
    pub(super) operation: Option<OperationId>,
    pub(super) details: Value,
}

/// Which entries of the audit to list: all of them, newest first, unless it is said otherwise.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct AuditFilter {
    criteria: AuditCriteria,
    limit: Option<usize>,
}

impl AuditFilter {
    /// All entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only what this actor did.
    pub fn actor(mut self, name: impl Into<String>) -> Self {
        self.criteria.actor = Some(name.into());
        self
    }

    /// Only this action, such as `requeue` or `pause_queue`.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.criteria.action = Some(action.into());
        self
    }

    /// Only what was done to this: the id of a job, the name of a queue.
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.criteria.target = Some(target.into());
        self
    }

    /// Only what was asked from this address.
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.criteria.address = Some(address.into());
        self
    }

    /// Only what this request has done.
    pub fn request(mut self, id: impl Into<String>) -> Self {
        self.criteria.request = Some(id.into());
        self
    }

    /// Only what belongs to this operation.
    pub fn operation(mut self, id: OperationId) -> Self {
        self.criteria.operation = Some(id.0);
        self
    }

    /// Only entries older than this one: the last of the page before.
    pub fn before(mut self, id: AuditId) -> Self {
        self.criteria.before = Some(id.0);
        self
    }

    /// How many at the most: 1 to [`AUDIT_PAGE_MAX`], 50 by default. What is beyond is cut to that.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit.clamp(1, AUDIT_PAGE_MAX));
        self
    }
}

impl Console {
    /// What was changed by hand, the newest first. Kept for a year.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>> {
        let limit = filter.limit.unwrap_or(50) as i64;
        store::list_audit(&self.link, &AuditCriteria { limit, ..filter.criteria.clone() }).await
    }

    /// Also says it in the log.
    pub(super) async fn note(&self, change: &Change<'_>, note: Note<'_>) -> Result<AuditId> {
        let actor = &self.actor;
        tracing::info!(
            actor = actor.name,
            address = actor.address,
            request = actor.request,
            action = note.action,
            target = note.target,
            "changed by hand"
        );
        let entry = NewAudit {
            actor: &actor.name,
            address: actor.address.as_deref(),
            request: actor.request.as_deref(),
            action: note.action,
            target: note.target,
            operation: note.operation,
            details: note.details.to_string(),
        };
        store::note_audit(change, &entry).await
    }
}

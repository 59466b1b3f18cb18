//! The audit.

use tokio_postgres::Row;

use super::desk::Change;
use super::link::{Link, Parameters};
use super::operations::value;
use super::statement;
use crate::error::Result;
use crate::record::{AuditId, AuditRecord, OperationId};

/// An entry as it is written.
pub(crate) struct NewAudit<'a> {
    pub(crate) actor: &'a str,
    pub(crate) address: Option<&'a str>,
    pub(crate) request: Option<&'a str>,
    pub(crate) action: &'a str,
    pub(crate) target: &'a str,
    pub(crate) operation: Option<OperationId>,
    /// JSON.
    pub(crate) details: String,
}

/// Which entries to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuditCriteria {
    pub(crate) before: Option<i64>,
    pub(crate) actor: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) operation: Option<i64>,
    pub(crate) address: Option<String>,
    pub(crate) request: Option<String>,
    pub(crate) limit: i64,
}

pub(crate) async fn note_audit(change: &Change<'_>, new: &NewAudit<'_>) -> Result<AuditId> {
    let operation = new.operation.map(|id| id.0);
    let NewAudit { actor, address, request, action, target, details, .. } = new;
    let rows =
        change.query(statement::NOTE_AUDIT, &[actor, address, request, action, target, &operation, details]).await?;
    Ok(AuditId(rows[0].get(0)))
}

pub(crate) async fn list_audit(link: &Link, criteria: &AuditCriteria) -> Result<Vec<AuditRecord>> {
    let before = criteria.before.unwrap_or(i64::MAX);
    let AuditCriteria { actor, action, target, operation, address, request, limit, .. } = criteria;
    let parameters: Parameters<'_> = &[&before, actor, action, target, operation, limit, address, request];
    let rows = link.query(statement::LIST_AUDIT, parameters).await?;
    Ok(rows.iter().map(entry).collect())
}

/// Forgets what is older than a year.
pub(crate) async fn forget_audit(link: &Link) -> Result<()> {
    link.query(statement::FORGET_AUDIT, &[]).await.map(drop)
}

fn entry(row: &Row) -> AuditRecord {
    AuditRecord {
        id: AuditId(row.get(0)),
        at: row.get(1),
        actor: row.get(2),
        address: row.get(3),
        request: row.get(4),
        action: row.get(5),
        target: row.get(6),
        operation_id: row.get::<_, Option<i64>>(7).map(OperationId),
        details: value(row.get(8)),
    }
}

//! Who changed what by hand.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::operation::OperationId;

/// The id of an entry of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuditId(pub i64);

impl fmt::Display for AuditId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// One change that somebody made by hand. It was written in the transaction of the change: neither is
/// there without the other.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AuditRecord {
    /// Its id.
    pub id: AuditId,
    /// When, by the database's clock.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// The address that the request came from, if it came from one.
    pub address: Option<String>,
    /// The id of the request, if there was one.
    pub request: Option<String>,
    /// What was done, as a word: an [`Action`](crate::Action), `pause_queue`, `edit` and so on.
    pub action: String,
    /// To what: the id of a job, the name of a queue, or how many jobs.
    pub target: String,
    /// The operation that it began or was a part of.
    pub operation_id: Option<OperationId>,
    /// What was asked for, what was there before, and what came of it.
    pub details: Value,
}

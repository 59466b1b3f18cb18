//! Who changed what by hand.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use task_tower::{AUDIT_PAGE_MAX, AuditRecord};

use super::answer::{Json, Listed, Moment};
use super::ask::{Asked, limit, plain};
use super::call::Call;
use crate::fault::Fault;
use crate::pages::AuditWanted;

const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    actor: String,
    action: String,
    target: String,
    address: String,
    request: String,
    before: Option<i64>,
    limit: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct Entry {
    id: String,
    at: Moment,
    actor: String,
    address: Option<String>,
    request: Option<String>,
    action: String,
    target: String,
    operation_id: Option<String>,
    details: Value,
}

pub(super) async fn audit(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Listed<Entry>>, Fault> {
    let limit = limit(wanted.limit, AUDIT_PAGE_MAX, PAGE)?;
    let wanted = wanted.checked()?;
    let entries = call.desk.audit(&wanted.filter(&call.visitor).limit(limit)).await?;
    let next = entries.last().filter(|_| entries.len() == limit).map(|entry| entry.id.to_string());
    Ok(Json(Listed { items: entries.into_iter().map(Entry::from).collect(), next }))
}

impl Wanted {
    fn checked(self) -> Result<AuditWanted, Fault> {
        plain("actor", &self.actor)?;
        plain("action", &self.action)?;
        plain("target", &self.target)?;
        plain("address", &self.address)?;
        plain("request", &self.request)?;
        let Self { actor, action, target, address, request, before, limit: _ } = self;
        Ok(AuditWanted { actor, action, target, address, request, before })
    }
}

impl From<AuditRecord> for Entry {
    fn from(entry: AuditRecord) -> Self {
        Self {
            id: entry.id.to_string(),
            at: Moment(entry.at),
            actor: entry.actor,
            address: entry.address,
            request: entry.request,
            action: entry.action,
            target: entry.target,
            operation_id: entry.operation_id.map(|id| id.to_string()),
            details: entry.details,
        }
    }
}

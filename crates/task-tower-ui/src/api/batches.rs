//! Batches: how far they are, and what is enqueued when something happens to them.

use serde::{Deserialize, Serialize};
use task_tower::{BatchCallback, BatchEvent, BatchRecord};

use super::answer::{Json, Listed, Moment};
use super::ask::{Asked, Named};
use super::call::Call;
use crate::fault::Fault;
use crate::pages::batches::{PAGE, check_sight, find};

#[derive(Serialize)]
pub(super) struct Batch {
    id: String,
    name: String,
    parent: Option<String>,
    created_at: Moment,
    closed_at: Option<Moment>,
    ended_at: Option<Moment>,
    total: u64,
    pending: u64,
    completed: u64,
    dead: u64,
    cancelled: u64,
}

#[derive(Serialize)]
pub(super) struct Details {
    #[serde(flatten)]
    batch: Batch,
    callbacks: Vec<Callback>,
}

#[derive(Serialize)]
struct Callback {
    event: BatchEvent,
    kind: String,
    job: Option<String>,
    enqueued_at: Option<Moment>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    before: Option<String>,
}

pub(super) async fn list(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Listed<Batch>>, Fault> {
    check_sight(&call.visitor)?;
    let before = wanted.before.map(|id| id.parse()).transpose()?;
    let records = call.desk.console.batches(before).await?;
    let is_full = records.len() == PAGE;
    let next = records.last().filter(|_| is_full).map(|record| record.id.to_string());
    Ok(Json(Listed { items: records.into_iter().map(Batch::from).collect(), next }))
}

pub(super) async fn show(call: Call, Named(id): Named) -> Result<Json<Details>, Fault> {
    let record = find(&call.desk, &call.visitor, &id).await?;
    let callbacks = call.desk.console.batch_callbacks(record.id).await?;
    Ok(Json(Details { callbacks: callbacks.into_iter().map(Callback::from).collect(), batch: record.into() }))
}

impl From<BatchRecord> for Batch {
    fn from(record: BatchRecord) -> Self {
        Self {
            id: record.id.to_string(),
            parent: record.parent.map(|id| id.to_string()),
            created_at: Moment(record.created_at),
            closed_at: record.closed_at.map(Moment),
            ended_at: record.ended_at.map(Moment),
            total: record.total,
            pending: record.pending(),
            completed: record.completed,
            dead: record.dead,
            cancelled: record.cancelled,
            name: record.name,
        }
    }
}

impl From<BatchCallback> for Callback {
    fn from(callback: BatchCallback) -> Self {
        Self {
            event: callback.event,
            kind: callback.kind,
            job: callback.job.map(|id| id.to_string()),
            enqueued_at: callback.enqueued_at.map(Moment),
        }
    }
}

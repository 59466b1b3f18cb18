//! Queues: what waits in each, and pausing them.

use axum::http::StatusCode;
use serde::Serialize;
use task_tower::QueueRecord;

use super::answer::{Json, Moment};
use super::ask::{Asked, Body, Named, Nothing, Why, plain};
use super::call::Call;
use crate::fault::Fault;

#[derive(Serialize)]
pub(super) struct Queue {
    name: String,
    enqueued: u64,
    scheduled: u64,
    failed: u64,
    oldest_since: Option<Moment>,
    paused_at: Option<Moment>,
    paused_reason: Option<String>,
    paused_by: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Queues {
    items: Vec<Queue>,
}

pub(super) async fn list(call: Call, _: Asked<Nothing>) -> Result<Json<Queues>, Fault> {
    let queues = call.desk.console.queues().await?.into_iter();
    let seen = queues.filter(|queue| call.visitor.scope.admits_queue(&queue.name));
    Ok(Json(Queues { items: seen.map(Queue::from).collect() }))
}

pub(super) async fn show(call: Call, Named(name): Named) -> Result<Json<Queue>, Fault> {
    find(&call, &name).await.map(Json)
}

pub(super) async fn pause(call: Call, Named(name): Named, Body(why): Body<Why>) -> Result<Json<Queue>, Fault> {
    let reason = why.reason.filter(|reason| !reason.is_empty());
    plain("reason", reason.as_deref().unwrap_or_default())?;
    call.allow_queue(&name)?.pause_queue(&name, reason.as_deref()).await?;
    find(&call, &name).await.map(Json)
}

pub(super) async fn resume(call: Call, Named(name): Named, _: Body<Nothing>) -> Result<Json<Queue>, Fault> {
    call.allow_queue(&name)?.resume_queue(&name).await?;
    find(&call, &name).await.map(Json)
}

async fn find(call: &Call, name: &str) -> Result<Queue, Fault> {
    let queues = call.desk.console.queues().await?;
    let found = queues.into_iter().find(|queue| queue.name == name && call.visitor.scope.admits_queue(name));
    let name = name.to_owned();
    found.map(Queue::from).ok_or_else(|| Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_queue(&name)))
}

impl From<QueueRecord> for Queue {
    fn from(queue: QueueRecord) -> Self {
        Self {
            name: queue.name,
            enqueued: queue.enqueued,
            scheduled: queue.scheduled,
            failed: queue.failed,
            oldest_since: queue.oldest_since.map(Moment),
            paused_at: queue.paused_at.map(Moment),
            paused_reason: queue.paused_reason,
            paused_by: queue.paused_by,
        }
    }
}

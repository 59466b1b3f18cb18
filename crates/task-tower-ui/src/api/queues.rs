//! Queues: what waits in each, what moves, when one is late, and pausing one or all of them.

use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use task_tower::{AuditId, QueueActivity, QueueRecord, QueuesChanged};

use super::answer::{Json, Moment};
use super::ask::{Asked, Body, Named, Nothing, Why, plain};
use super::call::Call;
use crate::fault::Fault;
use crate::messages::Messages;

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
    late_after_seconds: u64,
    running: u64,
    slots: u64,
    workers: u64,
    in_per_minute: f64,
    out_per_minute: f64,
}

#[derive(Serialize)]
pub(super) struct Queues {
    items: Vec<Queue>,
}

pub(super) async fn list(call: Call, _: Asked<Nothing>) -> Result<Json<Queues>, Fault> {
    let mut queues = call.desk.console.queues().await?;
    queues.retain(|queue| call.visitor.scope.admits_queue(&queue.name));
    let names: Vec<&str> = queues.iter().map(|queue| queue.name.as_str()).collect();
    let mut moves = call.desk.console.queue_activity(&names).await?;
    let item = |queue: QueueRecord| {
        let activity = moves.remove(&queue.name).unwrap_or_default();
        Queue::new(queue, &activity)
    };
    Ok(Json(Queues { items: queues.into_iter().map(item).collect() }))
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

/// What is to be set for a queue.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Edit {
    /// Null for the usual time.
    #[serde(deserialize_with = "said")]
    late_after_seconds: Option<Option<u64>>,
}

fn said<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(value).map(Some)
}

pub(super) async fn edit(call: Call, Named(name): Named, Body(edit): Body<Edit>) -> Result<Json<Queue>, Fault> {
    let missing = || Fault::said(StatusCode::BAD_REQUEST, |m| m.api_missing("late_after_seconds"));
    let console = call.allow_queue(&name)?;
    let seconds = edit.late_after_seconds.ok_or_else(missing)?;
    console.limit_queue(&name, seconds.map(Duration::from_secs)).await?;
    find(&call, &name).await.map(Json)
}

/// What is to be done to queues.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Change {
    /// `pause` or `resume`.
    action: String,
    /// All that the caller sees when it is left out.
    queues: Option<Vec<String>>,
    reason: Option<String>,
}

/// What was done: the others were as wanted already.
#[derive(Serialize)]
pub(super) struct Changed {
    queues: Vec<String>,
    /// By what it is undone; `None` when nothing was done.
    entry: Option<String>,
}

pub(super) async fn change(call: Call, Body(change): Body<Change>) -> Result<Json<Changed>, Fault> {
    let console = call.hand()?;
    let reason = change.reason.filter(|reason| !reason.is_empty());
    plain("reason", reason.as_deref().unwrap_or_default())?;
    let action = change.action.as_str();
    if !matches!(action, "pause" | "resume") {
        return Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_no_queue_action));
    }
    let queues = match change.queues {
        Some(queues) => queues,
        None => call.desk.queues_in_sight(&call.visitor).await?,
    };
    queues.iter().try_for_each(|queue| call.allow_queue(queue).map(drop))?;
    let changed = match action {
        "pause" => console.pause_queues(&queues, reason.as_deref()).await?,
        _ => console.resume_queues(&queues).await?,
    };
    Ok(Json(changed.into()))
}

/// Undoes what an entry of the audit did to queues.
pub(super) async fn undo(call: Call, Named(entry): Named, _: Body<Nothing>) -> Result<Json<Changed>, Fault> {
    call.hand()?;
    let missing = || Fault::said(StatusCode::NOT_FOUND, Messages::api_no_entry);
    let entry = AuditId(entry.parse().map_err(|_| missing())?);
    let console = call.desk.allow_queues_of(entry, &call.visitor).await?;
    Ok(Json(Changed { queues: console.undo_queue(entry).await?, entry: None }))
}

impl From<QueuesChanged> for Changed {
    fn from(changed: QueuesChanged) -> Self {
        Self { queues: changed.queues, entry: changed.entry.map(|entry| entry.to_string()) }
    }
}

async fn find(call: &Call, name: &str) -> Result<Queue, Fault> {
    let missing = || {
        let name = name.to_owned();
        Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_queue(&name))
    };
    if !call.visitor.scope.admits_queue(name) {
        return Err(missing());
    }
    let found = call.desk.console.queue(name).await;
    let queue = found.map_err(|error| if error.is_not_found() { missing() } else { error.into() })?;
    let mut moves = call.desk.console.queue_activity(&[name]).await?;
    Ok(Queue::new(queue, &moves.remove(name).unwrap_or_default()))
}

impl Queue {
    fn new(queue: QueueRecord, activity: &QueueActivity) -> Self {
        Self {
            name: queue.name,
            enqueued: queue.enqueued,
            scheduled: queue.scheduled,
            failed: queue.failed,
            oldest_since: queue.oldest_since.map(Moment),
            paused_at: queue.paused_at.map(Moment),
            paused_reason: queue.paused_reason,
            paused_by: queue.paused_by,
            late_after_seconds: queue.late_after.as_secs(),
            running: activity.running,
            slots: activity.slots,
            workers: activity.workers,
            in_per_minute: activity.in_per_minute,
            out_per_minute: activity.out_per_minute,
        }
    }
}

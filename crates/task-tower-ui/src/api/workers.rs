//! Workers: who runs jobs, when each was last heard of, asking one to be quiet or to stop, and forgetting one that died.

use std::collections::{BTreeMap, HashMap};

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use task_tower::{JobId, RUNNING_JOBS_MAX, WorkerCommand, WorkerRecord};

use super::answer::{Json, Moment};
use super::ask::{Asked, Body, Named, Nothing};
use super::call::Call;
use crate::fault::Fault;

#[derive(Serialize)]
pub(super) struct Worker {
    id: String,
    host: String,
    process_id: i64,
    version: String,
    app_version: Option<String>,
    slots: i32,
    busy: i32,
    running: Vec<Running>,
    memory_bytes: Option<i64>,
    by_redis: Option<bool>,
    command: Option<WorkerCommand>,
    kinds: Vec<String>,
    /// `None` for all of them.
    queues: Option<Vec<String>>,
    queue_prioritization: String,
    queue_priorities: BTreeMap<String, i32>,
    started_at: Moment,
    heartbeat_at: Moment,
    ended_at: Option<Moment>,
    ended_how: Option<String>,
}

/// A job in one of its slots.
#[derive(Serialize)]
struct Running {
    id: String,
    /// `None` when it has ended since the last heartbeat, or when too many run to be looked up.
    started_at: Option<Moment>,
}

#[derive(Serialize)]
pub(super) struct Workers {
    items: Vec<Worker>,
}

pub(super) async fn list(call: Call, _: Asked<Nothing>) -> Result<Json<Workers>, Fault> {
    let workers = call.desk.workers(&call.visitor).await?;
    let times = times(&call, &workers).await?;
    Ok(Json(Workers { items: workers.into_iter().map(|worker| Worker::new(worker, &times)).collect() }))
}

pub(super) async fn show(call: Call, Named(id): Named) -> Result<Json<Worker>, Fault> {
    let worker = call.desk.worker(&id, &call.visitor).await?;
    let times = times(&call, std::slice::from_ref(&worker)).await?;
    Ok(Json(Worker::new(worker, &times)))
}

/// Since when the jobs of these workers run; nothing where it takes too long to look them up.
async fn times(call: &Call, workers: &[WorkerRecord]) -> Result<HashMap<JobId, DateTime<Utc>>, Fault> {
    let running = call.desk.running(workers, RUNNING_JOBS_MAX as usize, &call.visitor).await;
    let running = Fault::unless_too_slow(running)?.unwrap_or_default();
    Ok(running.into_values().flatten().map(|job| (job.id, job.started_at)).collect())
}

pub(super) async fn quiet(call: Call, Named(id): Named, _: Body<Nothing>) -> Result<Json<Worker>, Fault> {
    let console = call.hand()?;
    console.quiet_worker(call.desk.worker(&id, &call.visitor).await?.id).await?;
    show(call, Named(id)).await
}

pub(super) async fn resume(call: Call, Named(id): Named, _: Body<Nothing>) -> Result<Json<Worker>, Fault> {
    let console = call.hand()?;
    console.resume_worker(call.desk.worker(&id, &call.visitor).await?.id).await?;
    show(call, Named(id)).await
}

pub(super) async fn stop(call: Call, Named(id): Named, _: Body<Nothing>) -> Result<Json<Worker>, Fault> {
    let console = call.hand()?;
    console.stop_worker(call.desk.worker(&id, &call.visitor).await?.id).await?;
    show(call, Named(id)).await
}

pub(super) async fn remove(call: Call, Named(id): Named) -> Result<StatusCode, Fault> {
    let console = call.hand()?;
    console.remove_worker(call.desk.worker(&id, &call.visitor).await?.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Worker {
    fn new(worker: WorkerRecord, times: &HashMap<JobId, DateTime<Utc>>) -> Self {
        let running = |id: &JobId| Running { id: id.to_string(), started_at: times.get(id).copied().map(Moment) };
        Self {
            running: worker.running.iter().map(running).collect(),
            queues: (!worker.queues.is_empty()).then_some(worker.queues),
            queue_prioritization: worker.queue_prioritization,
            queue_priorities: worker.queue_priorities,
            kinds: worker.kinds,
            id: worker.id.to_string(),
            host: worker.host,
            process_id: worker.process_id,
            version: worker.version,
            app_version: worker.app_version,
            slots: worker.slots,
            busy: worker.busy,
            memory_bytes: worker.memory_bytes,
            by_redis: worker.by_redis,
            command: worker.command,
            started_at: Moment(worker.started_at),
            heartbeat_at: Moment(worker.heartbeat_at),
            ended_at: worker.ended_at.map(Moment),
            ended_how: worker.ended_how,
        }
    }
}

//! Workers: who runs jobs, when each was last heard of, and asking one to be quiet or to stop.

use axum::http::StatusCode;
use serde::Serialize;
use task_tower::{WorkerCommand, WorkerRecord};

use super::answer::{Json, Moment};
use super::ask::{Asked, Body, Named, Nothing};
use super::call::Call;
use crate::access::Scope;
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
    /// `None` for who does not see all jobs.
    running: Option<Vec<String>>,
    command: Option<WorkerCommand>,
    kinds: Vec<String>,
    /// `None` for all of them.
    queues: Option<Vec<String>>,
    started_at: Moment,
    heartbeat_at: Moment,
    ended_at: Option<Moment>,
    ended_how: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Workers {
    items: Vec<Worker>,
}

pub(super) async fn list(call: Call, _: Asked<Nothing>) -> Result<Json<Workers>, Fault> {
    let workers = call.desk.console.workers().await?.into_iter();
    Ok(Json(Workers { items: workers.map(|worker| Worker::seen(worker, &call.visitor.scope)).collect() }))
}

pub(super) async fn show(call: Call, Named(id): Named) -> Result<Json<Worker>, Fault> {
    Ok(Json(Worker::seen(find(&call, &id).await?, &call.visitor.scope)))
}

pub(super) async fn quiet(call: Call, Named(id): Named, _: Body<Nothing>) -> Result<Json<Worker>, Fault> {
    let console = call.hand()?;
    console.quiet_worker(find(&call, &id).await?.id).await?;
    show(call, Named(id)).await
}

pub(super) async fn resume(call: Call, Named(id): Named, _: Body<Nothing>) -> Result<Json<Worker>, Fault> {
    let console = call.hand()?;
    console.resume_worker(find(&call, &id).await?.id).await?;
    show(call, Named(id)).await
}

pub(super) async fn stop(call: Call, Named(id): Named, _: Body<Nothing>) -> Result<Json<Worker>, Fault> {
    let console = call.hand()?;
    console.stop_worker(find(&call, &id).await?.id).await?;
    show(call, Named(id)).await
}

async fn find(call: &Call, id: &str) -> Result<WorkerRecord, Fault> {
    let workers = call.desk.console.workers().await?;
    let found = workers.into_iter().find(|worker| worker.id.to_string() == id);
    let id = id.to_owned();
    found.ok_or_else(|| Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_worker(&id)))
}

impl Worker {
    /// Without the names and ids of what is out of sight.
    fn seen(worker: WorkerRecord, scope: &Scope) -> Self {
        let ids = worker.running.iter().map(ToString::to_string);
        let queues = worker.queues.iter().filter(|queue| scope.admits_queue(queue)).cloned();
        Self {
            running: scope.is_all().then(|| ids.collect()),
            queues: (!worker.queues.is_empty()).then(|| queues.collect()),
            kinds: worker.kinds.into_iter().filter(|kind| scope.admits_kind(kind)).collect(),
            id: worker.id.to_string(),
            host: worker.host,
            process_id: worker.process_id,
            version: worker.version,
            app_version: worker.app_version,
            slots: worker.slots,
            busy: worker.busy,
            command: worker.command,
            started_at: Moment(worker.started_at),
            heartbeat_at: Moment(worker.heartbeat_at),
            ended_at: worker.ended_at.map(Moment),
            ended_how: worker.ended_how,
        }
    }
}

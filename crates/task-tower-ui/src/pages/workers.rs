//! The workers: who runs jobs, how many, and when each was last heard of.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use chrono::{DateTime, Utc};
use task_tower::WorkerRecord;

use super::Frame;
use super::frame::render;
use crate::fault::Fault;
use crate::place::Place;
use crate::router::Desk;
use crate::say::{self, Stamp};

#[derive(Template)]
#[template(path = "workers.html")]
struct WorkersPage {
    frame: Frame,
    workers: Vec<Worker>,
}

struct Worker {
    id: String,
    machine: String,
    version: String,
    slots: i32,
    busy: i32,
    queues: String,
    kinds: String,
    kinds_count: usize,
    started: Stamp,
    heard: String,
    ended: Option<String>,
}

pub(crate) async fn workers(State(desk): State<Desk>, place: Place) -> Result<Html<String>, Fault> {
    let workers = desk.console.workers().await?;
    let now = Utc::now();
    render(&WorkersPage {
        frame: Frame::new(&place, &desk.access, "workers", "Workers"),
        workers: workers.into_iter().map(|worker| Worker::new(worker, now)).collect(),
    })
}

impl Worker {
    fn new(worker: WorkerRecord, now: DateTime<Utc>) -> Self {
        Self {
            id: worker.id.to_string(),
            machine: format!("{}:{}", worker.host, worker.process_id),
            slots: worker.slots,
            busy: worker.busy,
            queues: if worker.queues.is_empty() { "all".to_owned() } else { worker.queues.join(", ") },
            kinds: worker.kinds.join(", "),
            kinds_count: worker.kinds.len(),
            started: Stamp::new(worker.started_at, now),
            heard: say::duration(now - worker.heartbeat_at),
            ended: worker.ended_at.map(|_| worker.ended_how.unwrap_or_else(|| "stopped".to_owned())),
            version: worker.version,
        }
    }
}

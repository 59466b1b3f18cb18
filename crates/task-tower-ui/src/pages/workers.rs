//! The workers: who runs jobs, how many, and when each was last heard of.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use task_tower::WorkerRecord;

use super::Frame;
use super::frame::render;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Icon, Look, Stamp};
use crate::messages::Messages;
use crate::say;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "workers.html")]
struct WorkersPage {
    frame: Frame,
    m: Messages,
    alive: Icon,
    workers: Vec<Worker>,
}

struct Worker {
    id: String,
    machine: String,
    version: String,
    slots: i32,
    busy: i32,
    in_use: String,
    queues: String,
    kinds: String,
    kinds_count: usize,
    started: Stamp,
    heard: String,
    ended: Option<String>,
}

pub(crate) async fn workers(State(desk): State<Desk>, visit: Visit) -> Result<Html<String>, Fault> {
    let workers = desk.console.workers().await?;
    let m = visit.look.m;
    render(&WorkersPage {
        frame: Frame::new(&visit, "workers", m.nav_workers()),
        m,
        alive: visit.look.icon("completed"),
        workers: workers.into_iter().map(|worker| Worker::new(worker, &visit.look)).collect(),
    })
}

impl Worker {
    fn new(worker: WorkerRecord, look: &Look) -> Self {
        let m = look.m;
        Self {
            id: worker.id.to_string(),
            machine: format!("{}:{}", worker.host, worker.process_id),
            in_use: m.workers_slots(worker.busy, worker.slots),
            slots: worker.slots,
            busy: worker.busy,
            queues: if worker.queues.is_empty() { m.workers_all_queues() } else { worker.queues.join(", ") },
            kinds: worker.kinds.join(", "),
            kinds_count: worker.kinds.len(),
            started: look.time(worker.started_at),
            heard: m.workers_heard(say::age(m, look.now - worker.heartbeat_at)),
            ended: worker.ended_at.map(|_| ended(m, worker.ended_how.as_deref())),
            version: worker.version,
        }
    }
}

fn ended(m: Messages, how: Option<&str>) -> String {
    match how {
        Some("silent") => m.workers_silent(),
        _ => m.workers_stopped(),
    }
}

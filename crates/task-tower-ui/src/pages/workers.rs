//! The workers: who runs jobs, how many, and when each was last heard of.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Html;
use chrono::TimeDelta;
use task_tower::{WorkerCommand, WorkerRecord};

use super::Frame;
use super::frame::render;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links::queue_page;
use crate::look::{Icon, Look, Slots};
use crate::messages::Messages;
use crate::say;
use crate::visit::Visit;

/// A death is news for so long.
const NEWS: TimeDelta = TimeDelta::hours(1);
/// So many running jobs are named one by one.
const RUNNING_SHOWN: usize = 8;

#[derive(Template)]
#[template(path = "workers.html")]
struct WorkersPage {
    frame: Frame,
    m: Messages,
    summary: String,
    dead: Vec<Dead>,
    workers: Vec<Worker>,
}

/// A worker that fell silent lately.
struct Dead {
    host: String,
    heard: String,
}

struct Worker {
    id: String,
    host: String,
    process: String,
    icon: Icon,
    tone: &'static str,
    slots: Slots,
    in_use: String,
    running: Vec<(String, String)>,
    more: Option<String>,
    /// `None` for all of them.
    queues: Option<Vec<(String, String)>>,
    kinds: String,
    kinds_count: String,
    app_version: String,
    version: String,
    health: String,
    command: Option<WorkerCommand>,
    lives: bool,
}

pub(crate) async fn workers(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
) -> Result<Html<String>, Fault> {
    let workers = desk.workers(&visitor).await?;
    let (look, m) = (&visit.look, visit.look.m);
    render(&WorkersPage {
        frame: Frame::new(&visit, "workers", m.nav_workers()),
        m,
        summary: summary(&workers, m),
        dead: workers.iter().filter(|worker| is_news(worker, look)).map(|worker| Dead::new(worker, look)).collect(),
        workers: workers.into_iter().map(|worker| Worker::new(worker, look)).collect(),
    })
}

fn summary(workers: &[WorkerRecord], m: Messages) -> String {
    let living = || workers.iter().filter(|worker| worker.ended_at.is_none());
    let (busy, slots) = living().fold((0, 0), |(busy, slots), worker| (busy + worker.busy, slots + worker.slots));
    m.workers_summary(living().count(), busy, slots)
}

fn is_silent(worker: &WorkerRecord) -> bool {
    worker.ended_how.as_deref() == Some("silent")
}

fn is_news(worker: &WorkerRecord, look: &Look) -> bool {
    is_silent(worker) && worker.ended_at.is_some_and(|ended| look.now - ended < NEWS)
}

impl Dead {
    fn new(worker: &WorkerRecord, look: &Look) -> Self {
        Self { host: worker.host.clone(), heard: look.clock(worker.heartbeat_at) }
    }
}

impl Worker {
    fn new(worker: WorkerRecord, look: &Look) -> Self {
        let m = look.m;
        let lives = worker.ended_at.is_none();
        let (shape, tone) = match (lives, is_silent(&worker)) {
            (true, _) => ("completed", "completed"),
            (false, true) => ("dead", "dead"),
            (false, false) => ("cancelled", "cancelled"),
        };
        let in_use = m.workers_slots(worker.busy, worker.slots);
        Self {
            process: process(&worker, look),
            icon: look.icon(shape),
            tone,
            slots: Slots { name: in_use.clone(), busy: worker.busy.unsigned_abs(), slots: worker.slots.unsigned_abs() },
            in_use,
            running: running(&worker),
            more: more(&worker, m),
            health: health(&worker, look),
            queues: queues(&worker),
            kinds_count: m.kinds_counted(worker.kinds.len() as u64),
            kinds: worker.kinds.join(", "),
            app_version: worker.app_version.unwrap_or_else(|| say::NOTHING.to_owned()),
            version: m.workers_version(worker.version),
            id: worker.id.to_string(),
            host: worker.host,
            command: worker.command,
            lives,
        }
    }
}

fn process(worker: &WorkerRecord, look: &Look) -> String {
    let m = look.m;
    let until = worker.ended_at.unwrap_or(look.now);
    let time = say::age(m, until - worker.started_at);
    match worker.ended_at {
        None => m.workers_up(worker.process_id, time),
        Some(_) => m.workers_ran(worker.process_id, time),
    }
}

/// Where each of them leads, and its name.
fn queues(worker: &WorkerRecord) -> Option<Vec<(String, String)>> {
    let links = worker.queues.iter().map(|queue| (queue_page(queue), queue.clone()));
    (!worker.queues.is_empty()).then(|| links.collect())
}

/// Id and short id of some of its jobs.
fn running(worker: &WorkerRecord) -> Vec<(String, String)> {
    let shown = worker.running.iter().take(RUNNING_SHOWN).filter(|_| worker.ended_at.is_none());
    shown.map(|id| (id.to_string(), id.short())).collect()
}

fn more(worker: &WorkerRecord, m: Messages) -> Option<String> {
    let rest = worker.running.len().saturating_sub(RUNNING_SHOWN) as u64;
    (rest > 0 && worker.ended_at.is_none()).then(|| m.workers_more_jobs(rest))
}

fn health(worker: &WorkerRecord, look: &Look) -> String {
    let m = look.m;
    let age = say::age(m, look.now - worker.heartbeat_at);
    match (worker.ended_at, worker.command) {
        (Some(_), _) if is_silent(worker) => m.workers_silent_for(age),
        (Some(_), _) => m.workers_stopped(),
        (None, Some(WorkerCommand::Quiet)) => m.workers_quiet(),
        (None, Some(_)) => m.workers_stopping(),
        (None, None) => m.workers_heard(age),
    }
}

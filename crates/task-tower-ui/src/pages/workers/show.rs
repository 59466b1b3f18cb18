//! One worker: how it is, what it runs, which queues it serves and how it picks among them, and what it knows.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Html;
use task_tower::{WorkerCommand, WorkerId, WorkerRecord};

use super::record;
use super::running::{Running, running};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links::queue_page;
use crate::look::{Icon, Look, Slots};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::pages::links;
use crate::pages::queues::picks;
use crate::say;
use crate::visit::Visit;

/// So many queues and kinds are named one by one.
const NAMES_SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "worker.html")]
struct WorkerPage {
    frame: Frame,
    m: Messages,
    id: WorkerId,
    /// This page from the root.
    back: String,
    host: String,
    process: String,
    icon: Icon,
    tone: &'static str,
    /// How and when it ended.
    end: Option<Markup>,
    command: Option<WorkerCommand>,
    lives: bool,
    jobs: String,
    failures: String,
    slots: Slots,
    facts: Vec<(String, Markup)>,
    running: Vec<Running>,
    /// How many more there are.
    more: Option<String>,
    queues: Names<Served>,
    kinds: Names<(String, String)>,
}

/// As many as are shown, and how many more there are.
struct Names<T> {
    shown: Vec<T>,
    more: Option<String>,
}

/// A queue, and how the worker picks it.
struct Served {
    href: String,
    name: String,
    picks: String,
}

pub(crate) async fn worker(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Html<String>, Fault> {
    let worker = desk.worker(&id, &visitor).await?;
    let running = running(&desk, &visitor, &worker, &visit.look).await?;
    let queues = queues(&desk, &visitor, &worker).await?;
    render(&page(&visit, &worker, running, queues))
}

/// The names of the queues that it is given, of those that this visitor sees.
async fn queues(desk: &Desk, visitor: &Visitor, worker: &WorkerRecord) -> Result<Vec<String>, Fault> {
    let mut names = worker.queues.clone();
    if names.is_empty() {
        names = desk.console.queues().await?.into_iter().map(|queue| queue.name).collect();
    }
    names.retain(|name| worker.is_given(name) && visitor.scope.admits_queue(name));
    Ok(names)
}

fn page(visit: &Visit, worker: &WorkerRecord, running: Vec<Running>, queues: Vec<String>) -> WorkerPage {
    let (look, m) = (&visit.look, visit.look.m);
    let tone = record::tone(worker);
    let served = |name: String| Served { href: queue_page(&name), picks: picks(&name, worker, m), name };
    WorkerPage {
        frame: Frame::new(visit, "workers", format!("{} {}", worker.host, worker.id)).under("workers", m.nav_workers()),
        m,
        id: worker.id,
        back: crate::links::worker(worker.id),
        host: worker.host.clone(),
        process: record::process(worker, look),
        icon: look.icon(tone),
        tone,
        end: end(worker, look),
        command: worker.command,
        lives: worker.ended_at.is_none(),
        jobs: links::jobs(&format!("worker:{}", worker.id)),
        failures: links::jobs(&format!("worker:{} state:failed,dead", worker.id)),
        slots: record::slots(worker, m),
        facts: facts(worker, look),
        more: more(worker, &running, m),
        running,
        queues: Names::of(queues.into_iter().map(served).collect(), m),
        kinds: Names::of(worker.kinds.iter().map(|kind| (links::encoded(kind), kind.clone())).collect(), m),
    }
}

fn end(worker: &WorkerRecord, look: &Look) -> Option<Markup> {
    let (ended, heard) = (look.moment(worker.ended_at?), look.moment(worker.heartbeat_at));
    Some(match record::is_silent(worker) {
        true => look.m.worker_fell_silent(Markup::shown(&heard), Markup::shown(&ended)),
        false => look.m.worker_was_stopped(Markup::shown(&ended)),
    })
}

fn facts(worker: &WorkerRecord, look: &Look) -> Vec<(String, Markup)> {
    let m = look.m;
    let (words, name) = (|text: &str| Markup::text(text), |name: &str| Markup::code(name));
    let mut facts = vec![
        (m.worker_started(), Markup::shown(&look.moment(worker.started_at))),
        (m.workers_column_heartbeat(), words(&record::heard(worker, look))),
        (m.workers_column_version(), worker.app_version.as_deref().map_or_else(|| words(say::NOTHING), name)),
        (m.worker_tower(), name(&worker.version)),
        (m.worker_process(), words(&worker.process_id.to_string())),
    ];
    if worker.ended_at.is_none() {
        facts.insert(0, (m.workers_column_slots(), words(&m.workers_slots(worker.busy, worker.slots))));
    }
    facts.extend(record::memory(worker, m).map(|memory| (m.worker_memory(), words(&memory))));
    facts.extend(record::announcements(worker, m).map(|by| (m.worker_announcements(), words(&by))));
    facts.extend(worker.command.map(|command| (m.worker_asked(), words(&asked(command, m)))));
    facts
}

fn asked(command: WorkerCommand, m: Messages) -> String {
    match command {
        WorkerCommand::Quiet => m.worker_asked_quiet(),
        _ => m.worker_asked_stop(),
    }
}

fn more(worker: &WorkerRecord, running: &[Running], m: Messages) -> Option<String> {
    let busy = worker.busy.unsigned_abs() as usize;
    let rest = busy.saturating_sub(running.len()) as u64;
    (rest > 0 && worker.ended_at.is_none()).then(|| m.workers_more_jobs(rest))
}

impl<T> Names<T> {
    fn of(mut all: Vec<T>, m: Messages) -> Self {
        let rest = all.len().saturating_sub(NAMES_SHOWN) as u64;
        all.truncate(NAMES_SHOWN);
        Self { shown: all, more: (rest > 0).then(|| m.worker_more_names(rest)) }
    }
}

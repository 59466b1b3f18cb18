//! The list of workers: who runs jobs, how many, and when each was last heard of.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Html;
use chrono::TimeDelta;
use task_tower::{RunningJob, WorkerCommand, WorkerRecord};

use super::record;
use super::running::{Running, Times};
use crate::access::{Permission, Visitor};
use crate::desk::{Desk, WORKER_LOST};
use crate::fault::Fault;
use crate::look::{Icon, Look, Slots};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::pages::links;
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
    /// How many jobs were taken back from them, if any was.
    rescued: Option<Markup>,
    workers: Vec<Worker>,
}

/// A worker that fell silent lately.
struct Dead {
    href: String,
    jobs: String,
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
    running: Vec<Running>,
    more: Option<String>,
    /// `None` for all of them.
    queues: Option<Vec<(String, String)>>,
    kinds: String,
    kinds_count: String,
    app_version: String,
    /// Of Task Tower; of one that runs an older program than the others, that.
    version: String,
    is_old: bool,
    health: String,
    command: Option<WorkerCommand>,
    lives: bool,
}

pub(crate) async fn workers(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
) -> Result<Html<String>, Fault> {
    let mut workers = desk.workers(&visitor).await?;
    let mut running = desk.running(&workers, RUNNING_SHOWN, &visitor).await?;
    let (look, m) = (&visit.look, visit.look.m);
    let newest = newest_version(&workers);
    // Who fell silent lately comes first.
    workers.sort_by_key(|worker| !is_news(worker, look));
    let dead: Vec<Dead> =
        workers.iter().filter(|worker| is_news(worker, look)).map(|worker| Dead::new(worker, look)).collect();
    let worker_of = |worker: WorkerRecord| {
        let running = running.remove(&worker.id).unwrap_or_default();
        Worker::new(worker, running, newest.as_deref(), look)
    };
    render(&WorkersPage {
        frame: Frame::new(&visit, "workers", m.nav_workers()),
        m,
        summary: summary(&workers, m),
        rescued: if dead.is_empty() { None } else { rescued(&desk, &visitor, m).await? },
        dead,
        workers: workers.into_iter().map(worker_of).collect(),
    })
}

fn summary(workers: &[WorkerRecord], m: Messages) -> String {
    let living = || workers.iter().filter(|worker| worker.ended_at.is_none());
    let (busy, slots) = living().fold((0, 0), |(busy, slots), worker| (busy + worker.busy, slots + worker.slots));
    m.workers_summary(living().count(), busy, slots)
}

/// What the worker runs that came last.
fn newest_version(workers: &[WorkerRecord]) -> Option<String> {
    let living = workers.iter().filter(|worker| worker.ended_at.is_none());
    living.max_by_key(|worker| worker.started_at)?.app_version.clone()
}

/// What became of the jobs of all that died within the hour: jobs do not tell by which death they were hit.
async fn rescued(desk: &Desk, visitor: &Visitor, m: Messages) -> Result<Option<Markup>, Fault> {
    let number = desk.rescued_of_the_hour(visitor).await?;
    let link = || Markup::link(&crate::links::errors(&[("q", WORKER_LOST)]), &m.workers_rescued_jobs(number));
    Ok((number > 0).then(|| m.workers_rescued(link())))
}

fn is_news(worker: &WorkerRecord, look: &Look) -> bool {
    record::is_silent(worker) && worker.ended_at.is_some_and(|ended| look.now - ended < NEWS)
}

impl Dead {
    fn new(worker: &WorkerRecord, look: &Look) -> Self {
        Self {
            href: crate::links::worker(worker.id),
            jobs: links::jobs(&format!("worker:{}", worker.id)),
            host: worker.host.clone(),
            heard: look.clock(worker.heartbeat_at),
        }
    }
}

impl Worker {
    fn new(worker: WorkerRecord, running: Vec<RunningJob>, newest: Option<&str>, look: &Look) -> Self {
        let m = look.m;
        let lives = worker.ended_at.is_none();
        let newer = newest.filter(|newest| lives && worker.app_version.as_deref() != Some(newest));
        let (tone, slots) = (record::tone(&worker), record::slots(&worker, m));
        Self {
            process: process(&worker, look),
            icon: look.icon(tone),
            tone,
            in_use: slots.name.clone(),
            slots,
            running: running.into_iter().map(|job| Running::new(job, &Times::new(), look)).collect(),
            more: more(&worker, m),
            health: record::health(&worker, look),
            queues: record::queues(&worker),
            kinds_count: m.kinds_counted(worker.kinds.len() as u64),
            kinds: worker.kinds.join(", "),
            app_version: worker.app_version.unwrap_or_else(|| say::NOTHING.to_owned()),
            version: newer.map_or_else(|| m.workers_version(worker.version), |newer| m.workers_older_than(newer)),
            is_old: newer.is_some(),
            id: worker.id.to_string(),
            host: worker.host,
            command: worker.command,
            lives,
        }
    }
}

fn process(worker: &WorkerRecord, look: &Look) -> String {
    let process = record::process(worker, look);
    match record::memory(worker, look.m) {
        Some(memory) => look.m.workers_process_and_memory(process, memory),
        None => process,
    }
}

fn more(worker: &WorkerRecord, m: Messages) -> Option<String> {
    let rest = worker.running.len().saturating_sub(RUNNING_SHOWN) as u64;
    (rest > 0 && worker.ended_at.is_none()).then(|| m.workers_more_jobs(rest))
}

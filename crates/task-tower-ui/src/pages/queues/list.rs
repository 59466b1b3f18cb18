//! The list of queues: what waits in each, what moves, who serves it, and pausing them.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use task_tower::{QueueActivity, QueueRecord, WorkerRecord};

use super::changed::{Changed, Switches, WantedUndo};
use super::rates::{self, Filling, Notice};
use super::{record, strategy};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Bar, Look, Spark};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::pages::links;
use crate::say;
use crate::visit::Visit;

/// So many queues that fill up are told of in words.
const FILLING_MAX: usize = 3;

#[derive(Template)]
#[template(path = "queues.html")]
struct QueuesPage {
    frame: Frame,
    m: Messages,
    q: String,
    changed: Option<Changed>,
    switches: Switches,
    total: usize,
    queues: Vec<Queue>,
    filling: Vec<Notice>,
    /// From where buttons come back to this page.
    back: &'static str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// A part of the name.
    q: String,
}

struct Queue {
    name: String,
    href: String,
    jobs: String,
    /// What an operation on all that wait in it is asked with.
    waiting: String,
    depth: Bar,
    live: String,
    oldest: Option<String>,
    late: bool,
    came: String,
    gone: String,
    in_use: Option<Bar>,
    slots: String,
    hour: Spark,
    paused: bool,
    /// Who paused it, or how it is picked.
    note: Option<Markup>,
}

pub(crate) async fn queues(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
    undo: Result<Query<WantedUndo>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let unreadable = |rejection: QueryRejection| Fault::bad_request(rejection.body_text());
    let (Query(wanted), Query(undo)) = (wanted.map_err(unreadable)?, undo.map_err(unreadable)?);
    let mut queues = desk.console.queues().await?;
    queues.retain(|queue| visitor.scope.admits_queue(&queue.name));
    let (total, switches) = (queues.len(), Switches::of(&queues));
    queues.retain(|queue| queue.name.contains(wanted.q.trim()));
    let workers = desk.workers(&visitor).await?;
    let names: Vec<&str> = queues.iter().map(|queue| queue.name.as_str()).collect();
    let activity = desk.console.queue_activity(&names).await?;
    let m = visit.look.m;
    render(&QueuesPage {
        frame: Frame::new(&visit, "queues", m.nav_queues()),
        m,
        q: wanted.q,
        changed: Changed::of(&desk, &visitor, &visit, &undo).await,
        switches,
        total,
        filling: filling(&queues, &activity, &visit.look),
        queues: queues.iter().map(|queue| Queue::new(queue, &activity, &workers, &visit.look)).collect(),
        back: "queues",
    })
}

/// What moves in it, by its name.
type Activities = BTreeMap<String, QueueActivity>;

fn filling(queues: &[QueueRecord], activities: &Activities, look: &Look) -> Vec<Notice> {
    let filling = queues.iter().filter_map(|queue| Filling::of(queue, activities.get(&queue.name)?));
    filling.take(FILLING_MAX).map(|queue| queue.notice("", look)).collect()
}

impl Queue {
    fn new(queue: &QueueRecord, activities: &Activities, workers: &[WorkerRecord], look: &Look) -> Self {
        let m = look.m;
        let activity = activities.get(&queue.name).cloned().unwrap_or_default();
        let (oldest, late) = record::oldest(queue, look);
        let picked = || strategy::of_queue(&queue.name, workers, m).unwrap_or_else(|| m.queues_unserved());
        Self {
            href: crate::links::queue_page(&queue.name),
            jobs: crate::links::queue(&queue.name),
            waiting: links::encoded(record::waiting(&queue.name)),
            depth: record::depth(queue, activity.running, m),
            live: m.queues_live(say::count(record::live(queue, activity.running)), say::count(queue.enqueued)),
            oldest,
            late,
            came: rates::rate(activity.in_per_minute),
            gone: rates::rate(activity.out_per_minute),
            in_use: rates::in_use(&activity, m),
            slots: format!("{}/{}", activity.running, activity.slots),
            hour: rates::hour(&activity, m),
            paused: queue.paused_at.is_some(),
            note: record::note(queue, look).or_else(|| Some(Markup::text(&picked()))),
            name: queue.name.clone(),
        }
    }
}

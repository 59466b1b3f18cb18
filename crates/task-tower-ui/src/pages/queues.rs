//! The queues: what waits in each, and pausing them.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use chrono::TimeDelta;
use serde::Deserialize;
use task_tower::{JobFilter, QueueRecord};

use super::Frame;
use super::frame::render;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Bar, Look};
use crate::messages::{Markup, Messages};
use crate::say;
use crate::visit::Visit;

/// A queue whose oldest job has waited longer is late.
const LATE: TimeDelta = TimeDelta::seconds(60);

#[derive(Template)]
#[template(path = "queues.html")]
struct QueuesPage {
    frame: Frame,
    m: Messages,
    wanted: Wanted,
    total: usize,
    queues: Vec<Queue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// A part of the name.
    q: String,
    /// The queue that was just changed, and the entry of the audit by which that is undone.
    undo: Option<i64>,
}

struct Queue {
    name: String,
    /// That of its jobs.
    filter: String,
    depth: Bar,
    live: String,
    oldest: Option<String>,
    late: bool,
    paused: bool,
    /// Who paused it, since when and why.
    note: Option<Markup>,
}

pub(crate) async fn queues(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let mut queues = desk.console.queues().await?;
    queues.retain(|queue| visitor.scope.admits_queue(&queue.name));
    let total = queues.len();
    queues.retain(|queue| queue.name.contains(wanted.q.trim()));
    let m = visit.look.m;
    render(&QueuesPage {
        frame: Frame::new(&visit, "queues", m.nav_queues()),
        m,
        wanted,
        total,
        queues: queues.into_iter().map(|queue| Queue::new(queue, &visit.look)).collect(),
    })
}

impl Queue {
    fn new(queue: QueueRecord, look: &Look) -> Self {
        let waited = queue.oldest_since.map(|since| look.now - since);
        Self {
            depth: depth(&queue, look.m),
            live: look
                .m
                .queues_live(say::count(queue.enqueued + queue.scheduled + queue.failed), say::count(queue.enqueued)),
            oldest: waited.map(|waited| look.duration(waited)),
            late: queue.paused_at.is_none() && waited.is_some_and(|waited| waited > LATE),
            paused: queue.paused_at.is_some(),
            note: note(&queue, look),
            filter: JobFilter::new().queue(&queue.name).to_string(),
            name: queue.name,
        }
    }
}

/// How the live jobs of a queue are mixed; how many they are is said beside it.
fn depth(queue: &QueueRecord, m: Messages) -> Bar {
    let parts = vec![("scheduled", queue.scheduled), ("enqueued", queue.enqueued), ("failed", queue.failed)];
    let name = m.queues_depth_of(say::count(queue.scheduled), say::count(queue.enqueued), say::count(queue.failed));
    let total = (queue.scheduled + queue.enqueued + queue.failed).max(1);
    Bar { name, parts, total, width: 188, height: 8 }
}

fn note(queue: &QueueRecord, look: &Look) -> Option<Markup> {
    let m = look.m;
    let at = Markup::shown(&look.moment(queue.paused_at?));
    let since = match &queue.paused_by {
        Some(actor) => m.queues_paused_by(Markup::text(actor), at),
        None => m.queues_paused_since(at),
    };
    Some(match &queue.paused_reason {
        Some(reason) => m.queues_paused_why(since, Markup::text(reason)),
        None => since,
    })
}

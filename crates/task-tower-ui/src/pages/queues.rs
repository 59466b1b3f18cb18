//! The queues: what waits in each, and pausing them.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Html;
use task_tower::QueueRecord;

use super::Frame;
use super::frame::render;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Stamp};
use crate::messages::Messages;
use crate::say;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "queues.html")]
struct QueuesPage {
    frame: Frame,
    m: Messages,
    queues: Vec<Queue>,
}

struct Queue {
    name: String,
    enqueued: String,
    scheduled: String,
    oldest: Option<String>,
    paused: Option<Stamp>,
    reason: Option<String>,
}

pub(crate) async fn queues(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
) -> Result<Html<String>, Fault> {
    let mut queues = desk.console.queues().await?;
    queues.retain(|queue| visitor.scope.admits_queue(&queue.name));
    let m = visit.look.m;
    render(&QueuesPage {
        frame: Frame::new(&visit, "queues", m.nav_queues()),
        m,
        queues: queues.into_iter().map(|queue| Queue::new(queue, &visit.look)).collect(),
    })
}

impl Queue {
    fn new(queue: QueueRecord, look: &Look) -> Self {
        Self {
            enqueued: say::count(queue.enqueued),
            scheduled: say::count(queue.scheduled),
            oldest: queue.oldest_since.map(|since| look.duration(look.now - since)),
            paused: queue.paused_at.map(|at| look.moment(at)),
            name: queue.name,
            reason: queue.paused_reason,
        }
    }
}

//! The queues: what waits in each, and pausing them.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use chrono::{DateTime, Utc};
use task_tower::QueueRecord;

use super::Frame;
use super::frame::render;
use crate::fault::Fault;
use crate::place::Place;
use crate::router::Desk;
use crate::say::{self, Stamp};

#[derive(Template)]
#[template(path = "queues.html")]
struct QueuesPage {
    frame: Frame,
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

pub(crate) async fn queues(State(desk): State<Desk>, place: Place) -> Result<Html<String>, Fault> {
    let queues = desk.console.queues().await?;
    let now = Utc::now();
    render(&QueuesPage {
        frame: Frame::new(&place, &desk.access, "queues", "Queues"),
        queues: queues.into_iter().map(|queue| Queue::new(queue, now)).collect(),
    })
}

impl Queue {
    fn new(queue: QueueRecord, now: DateTime<Utc>) -> Self {
        Self {
            enqueued: say::count(queue.enqueued),
            scheduled: say::count(queue.scheduled),
            oldest: queue.oldest_since.map(|since| say::duration(now - since)),
            paused: queue.paused_at.map(|at| Stamp::new(at, now)),
            name: queue.name,
            reason: queue.paused_reason,
        }
    }
}

//! What is said of a worker wherever it stands: how it is, since when, and what it serves.

use task_tower::{WorkerCommand, WorkerRecord};

use crate::links::queue_page;
use crate::look::{Look, Slots};
use crate::messages::Messages;
use crate::say;

/// The state whose icon and color it has: it lives, fell silent, or was stopped.
pub(super) fn tone(worker: &WorkerRecord) -> &'static str {
    match (worker.ended_at, is_silent(worker)) {
        (None, _) => "completed",
        (Some(_), true) => "dead",
        (Some(_), false) => "cancelled",
    }
}

pub(super) fn is_silent(worker: &WorkerRecord) -> bool {
    worker.ended_how.as_deref() == Some("silent")
}

pub(super) fn process(worker: &WorkerRecord, look: &Look) -> String {
    let m = look.m;
    let until = worker.ended_at.unwrap_or(look.now);
    let time = say::age(m, until - worker.started_at);
    match worker.ended_at {
        None => m.workers_up(worker.process_id, time),
        Some(_) => m.workers_ran(worker.process_id, time),
    }
}

/// What its process takes while it lives, if that is known.
pub(super) fn memory(worker: &WorkerRecord, m: Messages) -> Option<String> {
    let bytes = worker.memory_bytes.filter(|_| worker.ended_at.is_none())?;
    Some(say::size(m, bytes.unsigned_abs()))
}

/// What wakes it while it lives, if Redis is to.
pub(super) fn announcements(worker: &WorkerRecord, m: Messages) -> Option<String> {
    let by_redis = worker.by_redis.filter(|_| worker.ended_at.is_none())?;
    Some(if by_redis { m.worker_by_redis() } else { m.worker_by_notify() })
}

/// Whether it was heard, and what it was asked to do.
pub(super) fn health(worker: &WorkerRecord, look: &Look) -> String {
    let m = look.m;
    match (worker.ended_at, worker.command) {
        (Some(_), _) if is_silent(worker) => m.workers_silent_for(say::age(m, look.now - worker.heartbeat_at)),
        (Some(_), _) => m.workers_stopped(),
        (None, Some(WorkerCommand::Quiet)) => m.workers_quiet(),
        (None, Some(_)) => m.workers_stopping(),
        (None, None) => heard(worker, look),
    }
}

pub(super) fn heard(worker: &WorkerRecord, look: &Look) -> String {
    look.m.workers_heard(say::age(look.m, look.now - worker.heartbeat_at))
}

pub(super) fn slots(worker: &WorkerRecord, m: Messages) -> Slots {
    let (busy, slots) = (worker.busy.unsigned_abs(), worker.slots.unsigned_abs());
    Slots { name: m.workers_slots(busy, slots), busy, slots }
}

/// Where each of them leads, and its name; `None` for all queues.
pub(super) fn queues(worker: &WorkerRecord) -> Option<Vec<(String, String)>> {
    let links = worker.queues.iter().map(|queue| (queue_page(queue), queue.clone()));
    (!worker.queues.is_empty()).then(|| links.collect())
}

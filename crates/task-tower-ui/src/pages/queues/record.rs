//! What a queue is made of, and who paused it.

use task_tower::QueueRecord;

use crate::look::{Bar, Look};
use crate::messages::{Markup, Messages};
use crate::say;

/// How the live jobs of a queue are mixed; how many they are is said beside it.
pub(super) fn depth(queue: &QueueRecord, running: u64, m: Messages) -> Bar {
    let name = m.queues_depth_of(
        say::count(queue.scheduled),
        say::count(queue.enqueued),
        say::count(running),
        say::count(queue.failed),
    );
    let parts = vec![
        ("scheduled", queue.scheduled),
        ("enqueued", queue.enqueued),
        ("processing", running),
        ("failed", queue.failed),
    ];
    Bar { name, parts, total: live(queue, running).max(1), width: 188, height: 8 }
}

pub(super) fn live(queue: &QueueRecord, running: u64) -> u64 {
    queue.scheduled + queue.enqueued + queue.failed + running
}

/// How long its oldest job has waited, and whether that is too long.
pub(super) fn oldest(queue: &QueueRecord, look: &Look) -> (Option<String>, bool) {
    let waited = queue.oldest_since.map(|since| look.now - since);
    (waited.map(|waited| look.duration(waited)), queue.is_late(look.now))
}

/// Who paused it, since when and why.
pub(super) fn note(queue: &QueueRecord, look: &Look) -> Option<Markup> {
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

/// The jobs of a queue that have not begun, as a filter.
pub(super) fn waiting(name: &str) -> String {
    format!("queue:{} state:scheduled,enqueued,failed", crate::pages::links::quoted(name))
}

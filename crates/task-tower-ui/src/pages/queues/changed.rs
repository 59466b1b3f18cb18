//! What was done to queues a moment ago, and the buttons that change all of them.

use serde::Deserialize;
use task_tower::{AuditId, QueueRecord};

use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::messages::Messages;
use crate::visit::Visit;

/// What the address of the page says after a change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WantedUndo {
    /// The entry of the audit by which it is undone.
    undo: Option<i64>,
}

/// A change that can be undone.
pub(in crate::pages) struct Changed {
    pub(in crate::pages) entry: AuditId,
    pub(in crate::pages) words: String,
    /// This page, from the root, without the notice.
    pub(in crate::pages) back: String,
}

impl Changed {
    /// What the address names, if it is about queues that this visitor may change.
    pub(in crate::pages) async fn of(
        desk: &Desk,
        visitor: &Visitor,
        visit: &Visit,
        wanted: &WantedUndo,
    ) -> Option<Self> {
        let entry = AuditId(wanted.undo.filter(|_| visitor.permissions.contains(Permission::PauseQueues))?);
        let queues = desk.console.queues_of(entry).await.ok()?;
        let is_seen = queues.iter().all(|queue| visitor.scope.admits_queue(queue));
        let (path, query) = visit.here.split_once('?').unwrap_or((&visit.here, ""));
        let rest: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("undo=") && !pair.is_empty()).collect();
        let back = if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
        is_seen.then(|| Self { entry, words: words(visit.look.m, queues.len()), back })
    }
}

fn words(m: Messages, queues: usize) -> String {
    if queues == 1 { m.queues_changed() } else { m.queues_changed_many(queues as u64) }
}

/// How many of the queues that one sees can be paused, and how many can be resumed.
pub(in crate::pages) struct Switches {
    pub(in crate::pages) running: u64,
    pub(in crate::pages) paused: u64,
}

impl Switches {
    pub(in crate::pages) fn of(queues: &[QueueRecord]) -> Self {
        let paused = queues.iter().filter(|queue| queue.paused_at.is_some()).count();
        Self { running: (queues.len() - paused) as u64, paused: paused as u64 }
    }
}

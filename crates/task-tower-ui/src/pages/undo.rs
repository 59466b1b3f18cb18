//! What was done a moment ago, on whatever page comes next, with a button that undoes it. Actions name it in
//! the address of that page: `?undo=7`, and the undoing of it `?undone=8`.

use serde::Deserialize;
use task_tower::{Console, OperationId, OperationRecord};

use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::visit::Visit;

/// An undoing of more chunks goes on behind the scenes.
const ROUNDS_MAX: usize = 8;

/// What the page says.
pub(super) struct Notice {
    pub(super) words: String,
    /// The operation that can be undone, if one can.
    pub(super) operation: Option<OperationId>,
    /// This page, from the root, without the notice.
    pub(super) back: String,
}

/// What the address of the page names, if it was this person's and can be undone.
pub(super) async fn notice(desk: &Desk, visitor: &Visitor, visit: &Visit) -> Option<Notice> {
    let (path, query) = visit.here.split_once('?')?;
    let (name, id) = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| is_ours(name))?;
    let operation = desk.console.operation(OperationId(id.parse().ok()?)).await.ok()?;
    if operation.actor != visitor.actor {
        return None;
    }
    let words = words(name, &operation, visit)?;
    let rest: Vec<&str> =
        query.split('&').filter(|pair| !is_ours(pair.split('=').next().unwrap_or_default())).collect();
    let back = if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
    Some(Notice { words, operation: (name == "undo").then_some(operation.id), back })
}

fn is_ours(name: &str) -> bool {
    matches!(name, "undo" | "undone")
}

fn words(name: &str, operation: &OperationRecord, visit: &Visit) -> Option<String> {
    let (m, now) = (visit.look.m, visit.look.now);
    let can_be_undone = operation.undone_at.is_none() && operation.undo_until.is_some_and(|until| until > now);
    match (name, operation.undoes) {
        ("undo", None) if can_be_undone => Some(m.done(&operation.action, operation.done)),
        ("undone", Some(_)) if operation.ended_at.is_none() => Some(m.undo_goes_on()),
        ("undone", Some(_)) if operation.done == 0 => Some(m.undo_too_late()),
        ("undone", Some(_)) => Some(m.undo_restored(operation.done)),
        _ => None,
    }
}

/// Where to go after an undo, from the root; the page of the undoing if it is not said.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Way {
    pub(super) back: String,
}

/// The address of a page, with an operation of which it tells.
pub(crate) fn naming(page: &str, name: &str, operation: OperationId) -> String {
    let sign = if page.contains('?') { '&' } else { '?' };
    format!("{page}{sign}{name}={operation}")
}

/// Undoes what can be undone at once, so that the page that comes next shows it.
pub(super) async fn work_on(console: &Console, undoing: OperationId) -> Result<(), Fault> {
    for _ in 0..ROUNDS_MAX {
        if console.operation(undoing).await?.ended_at.is_some() {
            break;
        }
        console.work_operations().await?;
    }
    Ok(())
}

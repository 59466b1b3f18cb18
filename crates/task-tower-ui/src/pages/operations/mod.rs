//! Operations: the list, one of them, the preview before it begins, and the buttons.

mod change;
mod list;
mod preview;
mod show;

pub(crate) use change::{cancel, is_near, start, undo};
pub(crate) use list::{PAGE, operations};
pub(crate) use preview::{number as confirmation, permission, preview};
pub(crate) use show::{find, operation};

use task_tower::OperationRecord;

use crate::access::Visitor;
use crate::badge::Badge;
use crate::look::Look;

/// Who sees only a part of the jobs sees only what they did themselves.
pub(crate) fn is_visible(record: &OperationRecord, visitor: &Visitor) -> bool {
    visitor.scope.is_all() || record.actor == visitor.actor
}

/// What people call it: its own name, or what it does.
fn title(record: &OperationRecord, look: &Look) -> String {
    match record.name.is_empty() {
        true => look.m.verb_jobs(look.m.verb(&record.action), look.m.number_of_jobs(record.expected)),
        false => record.name.clone(),
    }
}

fn badge(record: &OperationRecord, look: &Look) -> Badge {
    let m = look.m;
    match record {
        OperationRecord { failure: Some(_), .. } => look.badge_of("dead", m.operation_gave_up()),
        OperationRecord { ended_at: None, .. } => look.badge_of("processing", m.operation_running()),
        OperationRecord { undone_at: Some(_), .. } => look.badge_of("cancelled", m.operation_undone()),
        OperationRecord { cancel_requested: true, .. } => look.badge_of("cancelled", m.operation_stopped()),
        _ => look.badge_of("completed", m.operation_done()),
    }
}

//! Batches: the list, and one of them. What is done to their jobs is an operation like any other.

mod list;
mod members;
mod show;
mod steps;

pub(crate) use list::{PAGE, batches};
pub(crate) use show::{batch, find};

use task_tower::BatchRecord;

use crate::access::{Scope, Visitor};
use crate::badge::Badge;
use crate::fault::Fault;
use crate::look::{Bar, Look};
use crate::messages::{Markup, Messages};

/// They have jobs of all queues and kinds: not for who may see only some of them.
pub(crate) fn check_sight(visitor: &Visitor) -> Result<(), Fault> {
    match visitor.scope == Scope::all() {
        true => Ok(()),
        false => Err(Fault::forbidden(Messages::batches_for_all)),
    }
}

/// What people call it: its name, or the end of its id.
pub(crate) fn title(batch: &BatchRecord, look: &Look) -> String {
    match batch.name.is_empty() {
        true => look.m.batch_unnamed(batch.id.short()),
        false => batch.name.clone(),
    }
}

fn badge(batch: &BatchRecord, look: &Look) -> Badge {
    let m = look.m;
    match batch {
        BatchRecord { closed_at: None, .. } => look.badge_of("scheduled", m.batch_open()),
        BatchRecord { ended_at: None, created_at, .. } => {
            let since = Markup::shown(&look.ticking(*created_at));
            look.badge_saying("processing", m.batch_running(since))
        }
        BatchRecord { dead: 1.., .. } => look.badge_of("dead", m.batch_dead()),
        BatchRecord { cancelled: 1.., .. } => look.badge_of("cancelled", m.batch_cancelled()),
        _ => look.badge_of("completed", m.batch_success()),
    }
}

fn bar(batch: &BatchRecord, look: &Look, width: u32, height: u32) -> Bar {
    let parts = vec![("completed", batch.completed), ("dead", batch.dead), ("cancelled", batch.cancelled)];
    Bar { name: look.m.batch_bar(title(batch, look)), parts, total: batch.total.max(1), width, height }
}

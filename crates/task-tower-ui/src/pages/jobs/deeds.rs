//! What can be done to the jobs of the list: to those that were picked, and to all that match.

use crate::access::{Permission, Permissions};
use crate::links::encode;
use crate::look::{Icon, Look};
use crate::messages::Messages;

/// An action as buttons and links name it.
struct Known {
    action: &'static str,
    permission: Permission,
    word: fn(Messages) -> String,
    icon: &'static str,
}

const KNOWN: [Known; 8] = [
    Known { action: "requeue", permission: Permission::Requeue, word: Messages::jobs_requeue, icon: "requeue" },
    Known { action: "discard", permission: Permission::Discard, word: Messages::jobs_discard, icon: "dead" },
    Known { action: "run_now", permission: Permission::RunNow, word: Messages::jobs_run_now, icon: "processing" },
    Known { action: "cancel", permission: Permission::Cancel, word: Messages::jobs_cancel, icon: "cancelled" },
    Known { action: "delete", permission: Permission::Delete, word: Messages::jobs_delete, icon: "close" },
    Known { action: "move", permission: Permission::Edit, word: Messages::jobs_move, icon: "right" },
    Known { action: "prioritize", permission: Permission::Edit, word: Messages::jobs_prioritize, icon: "up" },
    Known { action: "reschedule", permission: Permission::Edit, word: Messages::jobs_reschedule, icon: "scheduled" },
];

pub(super) struct Deed {
    pub(super) action: &'static str,
    pub(super) word: String,
    pub(super) icon: Icon,
    /// The page that shows what it would do to all that match.
    pub(super) all: String,
}

/// What this visitor may do.
pub(super) struct Deeds {
    deeds: Vec<Deed>,
    /// Whether they may do it to all that match.
    pub(super) to_all: bool,
}

impl Deeds {
    pub(super) fn new(look: &Look, may: Permissions, q: &str) -> Self {
        let deed = |known: &Known| Deed {
            action: known.action,
            word: (known.word)(look.m),
            icon: look.icon(known.icon),
            all: format!("operations/new?action={}&q={}", known.action, encode(q)),
        };
        let deeds: Vec<Deed> = KNOWN.iter().filter(|known| may.contains(known.permission)).map(deed).collect();
        Self { to_all: may.contains(Permission::Operations) && !deeds.is_empty(), deeds }
    }

    /// Not to all: what was asked for could not be understood, so that more is listed than was meant.
    pub(super) fn but_for_all(self, is_mistaken: bool) -> Self {
        Self { to_all: self.to_all && !is_mistaken, ..self }
    }

    pub(super) fn any(&self) -> bool {
        !self.deeds.is_empty()
    }

    pub(super) fn get(&self, action: &str) -> Option<&Deed> {
        self.deeds.iter().find(|deed| deed.action == action)
    }

    /// Those that ask for nothing more, but for the two that have a button of their own.
    pub(super) fn others(&self) -> impl Iterator<Item = &Deed> {
        self.deeds.iter().filter(|deed| ["run_now", "cancel", "delete"].contains(&deed.action))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Deed> {
        self.deeds.iter()
    }

    /// The first of them, for all that match.
    pub(super) fn first(&self) -> Option<&Deed> {
        self.deeds.first().filter(|_| self.to_all)
    }
}

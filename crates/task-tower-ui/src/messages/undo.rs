//! What was done, and undoing it.

use task_tower::Action;

use super::{Messages, messages, plurals};

messages! {
    undo => "Undo";
    undo_goes_on => "The undoing goes on in the background.";
    undo_too_late => "Nothing could be undone: what was changed has gone on since.";
    undo_done => "Done.";
}

plurals! {
    undo_restored => "Undone: 1 job is as it was.", "Undone: {number} jobs are as they were.";
    undo_cancelled => "Cancelled 1 job.", "Cancelled {number} jobs.";
    undo_discarded => "Discarded 1 job.", "Discarded {number} jobs.";
    undo_deleted => "Deleted 1 job.", "Deleted {number} jobs.";
    undo_moved => "Moved 1 job.", "Moved {number} jobs.";
    undo_prioritized => "Changed the priority of 1 job.", "Changed the priority of {number} jobs.";
    undo_rescheduled => "Rescheduled 1 job.", "Rescheduled {number} jobs.";
}

impl Messages {
    /// What an operation has done.
    pub(crate) fn done(self, action: &Action, number: u64) -> String {
        match action {
            Action::Cancel { .. } => self.undo_cancelled(number),
            Action::Discard { .. } => self.undo_discarded(number),
            Action::Delete => self.undo_deleted(number),
            Action::Move { .. } => self.undo_moved(number),
            Action::Prioritize { .. } => self.undo_prioritized(number),
            Action::Reschedule { .. } => self.undo_rescheduled(number),
            _ => self.undo_done(),
        }
    }
}

//! Operations: what is done to many jobs, and its preview.

use task_tower::{Action, JobState};

use super::{Messages, messages, plurals};

messages! {
    operations_hint => "What was done to jobs by hand. An operation goes on after a restart, and what can be undone can be for ten minutes.";
    operations_none => "No operation yet";
    operations_none_why => "Select jobs in the list, or all that match a filter, and choose what to do with them.";
    operations_column_what => "Operation";
    operations_column_state => "State";
    operations_column_filter => "Jobs";
    operations_column_done => "Done";
    operations_column_skipped => "Skipped";
    operations_column_actor => "By";
    operations_column_time => "Begun";
    operations_picked => "picked one by one";
    operations_older => "Older";
    operation_running => "Running";
    operation_done => "Done";
    operation_stopped => "Stopped";
    operation_gave_up => "Gave up";
    operation_undone => "Undone";
    operation_by(actor, time) => "by {actor} at {time}";
    operation_bound(time) => "created before {time}";
    operation_undoes(id) => "undoes operation {id}";
    operation_was_undone(time) => "undone at {time}";
    operation_stop => "Stop here";
    operation_undo => "Undo";
    operation_progress => "Progress";
    operation_part(done, all) => "{done} of {all} jobs";
    operation_left(time) => "about {time} left";
    operation_rate => "Rate";
    operation_rate_of(rate) => "{rate} jobs per s";
    operation_took => "Took";
    operation_running_for => "Running for";
    operation_undo_until => "Undo until";
    operation_no_undo => "cannot be undone";
    operation_chunk => "Chunk";
    operation_chunk_of(number) => "{number} of 1,000 jobs each";
    operation_why_skipped => "Skipped";
    operation_skipped_none => "No job was skipped.";
    operation_skipped_state => "State by then";
    operation_gone => "Gone";
    operation_filter => "Filter";
    operation_explained => "Stop ends after this chunk. A restart of the server goes on here.";
    operation_failed_with(why) => "It gave up: {why}";
    preview_title(action) => "{action} all that match";
    preview_bound(time) => "All that match and were created before {time}. Newer jobs are not touched.";
    preview_all => "every job";
    preview_matching => "Matching now";
    preview_jobs => "Jobs";
    preview_what => "What happens";
    preview_not_eligible => "not touched: they are not in a state for it";
    preview_undo => "Undo works for 10 minutes.";
    preview_undo_how => "It puts the same jobs back with their place in the queue, unless they have gone on since.";
    preview_no_undo => "This cannot be undone.";
    preview_no_undo_why => "What has run cannot be taken back.";
    preview_name => "Name, shown in the audit";
    preview_type(number) => "Type {number} to confirm";
    preview_typed_wrong(number) => "Nothing was done: type {number} to confirm.";
    preview_keep => "Keep them";
    preview_samples => "Sample jobs";
    preview_none => "No job that matches is in a state for it.";
    preview_reason => "Reason, kept with each job";
    preview_queue => "To queue";
    preview_priority => "Priority, -100 to 100";
    preview_run_at(zone) => "Time to run, in {zone}";
    preview_open_list => "Open the list";
    preview_no_action => "There is no such action.";
    preview_no_time => "A time to run is wanted, such as 2026-11-24T14:30.";
    verb_requeue => "Requeue";
    verb_run_now => "Run now";
    verb_cancel => "Cancel";
    verb_discard => "Discard";
    verb_delete => "Delete";
    verb_move => "Move";
    verb_prioritize => "Change the priority of";
    verb_reschedule => "Reschedule";
    verb_jobs(verb, jobs) => "{verb} {jobs}";
    happens_requeue => "run at once, with all retries again";
    happens_run_now => "due at once, used retries stay used";
    happens_cancel => "cancelled before they start";
    happens_cancel_running => "asked to stop, those that have stopped stay so";
    happens_discard => "dead, can be requeued";
    happens_delete => "removed with their history, for good after 10 minutes";
    happens_move(queue) => "wait in the queue {queue}";
    happens_prioritize(priority) => "wait with priority {priority}";
    happens_reschedule(time) => "run at {time}";
}

plurals! {
    number_of_jobs => "{number} job", "{number} jobs";
}

impl Messages {
    /// What a button for the action says before it names how many.
    pub(crate) fn verb(self, action: &Action) -> String {
        match action {
            Action::Requeue => self.verb_requeue(),
            Action::RunNow => self.verb_run_now(),
            Action::Cancel { .. } => self.verb_cancel(),
            Action::Discard { .. } => self.verb_discard(),
            Action::Delete => self.verb_delete(),
            Action::Move { .. } => self.verb_move(),
            Action::Prioritize { .. } => self.verb_prioritize(),
            _ => self.verb_reschedule(),
        }
    }

    /// What happens to jobs that are in this state.
    pub(crate) fn happens(self, action: &Action, state: JobState, time: impl Fn() -> String) -> String {
        match action {
            _ if !action.applies_to(state) => self.preview_not_eligible(),
            Action::Requeue => self.happens_requeue(),
            Action::RunNow => self.happens_run_now(),
            Action::Cancel { .. } if state == JobState::Processing => self.happens_cancel_running(),
            Action::Cancel { .. } => self.happens_cancel(),
            Action::Discard { .. } => self.happens_discard(),
            Action::Delete => self.happens_delete(),
            Action::Move { queue } => self.happens_move(queue),
            Action::Prioritize { priority } => self.happens_prioritize(priority),
            _ => self.happens_reschedule(time()),
        }
    }
}

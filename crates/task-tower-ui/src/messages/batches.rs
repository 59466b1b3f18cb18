//! Batches: the list, one of them, and what a job awaits.

use task_tower::BatchEvent;

use super::{Messages, messages, plurals, rich};

messages! {
    batches_hint => "Jobs that belong together. When all have ended, when all have completed, or when the first dies, another job is enqueued, once.";
    batches_none => "No batch yet";
    batches_none_why => "A program opens one, adds jobs, and closes it.";
    batches_for_all => "Batches tell of jobs in all queues: who may see only some of them cannot see it.";
    batches_column_batch => "Batch";
    batches_column_state => "State";
    batches_column_progress => "Progress";
    batches_column_ended => "Ended";
    batches_column_dead => "Dead";
    batches_column_time => "Opened";
    batches_older => "Older";
    batch_unnamed(id) => "Batch {id}";
    batch_open => "Open";
    batch_success => "All completed";
    batch_dead => "Ended with deaths";
    batch_cancelled => "Ended with cancellations";
    batch_bar(name) => "Progress of {name}";
    batch_part(ended, all) => "{ended} of {all} ended";
    batch_progress => "Progress";
    batch_retry(number) => "Retry {number} dead";
    batch_cancel => "Cancel the rest";
    batch_members => "Jobs";
    batch_members_order => "Dead and failed first.";
    batch_members_none => "No job of it is kept.";
    batch_members_every => "All";
    batch_what => "What";
    batch_members_inner => "Batches inside are members, too, and not in the list of jobs.";
    batch_callbacks => "Callbacks";
    batch_callbacks_none => "None was asked for.";
    batch_callback_not_yet => "not yet";
    batch_on_finished => "when all have ended";
    batch_on_success => "when all have completed";
    batch_on_death => "when the first dies";
    batch_opened(time) => "opened {time}";
    batch_still_open => "still open: jobs can be added";
    batch_ended(time) => "ended {time}";
    batch_took(time) => "took {time}";
    batch_left(part, time) => "{part}, about {time} left";
    batch_outer => "Inside of";
    steps => "Steps";
    steps_form => "How steps are shown";
    steps_graph => "Graph";
    steps_list => "List";
    steps_dashed => "dashed: not started";
    steps_name(number) => "{number} steps, each to the right of those that it awaits";
    steps_part(ended, all) => "{ended} of {all}";
    steps_count(state, number) => "{state} {number}";
    steps_batch(part) => "batch, {part}";
    steps_outside => "not in this batch";
    steps_waits(number) => "waits for {number}";
    steps_after => "after";
    steps_counted(number) => "Counted among {number} jobs: the oldest and the newest.";
    steps_more(number) => "There are more than these {number}.";
    steps_crowded => "There are more than a graph can show.";
    relations => "Relations";
    relations_parents => "Awaits the end of";
    relations_children => "Awaited by";
    relations_batch => "Member of";
    relations_gone => "not kept any more";
    relations_all => "all in the list";
    job_awaits => "Awaits other jobs";
}

rich! {
    batch_running(time) => "Running {time}";
}

plurals! {
    batch_members_open => "The job in the list", "All {number} jobs";
    batch_steps => "{number} step", "{number} steps";
    batch_total => "{number} member", "{number} members";
}

impl Messages {
    pub(crate) fn batch_event(self, event: BatchEvent) -> String {
        match event {
            BatchEvent::Death => self.batch_on_death(),
            BatchEvent::Success => self.batch_on_success(),
            _ => self.batch_on_finished(),
        }
    }
}

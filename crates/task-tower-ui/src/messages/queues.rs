//! The queues.

use super::{messages, rich};

messages! {
    queues_none => "No queue has held a job yet";
    queues_none_why => "A queue is there as soon as a job is put into it.";
    queues_column_queue => "Queue";
    queues_column_depth => "Depth by state";
    queues_column_oldest => "Oldest";
    queues_column_change => "Change";
    queues_filter => "Filter queues";
    queues_none_fits => "No queue has that in its name";
    queues_show_all => "Show all";
    queues_live(live, enqueued) => "{live} live, {enqueued} enqueued";
    queues_depth_of(scheduled, enqueued, failed) => "{scheduled} scheduled, {enqueued} enqueued, {failed} failed";
    queues_paused => "paused";
    queues_changed => "The queue was changed.";
    queues_undo => "Undo";
    queues_pause => "Pause";
    queues_resume => "Resume";
    queues_pause_named(queue) => "Pause {queue}";
    queues_resume_named(queue) => "Resume {queue}";
    queues_reason => "Reason";
    queues_reason_named(queue) => "Why {queue} is paused";
    queues_explained => "A paused queue keeps its jobs, and takes new ones; those that run already go on. A queue is late when its oldest job has waited for more than 60 s.";
}

rich! {
    queues_paused_by(actor, time) => "Paused by {actor}, {time}";
    queues_paused_since(time) => "Paused {time}";
    queues_paused_why(since, reason) => "{since}: {reason}";
}

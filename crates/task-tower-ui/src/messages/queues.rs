//! The queues.

use super::{messages, plurals, rich};

messages! {
    queues_none => "No queue has held a job yet";
    queues_none_why => "A queue is there as soon as a job is put into it.";
    queues_column_queue => "Queue";
    queues_column_depth => "Depth by state";
    queues_column_oldest => "Oldest";
    queues_column_rates => "Per min";
    queues_column_use => "In use";
    queues_column_hour => "Running, 1 h";
    queues_column_change => "Change";
    queues_filter => "Filter queues";
    queues_none_fits => "No queue has that in its name";
    queues_show_all => "Show all";
    queues_live(live, enqueued) => "{live} live, {enqueued} enqueued";
    queues_depth_of(scheduled, enqueued, running, failed) => "{scheduled} scheduled, {enqueued} enqueued, {running} processing, {failed} failed";
    queues_in(rate) => "{rate} in";
    queues_out(rate) => "{rate} out";
    queues_in_use_of(running, slots) => "{running} running, {slots} slots";
    queues_running_last_hour => "Jobs of it that ran, the last hour by minute";
    queues_unserved => "No living worker serves it";
    queues_fifo => "First in, first out";
    queues_by_name => "By name";
    queues_rank(rank) => "Rank {rank}";
    queues_rank_none => "After all that have a rank";
    queues_strict(rank) => "Strict, rank {rank}";
    queues_weight(weight, all) => "Weight {weight} of {all}";
    queues_weight_none => "When no weighted one has jobs";
    queues_paused => "paused";
    queues_changed => "The queue was changed.";
    queues_undo => "Undo";
    queues_pause_all => "Pause all";
    queues_pause_all_warning => "No further job of these queues begins; those that run go on, and new ones are taken. Queues that are paused already keep their reason.";
    queues_resume_all => "Resume all";
    queues_resume_all_warning => "Their jobs begin at once.";
    queues_more(queue) => "More for {queue}";
    queues_jobs => "Show its jobs";
    queues_pause_why => "Pause with a reason";
    queues_cancel_waiting => "Cancel all that wait";
    queues_delete_waiting => "Delete all that wait";
    queues_pause => "Pause";
    queues_resume => "Resume";
    queues_pause_named(queue) => "Pause {queue}";
    queues_resume_named(queue) => "Resume {queue}";
    queues_reason => "Reason";
    queues_reason_named(queue) => "Why {queue} is paused";
    queue_late_after => "Late after";
    queue_late_after_seconds => "Late after so many seconds; empty for 60";
    queue_limit => "Set";
    fault_no_limit => "A queue is late after a second at the least, and 30 days at the most.";
    queue_in => "In, per min";
    queue_out => "Out, per min";
    queues_see_workers => "See its workers";
    queue_workers => "Workers that serve it";
    queue_no_workers => "No living worker serves this queue.";
    queue_kinds => "Kinds";
    queue_kinds_explained => "of 1,000 live jobs and the newest 1,000 that ended";
    queue_no_kinds => "No job of this queue is kept.";
    queues_explained => "A paused queue keeps its jobs, and takes new ones; those that run already go on. A queue is late when its oldest job has waited longer than its own limit (60 s unless it is set).";
}

plurals! {
    queues_changed_many => "{number} queue was changed.", "{number} queues were changed.";
    queues_pause_number => "Pause {number} queue", "Pause {number} queues";
    queues_resume_number => "Resume {number} queue", "Resume {number} queues";
}

rich! {
    queues_fills(queue, came, gone, slots, needed) => "{queue} is filling up. {came} jobs come in per minute and {gone} go out. It has all slots in use that it can get, {slots}, and will not catch up: this rate needs {needed}.";
    queues_fills_full(queue, came, gone) => "{queue} is filling up. {came} jobs come in per minute and {gone} go out, and no slot is free for it.";
    queues_fills_unserved(queue, came) => "{queue} is filling up. {came} jobs come in per minute, and no living worker serves it.";
    queues_paused_by(actor, time) => "Paused by {actor}, {time}";
    queues_paused_since(time) => "Paused {time}";
    queues_paused_why(since, reason) => "{since}: {reason}";
}

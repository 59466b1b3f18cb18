//! The queues.

use super::messages;

messages! {
    queues_none => "No queue has held a job yet";
    queues_none_why => "A queue is there as soon as a job is put into it.";
    queues_column_queue => "Queue";
    queues_column_enqueued => "Enqueued";
    queues_column_later => "Later";
    queues_column_oldest => "Oldest waits";
    queues_column_claiming => "Claiming";
    queues_column_change => "Change";
    queues_paused_since => "Paused since";
    queues_running => "Running";
    queues_pause => "Pause";
    queues_resume => "Resume";
    queues_pause_named(queue) => "Pause {queue}";
    queues_resume_named(queue) => "Resume {queue}";
    queues_reason => "Reason";
    queues_reason_named(queue) => "Why {queue} is paused";
    queues_explained => "A paused queue keeps its jobs, and takes new ones; those that run already go on. “Later” are the scheduled ones and those that wait for a retry.";
}

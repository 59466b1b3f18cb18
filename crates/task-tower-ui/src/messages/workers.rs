//! The workers.

use super::messages;

messages! {
    workers_none => "No worker has run within the last day";
    workers_none_why => "Jobs wait until one starts:";
    workers_column_worker => "Worker";
    workers_column_machine => "Machine";
    workers_column_health => "Health";
    workers_column_slots => "Slots in use";
    workers_column_queues => "Queues";
    workers_column_kinds => "Kinds";
    workers_column_started => "Started";
    workers_column_version => "Version";
    workers_all_queues => "all";
    workers_heard(age) => "heard {age} ago";
    workers_stopped => "stopped";
    workers_silent => "silent";
    workers_slots(busy, slots) => "{busy} of {slots} slots";
}

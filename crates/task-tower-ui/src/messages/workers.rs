//! The workers.

use super::{messages, plurals};

messages! {
    workers_none => "No worker has run within the last day";
    workers_none_why => "Jobs wait until one starts:";
    workers_summary(living, busy, slots) => "{living} alive, {busy} of {slots} slots in use. The jobs of a worker that falls silent go back to their queues.";
    workers_dead(host) => "{host} is dead.";
    workers_dead_since(time) => "Its last heartbeat was at {time}; its jobs went back to their queues.";
    workers_column_worker => "Worker";
    workers_column_slots => "Slots";
    workers_column_queues => "Queues";
    workers_column_version => "Version";
    workers_column_heartbeat => "Heartbeat";
    workers_column_change => "Change";
    workers_running_now => "Running now";
    workers_all_queues => "all";
    workers_up(process, time) => "pid {process}, up {time}";
    workers_ran(process, time) => "pid {process}, ran {time}";
    workers_version(version) => "task-tower {version}";
    workers_heard(age) => "heard {age} ago";
    workers_silent_for(age) => "silent {age}";
    workers_stopped => "stopped";
    workers_quiet => "quiet";
    workers_stopping => "stopping";
    workers_slots(busy, slots) => "{busy} of {slots} slots";
    workers_quieten => "Quiet";
    workers_quieten_named(host) => "Quiet {host}: it claims no more jobs";
    workers_resume => "Resume";
    workers_resume_named(host) => "Resume {host}";
    workers_stop => "Stop";
    workers_stop_named(host) => "Stop {host}, as on SIGTERM";
}

plurals! {
    kinds_counted => "{number} kind", "{number} kinds";
    workers_more_jobs => "{number} more job", "{number} more jobs";
}

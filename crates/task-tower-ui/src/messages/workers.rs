//! The workers.

use super::{messages, plurals, rich};

messages! {
    workers_none => "No worker has run within the last day";
    workers_none_why => "Jobs wait until one starts:";
    workers_summary(living, busy, slots) => "{living} alive, {busy} of {slots} slots in use. The jobs of a worker that falls silent go back to their queues.";
    workers_dead(host) => "{host} is dead.";
    workers_dead_since(time) => "Its last heartbeat was at {time}. Its jobs go back to their queues, where a living worker takes them.";
    workers_show_jobs => "Show its jobs";
    workers_named(host, id) => "{host} {id}";
    workers_older_than(version) => "older than {version}";
    workers_and_what_runs(slots) => "{slots}, and what runs in them";
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
    workers_process_and_memory(process, memory) => "{process}, {memory}";
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
    workers_remove => "Remove";
    workers_remove_named(host) => "Remove {host}, which no longer lives, from the list";
    worker_jobs => "Its jobs";
    worker_failures => "Its failures";
    worker_started => "Started";
    worker_tower => "Task Tower";
    worker_process => "Process";
    worker_memory => "Memory";
    worker_announcements => "Announcements";
    worker_by_redis => "by Redis";
    worker_by_notify => "by NOTIFY, since Redis is away";
    worker_asked => "Asked";
    worker_asked_quiet => "to claim no more";
    worker_asked_stop => "to stop";
    worker_runs_nothing => "It runs no job.";
    worker_column_job => "Job";
    worker_column_queue => "Queue";
    worker_column_usual => "Against p95 of its kind";
    worker_column_for => "For";
    worker_column_ratio => "Ratio";
    worker_beside_p95(p95) => "p95 is {p95}";
    worker_times_p95(ratio) => "{ratio} × p95";
    worker_queues => "Queues, and how it picks them";
    worker_no_queues => "None that you see.";
    worker_kinds => "Kinds it knows";
    worker_no_kinds => "None that you see.";
}

rich! {
    workers_rescued(jobs) => "Taken back from dead workers within the last hour: {jobs}. None was lost.";
    worker_fell_silent(heard, ended) => "It fell silent: its last heartbeat was at {heard}. Since {ended} it counts as dead, and a living worker puts its jobs back into their queues.";
    worker_was_stopped(ended) => "It stopped at {ended}, and gave back what it held.";
}

plurals! {
    kinds_counted => "{number} kind", "{number} kinds";
    worker_more_names => "and {number} more", "and {number} more";
    workers_rescued_jobs => "{number} job", "{number} jobs";
    workers_more_jobs => "{number} more job", "{number} more jobs";
}

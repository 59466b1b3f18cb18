//! The overview, and the page of a tower in which nothing has happened yet.

use super::{messages, plurals, rich};

messages! {
    overview_healthy => "All is well";
    overview_late => "Running late";
    overview_failing => "Many runs fail";
    overview_stopped => "Nothing runs";
    overview_start => "Start latency p95";
    overview_success(window) => "Success, {window}";
    overview_slots => "Slots in use";
    overview_of(number) => "of {number}";
    overview_of_slots(number) => "of {number} slots";
    overview_states => "Jobs by state";
    overview_will_retry => "will retry";
    overview_for_later => "for later";
    overview_oldest(age) => "oldest {age}";
    overview_worker_word => "worker";
    overview_none_waits => "nothing waits";
    overview_more(number, window) => "+{number} in {window}";
    overview_course(state) => "{state}, the last hour";
    overview_on_time => "No queue waits longer than a minute.";
    overview_last(window) => "Last {window}";
    overview_window => "Window";
    overview_deploy(time, version) => "{time} deploy {version}";
    overview_with_deploys(chart, deploys) => "{chart}; {deploys}";
    overview_throughput => "Throughput";
    overview_wait => "Wait";
    overview_run => "Run";
    overview_log_scale => "Log scale. Solid p50, dashed p95, dotted p99.";
    overview_errors => "Top errors";
    overview_in_kind(kind) => "in {kind}";
    overview_new => "new";
    overview_no_errors => "No failure within the last hour.";
    overview_waiting => "Oldest waiting";
    overview_no_queues => "No queue has ever held a job.";
    overview_paused(age) => "paused {age}";
    overview_waits(age) => "{age}, against a minute";
    overview_silent(age) => "silent {age}";
    overview_no_workers => "No worker has run within the last day.";
    overview_alive(alive, all) => "{alive} of {all} alive";
    overview_slowest => "Slowest kinds";
    overview_slowest_by(window) => "p95 run, {window}";
    overview_no_runs(window) => "No run within the last {window}.";
    errors_last_hour => "Failures of the last hour, by minute";
    first_title => "Nothing in the tower yet";
    first_ready => "The database is ready and this page is listening. Enqueue one job and it appears here the moment it is stored.";
    first_connected => "Database connected";
    first_schema => "Every table is there, and this page can ask them.";
    first_worker => "Start a worker in your service";
    first_worker_how => "A handler is a plain async fn. This database has no worker yet.";
    first_worker_done => "A worker is alive and waits for work.";
    first_job => "Enqueue the first job";
    first_job_how => "Or from any language:";
    first_waiting => "Waiting for the first job";
    first_listening => "this page shows it by itself";
    trouble_rescued_none => "no job was taken from it";
}

plurals! {
    overview_unresolved => "{number} unresolved", "{number} unresolved";
    overview_number_waits => "{number} job waits", "{number} jobs wait";
    trouble_rescued => "{number} job was taken from it", "{number} jobs were taken from it";
    trouble_running => "{number} job runs", "{number} jobs run";
    trouble_more => "and {number} more", "and {number} more";
    overview_workers_alive => "{number} worker is alive", "{number} workers are alive";
}

rich! {
    overview_why_healthy(workers) => "No queue waits longer than a minute, and {workers}.";
    overview_why_late(queue, age, jobs) => "Queue {queue} is {age} behind: {jobs}.";
    overview_why_late_since(queue, age, jobs, worker, time) => "Queue {queue} is {age} behind: {jobs} since worker {worker} stopped sending heartbeats at {time}.";
    overview_why_failing(share, error, kind) => "{share} of the runs of the last hour failed, most of them with {error} in {kind}.";
    overview_why_failing_only(share) => "{share} of the runs of the last hour failed.";
    overview_why_stopped(jobs, workers) => "{jobs}, and no {workers} is alive.";
    trouble_worker_silent(worker, age) => "Worker {worker} was not heard for {age}.";
    trouble_worker_died(worker, time, jobs) => "Worker {worker} has been dead since {time}; {jobs}.";
    trouble_overdue(job, kind, age, expected) => "Job {job} of kind {kind} has run for {age}; at most {expected} were expected.";
    trouble_stands_still(queue, jobs, age) => "Queue {queue} stands still: {jobs}, the longest for {age}, and none has ended meanwhile.";
    overview_why_idle(workers) => "Nothing waits, and no {workers} is alive.";
}

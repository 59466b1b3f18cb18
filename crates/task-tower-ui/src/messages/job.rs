//! The page of one job.

use super::{messages, plurals};

messages! {
    job_asked_to_stop => "asked to stop";
    job_requeue => "Requeue";
    job_cancel => "Cancel";
    job_discard => "Discard";
    job_delete => "Delete…";
    job_delete_warning => "It is gone for good, with its history.";
    job_delete_really => "Delete this job";
    job_history => "History";
    job_attempt(number) => "attempt {number}";
    job_facts => "Facts";
    job_queue => "Queue";
    job_priority(number) => "priority {number}";
    job_kind => "Kind";
    job_attempts => "Attempts";
    job_attempts_told(attempts, failures, retries) => "{attempts}, {failures} failed, {retries} retries allowed";
    job_unique_key => "Unique key";
    job_reason => "Reason";
    job_timeout => "Timeout";
    job_created => "Created";
    job_due => "Due";
    job_began => "Began";
    job_ended => "Ended";
    job_wait => "Wait";
    job_run => "Run";
    job_worker => "Worker";
    job_tags => "Tags";
    job_payload => "Payload";
    job_result => "Result";
    job_context => "Context";
}

plurals! {
    job_workers_lost => "{number} worker lost", "{number} workers lost";
}

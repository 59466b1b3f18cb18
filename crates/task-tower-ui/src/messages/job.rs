//! The page of one job.

use task_tower::AuditRecord;

use super::{Messages, messages, plurals, rich};

messages! {
    job_one => "Job";
    job_requeue => "Requeue";
    job_requeue_no_undo => "A requeue cannot be undone.";
    job_requeue_hint => "Requeue with all retries again";
    job_run_now => "Run now";
    job_edit => "Edit";
    job_copy => "Copy as new";
    job_more => "More";
    job_cancel => "Cancel";
    job_cancel_really => "Cancel this job";
    job_cancel_warning => "One that runs is asked to stop.";
    job_discard => "Discard";
    job_discard_really => "Discard this job";
    job_discard_warning => "It is dead, and can be requeued.";
    job_delete => "Delete";
    job_delete_warning => "It goes with its history, and can be brought back for ten minutes.";
    job_delete_really => "Delete this job";
    job_reason_wanted => "Reason, if you like";
    job_runs(when) => "Scheduled, runs {when}";
    job_retries(when) => "Failed, retries {when}";
    job_waits(time) => "Enqueued, waits for {time}";
    job_completed_in(time) => "Completed in {time}";
    job_state_and_reason(state, reason) => "{state}, {reason}";
    job_attempt_of(number, all) => "attempt {number} of {all}";
    job_not_begun(all) => "not begun, {all} attempts allowed";
    job_neighbors => "In the list";
    job_previous => "Previous job of the list";
    job_next => "Next job of the list";
    job_timeline => "State timeline";
    job_timeline_of(name) => "State timeline of {name}";
    job_zoom => "Parts of the timeline";
    job_zoom_attempt(number) => "Zoom to attempt {number}";
    job_zoom_earlier => "Earlier";
    job_zoom_later => "Later";
    job_zoom_in => "Zoom in";
    job_zoom_out => "Zoom out";
    job_zoom_whole => "Whole life";
    job_now(time) => "now, {time}";
    job_queue_time => "Queue time";
    job_waiting => "Waiting";
    job_waiting_to_retry => "Waiting to retry";
    job_retry_in(time) => "retry in {time}";
    job_attempt_ahead(number, when) => "attempt {number} {when}";
    job_attempt_row(number) => "Attempt {number}";
    job_from => "From";
    job_to => "To";
    job_lasted => "Lasted";
    job_column_state => "State";
    job_runs_of_kind => "Latest runs of this kind";
    job_strip_explained => "bar height is run time, log scale";
    job_p50(time) => "p50 {time}";
    job_p95(time) => "p95 {time}";
    job_run_told(state, time) => "{state}, ran {time}";
    job_attempts => "Attempts";
    job_failures_like_this => "Failures like this";
    job_only_failure => "The only failure like this";
    job_so_many_failures(number) => "{number} failures like this";
    job_error_group => "Their error group";
    job_no_attempts => "It has not run yet.";
    job_waited(time) => "waited {time}";
    job_ran_for(time) => "ran {time}";
    job_worker_number(id) => "worker {id}";
    job_worker_lost => "Worker lost";
    job_given_back => "Given back";
    job_snoozed => "Snoozed";
    job_failure_cut => "Cut: the rest is in the raw record.";
    job_history => "History";
    job_attempt(number) => "attempt {number}";
    job_attempt_failed(number, error) => "attempt {number}: {error}";
    job_attempt_failed_and_retries(number, error, time) => "attempt {number}: {error}, retry in {time}";
    job_was_created => "created";
    job_facts => "Facts";
    job_queue => "Queue";
    job_priority(number) => "priority {number}";
    job_kind => "Kind";
    job_attempts_told(attempts, failures, retries) => "{attempts}, {failures} failed, {retries} retries allowed";
    job_crashes => "Crashes";
    job_unique_key => "Unique key";
    job_trace => "Trace";
    job_reason => "Reason";
    job_timeout => "Timeout";
    job_created => "Created";
    job_due => "Due";
    job_next_run => "Next run";
    job_ended => "Ended";
    job_run => "Run";
    job_worker => "Worker";
    job_tags => "Tags";
    job_payload => "Arguments";
    job_result => "Result";
    job_context => "Context";
    job_raw => "Raw";
    job_raw_of(what) => "Download {what} as JSON";
    job_record => "Record";
    job_cut => "Cut after 64 kB.";
    job_copy_id => "Copy id";
    job_id_copied => "Copied the id.";
    job_as_code => "As code";
    job_as_rust => "In Rust";
    job_copy_rust => "Copy as Rust";
    job_rust_copied => "Copied as Rust.";
    job_as_curl => "With curl";
    job_copy_curl => "Copy as curl";
    job_curl_copied => "Copied as curl.";
    job_code_redacted => "What is redacted has to be put in.";
    by_hand => "By hand";
    deed_requeue => "requeued";
    deed_run_now => "run at once";
    deed_cancel => "cancelled";
    deed_discard => "discarded";
    deed_delete => "deleted";
    deed_enqueue => "enqueued";
    deed_move => "moved to another queue";
    deed_prioritize => "given another priority";
    deed_reschedule => "given another time";
    deed_edit => "edited";
    deed_edited(fields) => "edited: {fields}";
    deed_other(action) => "changed: {action}";
    failure_error => "Error";
    failure_panic => "Panic";
    failure_timeout => "Timeout";
    failure_decode => "Payload does not decode";
    failure_crash => "Worker crashed";
    failure_stopped => "Stopped with its worker";
}

rich! {
    job_runs_for(time) => "Processing for {time}";
    job_is_stopping(time) => "Processing for {time}, asked to stop";
    job_ran(time) => "ran {time}";
    job_code_reads(file) => "It reads {file}.";
    job_curl_auth(name) => "{name} is the header by which you are let in, where one is needed.";
}

plurals! {
    job_workers_lost => "{number} worker lost", "{number} workers lost";
    job_last_runs => "The only run of this kind", "Last {number} runs of this kind";
    job_all_changes => "The only change", "All {number} changes";
}

impl Messages {
    /// What sort of failure it was; words of others stay as they are.
    pub(crate) fn failure_kind(self, kind: &str) -> String {
        match kind {
            "error" => self.failure_error(),
            "panic" => self.failure_panic(),
            "timeout" => self.failure_timeout(),
            "decode" => self.failure_decode(),
            "crash" => self.failure_crash(),
            "stopped" => self.failure_stopped(),
            other => other.to_owned(),
        }
    }

    /// What somebody did to the job by hand.
    pub(crate) fn deed(self, entry: &AuditRecord) -> String {
        match entry.action.as_str() {
            "requeue" => self.deed_requeue(),
            "run_now" => self.deed_run_now(),
            "cancel" => self.deed_cancel(),
            "discard" => self.deed_discard(),
            "delete" => self.deed_delete(),
            "enqueue" => self.deed_enqueue(),
            "move" => self.deed_move(),
            "prioritize" => self.deed_prioritize(),
            "reschedule" => self.deed_reschedule(),
            "edit" => self.edited(entry),
            other => self.deed_other(other),
        }
    }

    fn edited(self, entry: &AuditRecord) -> String {
        let fields = entry.details.as_object().into_iter().flatten();
        let fields: Vec<String> = fields.map(|(name, _)| self.field(name)).collect();
        if fields.is_empty() { self.deed_edit() } else { self.deed_edited(fields.join(", ")) }
    }

    fn field(self, name: &str) -> String {
        let word = match name {
            "queue" => self.job_queue(),
            "priority" => self.form_priority(),
            "run_at" => self.form_run_at(),
            "payload" => self.job_payload(),
            "tags" => self.job_tags(),
            "max_retries" => self.form_retries(),
            other => other.to_owned(),
        };
        word.to_lowercase()
    }
}

//! Groups of errors.

use super::messages;

messages! {
    errors_hint => "Grouped by kind, error class and message with numbers and ids removed. Each number opens its jobs.";
    errors_statuses => "Status";
    errors_unresolved(number) => "Unresolved {number}";
    errors_muted(number) => "Muted {number}";
    errors_resolved(number) => "Resolved {number}";
    errors_column_error => "Error";
    errors_column_hour => "Last hour";
    errors_column_now => "Now";
    errors_column_last => "Last";
    errors_in(kind) => "in {kind}";
    errors_now(dead, retrying) => "{dead} dead, {retrying} retrying";
    errors_new_in(version) => "new in {version}";
    errors_first_seen_at(time) => "first seen {time}";
    errors_regressed(age) => "came back {age} ago";
    errors_within(number, window) => "{number} within {window}";
    errors_none_unresolved => "No unresolved error";
    errors_none_unresolved_why => "Whatever failed was resolved or muted, or nothing ever failed.";
    errors_none_muted => "No muted error";
    errors_none_muted_why => "Mute one to keep it off this page for a while. It is counted as before.";
    errors_none_resolved => "No resolved error";
    errors_none_resolved_why => "Resolve one once it is mended. It comes back here when it occurs again.";
    error_dead => "Dead now";
    error_retrying => "Retrying now";
    error_recovered => "Recovered";
    error_occurrences => "Occurrences";
    error_first_seen => "First seen";
    error_last_seen => "Last seen";
    error_first_version => "Version first seen";
    error_last_version => "Version last seen";
    error_queues => "Queues";
    error_status => "Status";
    error_is_resolved(who, time) => "resolved by {who}, {time}";
    error_is_resolved_at(time) => "resolved {time}";
    error_is_muted(time) => "muted until {time}";
    error_is_regressed(time) => "unresolved; it came back at {time}";
    error_is_unresolved => "unresolved";
    error_sample => "Sample";
    error_sample_gone => "The job it last happened to is not kept any more.";
    error_show_jobs => "Show its jobs";
    error_facts => "Facts";
    error_requeue(jobs) => "Requeue {jobs} dead";
    error_discard(jobs) => "Discard {jobs} retrying";
    error_resolve => "Resolve";
    error_done_resolve => "Resolved. It is unresolved again when it occurs again.";
    error_done_mute(time) => "Muted until {time}.";
    error_reopen => "Unresolve";
    error_mute(time) => "Mute for {time}";
    error_window => "Window";
    error_times => "Times";
    fault_no_mute => "Errors are muted for an hour, a day or seven days.";
    fault_no_errors(fingerprint) => "There is no group of errors {fingerprint}, or not any more.";
}

//! Groups of errors.

use super::{Messages, messages};

messages! {
    errors_hint => "Grouped by kind, error class and message with numbers and ids removed. Each number opens its jobs.";
    errors_filter => "Filter groups of errors";
    errors_filter_example => "Filter groups, like kind:charge_card -queue:low timeout";
    errors_clear => "Drop the filter";
    errors_wrong_chips => "The groups of the other terms are shown.";
    errors_help_kind => "by the kind of its jobs, or how it begins";
    errors_help_queue => "by a queue in which it occurred; the sign means not";
    errors_help_version => "by the version in which it was first seen";
    errors_help_word => "a part of the fingerprint, the class or the message";
    errors_wrong_all => "All groups are shown.";
    errors_none_fit => "No group of errors fits this filter";
    errors_none_fit_why => "Words are looked for in the newest 200 groups of a status.";
    errors_statuses => "Status";
    errors_unresolved(number) => "Unresolved {number}";
    errors_muted(number) => "Muted {number}";
    errors_resolved(number) => "Resolved {number}";
    errors_column_error => "Error";
    errors_column_hour => "Last hour";
    errors_column_now => "Now";
    errors_column_last => "Last";
    errors_in(kind) => "in {kind}";
    errors_open(class) => "What is known of {class}";
    errors_mute => "Mute until…";
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
    error_mute_until(zone) => "Until, in {zone}";
    error_mute_do => "Mute";
    error_window => "Window";
    error_times => "Times";
    fault_no_mute => "Errors are muted for an hour, a day or seven days, or until a time that is still to come.";
    fault_no_errors(fingerprint) => "There is no group of errors {fingerprint}, or not any more.";
}

impl Messages {
    /// Every key of the filter of groups with an example, and what it means.
    pub(crate) fn errors_keys(self) -> [(&'static str, String); 4] {
        [
            ("kind:charge_*", self.errors_help_kind()),
            ("-queue:low", self.errors_help_queue()),
            ("version:1.7.0", self.errors_help_version()),
            ("timeout", self.errors_help_word()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use task_tower::ErrorFilter;

    use super::*;

    #[test]
    fn every_example_of_the_help_is_a_filter() {
        for (example, _) in Messages::default().errors_keys() {
            assert_eq!(example.parse::<ErrorFilter>().unwrap().to_string(), example);
        }
    }
}

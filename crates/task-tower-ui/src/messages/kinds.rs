//! Kinds of jobs.

use super::{Messages, messages, plurals, rich};

messages! {
    kinds_hint(window) => "What some worker knows or knew, and how its runs of the last {window} went.";
    kinds_none => "No kind yet";
    kinds_none_why => "A kind is here once a worker that knows it has started.";
    kinds_filter => "Filter kinds";
    kinds_none_fits => "No kind has that in its name";
    kinds_show_all => "Show all";
    kinds_shown(shown, total) => "{shown} of {total}";
    kinds_prev => "Previous";
    kinds_next => "Next";
    kinds_sort(column) => "Sort by {column}";
    kinds_column_kind => "Kind";
    kinds_column_runs => "Runs";
    kinds_column_success => "Success";
    kinds_column_failed => "Failed";
    kinds_column_dead => "Dead";
    kinds_column_wait => "Wait p95";
    kinds_column_p50 => "Run p50";
    kinds_column_p95 => "p95";
    kinds_column_p99 => "p99";
    kind_jobs => "Show its jobs";
    kind_times => "Run times";
    kind_times_explained => "Each column is a step of time, each row half as long again as the one below; darker for more runs.";
    kind_times_class(count, range) => "{count} × {range}";
    kind_enqueued => "Came in";
    kind_runs => "Runs";
    kind_success => "Success";
    kind_wait => "Wait p95";
    kind_workers => "Workers that know it";
    kind_now(state) => "{state} now";
    kind_errors => "Its errors";
    kind_no_errors => "No unresolved error of this kind.";
    kind_setup => "Configuration";
    kind_setup_none => "No worker of the last day told how it runs this kind.";
    kind_setup_ended => "No living worker knows the kind; this is how the last ones ran it.";
    kind_setup_agreed => "As all living workers run it that know it.";
    kind_setup_differs => "The living workers do not agree, as during a deploy; what the latest says is first.";
    kind_backoff => "Back-off";
    kind_backoff_standard => "standard";
    kind_backoff_custom => "a function of the program";
    kind_no_timeout => "none";
    kind_unique => "Unique";
    kind_unique_not => "no";
    kind_unique_by_payload => "by the payload";
    kind_unique_by_kind => "one at a time";
    kind_moment_enqueue => "At the enqueue";
    kind_moment_before => "Before";
    kind_moment_around => "Around";
    kind_moment_success => "On success";
    kind_moment_failure => "On failure";
    kind_moment_death => "On death";
    kind_moment_cancel => "On cancellation";
    kind_moment_requeue => "On requeue";
    kind_delays => "Delays before retries";
    kind_delays_asked => "As the function answered when it was asked once.";
    kind_delays_explained => "From the shortest to the longest, as chance decides.";
    kind_retry => "Retry";
    kind_delay => "Delay";
    kind_delay_in_all => "In all";
    kind_from_to(least, most) => "{least} – {most}";
    kind_attempts => "Attempts";
    kind_attempts_explained(jobs) => "How many runs its newest jobs took until they completed or died, of at most {jobs}.";
    kind_attempts_one => "Runs";
    kind_attempts_or_more(number) => "{number} or more";
    fault_no_kind(name) => "No worker ever knew the kind {name}.";
}

plurals! {
    kind_setup_more => "{number} more", "{number} more";
}

rich! {
    kind_setup_who(versions, workers) => "Version {versions}, workers {workers}";
    kind_setup_who_more(versions, workers, more) => "Version {versions}, workers {workers} and {more}";
    kind_unique_by_fields(fields) => "by {fields}";
}

impl Messages {
    /// The moment at which an interceptor runs, as a worker names it.
    pub(crate) fn kind_interceptors(self, moment: &str) -> String {
        match moment {
            "enqueue" => self.kind_moment_enqueue(),
            "pre_processing" => self.kind_moment_before(),
            "around" => self.kind_moment_around(),
            "success" => self.kind_moment_success(),
            "failure" => self.kind_moment_failure(),
            "death" => self.kind_moment_death(),
            "cancel" => self.kind_moment_cancel(),
            "requeue" => self.kind_moment_requeue(),
            other => other.to_owned(),
        }
    }
}

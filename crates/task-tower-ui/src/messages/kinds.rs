//! Kinds of jobs.

use super::messages;

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
    kind_enqueued => "Enqueued";
    kind_runs => "Runs";
    kind_success => "Success";
    kind_wait => "Wait p95";
    kind_workers => "Workers that know it";
    kind_errors => "Its errors";
    kind_no_errors => "No unresolved error of this kind.";
    fault_no_kind(name) => "No worker ever knew the kind {name}.";
}

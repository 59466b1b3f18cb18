//! The list of jobs.

use super::{Markup, Messages, messages, plurals, rich};

messages! {
    jobs_filter => "Filter the jobs";
    jobs_add => "Add a filter, like args.order_id:884213";
    jobs_apply => "Filter";
    jobs_suggestions => "Suggestions";
    jobs_suggestions_sampled(number) => "From the newest {number} jobs. Older ones may have others.";
    jobs_without(term) => "Remove {term}";
    jobs_saved => "Saved";
    jobs_view_failing => "Failing now";
    jobs_view_late => "Late";
    jobs_view_long => "Running long";
    jobs_view_dead => "Dead today";
    jobs_columns => "Columns";
    jobs_order => "Order";
    jobs_newest_first => "Newest first";
    jobs_oldest_first => "Oldest first";
    jobs_dense => "Make rows lower";
    jobs_less_dense => "Make rows higher";
    jobs_states => "States";
    jobs_all => "All";
    jobs_queue => "Queue";
    jobs_column_pick => "Pick";
    jobs_column_state => "State";
    jobs_column_job => "Job";
    jobs_column_priority => "Priority";
    jobs_column_arguments => "Arguments";
    jobs_column_tags => "Tags";
    jobs_column_attempts => "Attempts";
    jobs_column_wait => "Wait";
    jobs_column_run => "Run";
    jobs_column_changed => "Changed";
    jobs_unit_attempts => "attempts";
    jobs_unit_wait => "wait";
    jobs_pick(name, id) => "Pick {name} {id}";
    jobs_pick_page => "Pick all on this page";
    jobs_wrong_at(column) => "Column {column}:";
    jobs_wrong_chips => "The list shows what the chips ask for.";
    jobs_wrong_all => "The list shows all jobs.";
    jobs_spares => "Parts of tags and values are not compared in jobs that hide something of themselves: those are found by whole ones.";
    jobs_too_slow => "The search was stopped after 2 s.";
    jobs_too_slow_why => "Narrow the filter: a state, a queue, a kind or a tag is found by an index.";
    jobs_too_slow_newest => "Search the newest only";
    jobs_none_that_far => "No job fits any more, this far back.";
    jobs_none_fit => "No job matches";
    jobs_none_without(term, number) => "Without {term}, {number} would.";
    jobs_none_at_all(number) => "Leaving out one of the {number} terms does not help.";
    jobs_drop(term) => "Drop {term}";
    jobs_clear => "Clear filter";
    jobs_none_yet => "There are no jobs yet";
    jobs_enqueue_first => "Enqueue the first one, and it is here a moment later:";
    jobs_newer => "Newer";
    jobs_older => "Older";
    jobs_newest_of(rows, total) => "Newest {rows} of {total}.";
    jobs_oldest_of(rows, total) => "Oldest {rows} of {total}.";
    jobs_some_of(rows, total) => "{rows} of {total}.";
    jobs_counts_exact => "Counts are exact up to 10,000.";
    jobs_searched_all => "Searched all rows.";
    jobs_searched_newest(rows) => "Searched the newest {rows} jobs.";
    jobs_searched_some => "Older jobs were not searched.";
    jobs_searched_nothing => "The search did not end.";
    jobs_search_everything => "Search everything (slow)";
    jobs_requeue => "Requeue";
    jobs_requeue_one => "Requeue 1 job";
    jobs_requeue_many(number) => "Requeue {number} jobs";
    jobs_discard => "Discard";
    jobs_discard_one => "Discard 1 job";
    jobs_discard_many(number) => "Discard {number} jobs";
    jobs_run_now => "Run now";
    jobs_cancel => "Cancel";
    jobs_delete => "Delete";
    jobs_move => "Move to a queue";
    jobs_prioritize => "Change the priority";
    jobs_reschedule => "Change the time to run";
    jobs_move_or_change => "Move or change";
    jobs_more => "More";
    jobs_to_queue => "To queue";
    jobs_to_priority => "Priority, -100 to 100";
    jobs_to_time(zone) => "Run at, in {zone}";
    jobs_do_move => "Move";
    jobs_do_change => "Change";
    jobs_keep_none => "Pick none";
    jobs_select_all(total) => "Select all {total} matching";
    jobs_all_matching(total) => "All {total} matching";
    jobs_pick_or_all => "Pick jobs, or act on all that match.";
    jobs_pick_some => "Pick jobs to act on them.";
    jobs_undo => "Undo";
    jobs_done_but(done, skipped) => "{done}, {skipped}.";
    sentence(words) => "{words}.";
    jobs_none_picked => "Nothing was done: pick jobs first.";
    jobs_no_priority => "A priority is a number from -100 to 100.";
    jobs_no_time => "A time to run is wanted, such as 2026-11-24T14:30.";
    jobs_help => "What a filter can say";
    jobs_help_rules => "A comma is or, a blank is and, a minus before a term is not, a star after a word is anything. Quotes hold words with blanks together.";
    jobs_help_state => "scheduled, enqueued, processing, completed, failed, dead, cancelled";
    jobs_help_queue => "the queue";
    jobs_help_kind => "the kind";
    jobs_help_tag => "a tag";
    jobs_help_args => "a value in the arguments";
    jobs_help_id => "the beginning or end of an id";
    jobs_help_worker => "the worker of the latest run";
    jobs_help_attempts => "how often it ran";
    jobs_help_priority => "its priority";
    jobs_help_created => "younger than two hours";
    jobs_help_finished => "ended on these days";
    jobs_help_run => "ran longer than thirty seconds";
    jobs_help_wait => "waited longer than five minutes";
    jobs_help_sort => "oldest first";
    jobs_help_word => "the beginning or end of an id, or a part of a kind";
}

plurals! {
    jobs_shown => "{number} job.", "{number} jobs.";
    jobs_skipped => "{number} skipped", "{number} skipped";
    jobs_all_skipped => "Nothing was done: the job is not in a state for it.", "Nothing was done: the {number} jobs are not in a state for it.";
    jobs_requeued => "Requeued {number} job", "Requeued {number} jobs";
    jobs_made_due => "Made {number} job due at once", "Made {number} jobs due at once";
    jobs_cancelled => "Cancelled {number} job", "Cancelled {number} jobs";
    jobs_discarded => "Discarded {number} job", "Discarded {number} jobs";
    jobs_deleted => "Deleted {number} job", "Deleted {number} jobs";
    jobs_moved => "Moved {number} job", "Moved {number} jobs";
    jobs_prioritized => "Changed the priority of {number} job", "Changed the priority of {number} jobs";
    jobs_rescheduled => "Rescheduled {number} job", "Rescheduled {number} jobs";
}

rich! {
    jobs_selected(number) => "{number} selected";
    jobs_none_match(filter) => "No job matches {filter}";
    jobs_meant(term) => "Did you mean {term}?";
}

impl Messages {
    /// What was done by an action of this name, if there is one.
    pub(crate) fn jobs_done(self, action: &str, number: u64) -> Option<String> {
        Some(match action {
            "requeue" => self.jobs_requeued(number),
            "run_now" => self.jobs_made_due(number),
            "cancel" => self.jobs_cancelled(number),
            "discard" => self.jobs_discarded(number),
            "delete" => self.jobs_deleted(number),
            "move" => self.jobs_moved(number),
            "prioritize" => self.jobs_prioritized(number),
            "reschedule" => self.jobs_rescheduled(number),
            _ => return None,
        })
    }

    /// `3 selected`, where the style sheet or the script counts.
    pub(crate) fn jobs_picked(self) -> Markup {
        self.jobs_selected(Markup::place("picked"))
    }

    /// Every key of the filter language with an example, and what it means.
    pub(crate) fn jobs_keys(self) -> [(&'static str, String); 15] {
        [
            ("state:dead,failed", self.jobs_help_state()),
            ("queue:mail", self.jobs_help_queue()),
            ("kind:send_*", self.jobs_help_kind()),
            ("tag:\"black friday\"", self.jobs_help_tag()),
            ("args.user.id:42", self.jobs_help_args()),
            ("id:8f3a1c", self.jobs_help_id()),
            ("worker:web-1", self.jobs_help_worker()),
            ("attempts:>=3", self.jobs_help_attempts()),
            ("priority:>5", self.jobs_help_priority()),
            ("created:<2h", self.jobs_help_created()),
            ("finished:2026-11-01..2026-11-03", self.jobs_help_finished()),
            ("run:>30s", self.jobs_help_run()),
            ("wait:>5m", self.jobs_help_wait()),
            ("sort:created", self.jobs_help_sort()),
            ("welcome", self.jobs_help_word()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use task_tower::JobFilter;

    use super::*;

    #[test]
    fn every_example_of_the_help_is_a_filter() {
        for (example, _) in Messages::default().jobs_keys() {
            assert!(example.parse::<JobFilter>().is_ok(), "{example}");
        }
    }
}

//! The list of jobs.

use super::{messages, plurals};

messages! {
    jobs_filter => "Filter the jobs";
    jobs_queue => "Queue";
    jobs_kind => "Kind";
    jobs_tag => "Tag";
    jobs_apply => "Filter";
    jobs_clear => "Clear";
    jobs_states => "States";
    jobs_all => "All";
    jobs_none_that_far => "No job fits any more, this far back.";
    jobs_none_fit => "No job fits what the filter asks for.";
    jobs_show_all => "Show all jobs";
    jobs_none_yet => "There are no jobs yet";
    jobs_enqueue_first => "Enqueue the first one:";
    jobs_column_state => "State";
    jobs_column_job => "Job";
    jobs_column_payload => "Payload";
    jobs_column_attempts => "Attempts";
    jobs_column_wait => "Wait";
    jobs_column_run => "Run";
    jobs_column_changed => "Changed";
    jobs_newest => "Newest";
    jobs_older => "Older";
    jobs_counted => "The counts above are of all jobs, exact up to 10,000.";
}

plurals! {
    jobs_shown_newest => "The newest job.", "The newest {number} jobs.";
    jobs_shown => "{number} job.", "{number} jobs.";
}

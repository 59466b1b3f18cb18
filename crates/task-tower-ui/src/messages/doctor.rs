//! The doctor. What it found comes from the library in sentences with facts, which the program prints as well; here
//! they are said in the reader's language.

use std::fmt::Display;

use super::{Markup, Messages, messages, plurals, rich};

messages! {
    nav_doctor => "Doctor";
    doctor_again => "Check again";
    doctor_copy => "Copy report";
    doctor_download => "Download";
    doctor_for_all => "The doctor looks at all queues and kinds, and you may see only some.";
    doctor_problem => "Problem";
    doctor_warning => "Warning";
    doctor_passed => "Passed";
    doctor_latency => "Due to start";
    doctor_latency_marks(p50, p95, p99) => "{p50} p50, {p95} p95, {p99} p99";
    doctor_latency_up_to => "Up to";
    doctor_latency_starts_column => "Starts";
    doctor_oldest => "Oldest open transaction";
    doctor_oldest_none => "None";
    doctor_oldest_none_why => "No other session has a transaction open.";
    doctor_oldest_longest(time) => "{time} at the most within the last hour";
    doctor_oldest_course(time) => "How long the oldest transaction was open, the last hour by minute: {time} at the most";
    doctor_tables => "Tables and bloat";
    doctor_total(size) => "{size} in total";
    doctor_column_table => "Table";
    doctor_column_size => "Size";
    doctor_column_indexes => "Indexes";
    doctor_column_rows => "Rows";
    doctor_column_dead => "Dead rows";
    doctor_column_vacuum => "Last vacuum";
    doctor_dead(number, percent) => "{number} ({percent}%)";
    doctor_not_vacuumed => "not yet";
    doctor_statements => "Slowest statements";
    doctor_column_statement => "Statement";
    doctor_column_calls => "Calls";
    doctor_column_total => "In total";
    doctor_column_mean => "On average";
    doctor_queues => "Queues with no worker";
    doctor_kinds => "Kinds with no handler";
    doctor_none => "None";
    doctor_jobs_or_more(number) => "{number}+ jobs";
    doctor_waiting(jobs, age) => "{jobs}, oldest {age}";
    doctor_report => "Report";
    percent(number) => "{number}%";
    bytes(number) => "{number} B";
    kilobytes(number) => "{number} kB";
    megabytes(number) => "{number} MB";
    gigabytes(number) => "{number} GB";
    terabytes(number) => "{number} TB";
}

plurals! {
    doctor_problems => "{number} problem", "{number} problems";
    doctor_warnings => "{number} warning", "{number} warnings";
    doctor_checks_passed => "{number} check passed", "{number} checks passed";
    doctor_more_tables => "{number} smaller table", "{number} smaller tables";
    doctor_more_passed => "{number} more passed check", "{number} more passed checks";
    doctor_jobs => "{number} job", "{number} jobs";
    doctor_days => "{number} partition", "{number} partitions";
    doctor_starts => "{number} start in the last hour", "{number} starts in the last hour";
}

rich! {
    doctor_summary(at, problems, warnings, passed) => "Checked at {at}. {problems}, {warnings}, {passed}.";
    doctor_session(application, pid, role, state) => "{application}, pid {pid}, {role}, {state}";
}

impl Messages {
    /// A sentence of the doctor, with its facts by their names.
    pub(crate) fn doctor_sentence(self, text: &str, facts: &[(&str, Markup)]) -> Markup {
        let facts: Vec<(&str, &dyn Display)> = facts.iter().map(|(name, fact)| (*name, fact as &dyn Display)).collect();
        self.say_markup(text, &facts)
    }
}

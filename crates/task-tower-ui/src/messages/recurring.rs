//! Recurring jobs.

use super::{messages, plurals, rich};

messages! {
    recurring_explained => "A schedule keeps its own zone; all other times are in yours.";
    recurring_none => "Nothing recurs yet";
    recurring_none_why => "Say it in code, with .recurring(…) on the builder, or add a schedule here.";
    recurring_none_fits => "No schedule has that in its name, kind or queue";
    recurring_none_paused => "No schedule is paused";
    recurring_show_all => "Show all";
    recurring_filter => "Filter schedules";
    recurring_all => "All";
    recurring_paused_only => "Paused";
    recurring_which => "Which schedules";
    recurring_new => "New schedule";
    recurring_column_name => "Schedule";
    recurring_column_when => "When";
    recurring_column_next => "Next";
    recurring_column_latest(number) => "Last {number}";
    recurring_column_middle => "p50 run";
    recurring_beads(times, well, not) => "{times}: {well} completed, {not} failed or dead";
    recurring_column_change => "Change";
    recurring_paused => "paused";
    recurring_skips => "left out";
    recurring_never => "never again";
    recurring_not_yet => "not yet";
    recurring_run_now => "Run now";
    recurring_run_named(name) => "Run {name} now";
    recurring_resume => "Resume";
    recurring_resume_named(name) => "Resume {name}";
    recurring_pause => "Pause";
    recurring_pause_until => "Until";
    recurring_pause_until_hint(zone) => "{zone}. Empty is until somebody resumes it.";
    recurring_pause_reason => "Reason";
    recurring_skip => "Skip next";
    recurring_unskip => "Do not skip";
    recurring_edit => "Edit";
    recurring_remove => "Remove";
    recurring_remove_warning => "It comes no more. What it has enqueued stays.";
    recurring_remove_code => "It comes no more, until its program starts again: what code says is added then. Pause it instead, or take it out of the code.";
    recurring_more(name) => "More for {name}";
    recurring_jobs => "Show its jobs";
    recurring_more_behind => "More";
    recurring_expression => "Expression";
    recurring_zone => "Zone";
    recurring_missed => "Missed times";
    recurring_missed_skip => "left out";
    recurring_missed_once => "made up for once";
    recurring_missed_all(most) => "made up for, the latest {most}";
    recurring_overlap => "While one lives";
    recurring_overlap_allow => "the next begins beside it";
    recurring_overlap_skip => "the next is left out";
    recurring_overlap_queue => "the next waits";
    recurring_jitter => "Jitter";
    recurring_jitter_up_to(time) => "up to {time}";
    recurring_source => "From";
    recurring_source_code(source) => "code of {source}";
    recurring_source_edited(source) => "code of {source}, edited here";
    recurring_source_hand => "added at run time";
    recurring_last => "Last times";
    recurring_last_explained => "Height is run time, on a log scale.";
    recurring_no_ticks => "No time of it has come yet.";
    recurring_upcoming => "Next times";
    recurring_no_upcoming => "None comes while it is paused.";
    recurring_no_upcoming_ever => "None comes any more.";
    recurring_yours => "For you";
    recurring_note_left_out(time) => "There is no {time} on that day: it runs right after.";
    recurring_note_first => "This time comes twice: it runs in the first.";
    recurring_note_both => "This time comes twice, and so does the run.";
    recurring_note_skipped => "It is left out.";
    recurring_column_time => "Time";
    recurring_column_outcome => "What became of it";
    recurring_column_job => "Job";
    recurring_column_took => "Run";
    recurring_gone => "not kept any more";
    recurring_outcome_by_hand => "by hand";
    recurring_outcome_queued => "waits for the job before";
    recurring_outcome_overlap => "left out: one was alive";
    recurring_outcome_skipped => "left out by hand";
    recurring_outcome_enqueued => "enqueued";
    recurring_tick_told(time, outcome) => "{time}: {outcome}";
    recurring_form_new => "New schedule";
    recurring_form_edit(name) => "Edit {name}";
    recurring_form_name => "Name";
    recurring_form_name_hint => "1 to 64 letters, none like another.";
    recurring_form_expression_hint => "Cron of five or six fields, @daily, every 15 minutes.";
    recurring_form_zone_hint => "A name such as Europe/Berlin.";
    recurring_form_missed_max => "How many";
    recurring_form_missed_max_hint => "Where the latest are made up for: 1 to 100.";
    recurring_form_missed_all => "made up for, the latest so many";
    recurring_form_jitter_hint => "In seconds, 3,600 at most: jobs begin up to so much later.";
    recurring_form_timeout => "Timeout";
    recurring_form_timeout_hint => "In seconds. Empty is as the kind has it.";
    recurring_form_explain => "Explain";
    recurring_form_explained => "What it means";
    recurring_form_more => "More options: queue, priority, retries, tags, what becomes of missed times";
    recurring_form_leave => "Leave it as it is";
    recurring_form_leave_new => "Do not add";
    recurring_form_add => "Add";
    recurring_form_conflict => "Somebody has changed this schedule meanwhile. Save again to put yours in its place.";
    recurring_form_code => "Code says this schedule. What you save holds until the code says something else.";
    overview_recurring => "Next to recur";
    job_recurring => "Recurring";
}

plurals! {
    recurring_outcome_missed => "{number} time missed", "{number} times missed";
    recurring_last_number => "Last time", "Last {number} times";
}

rich! {
    recurring_clock(day, zone, from, to, moved) => "On {day} the clock in {zone} is set from {from} to {to}. {moved}";
    recurring_clock_moves(name, note) => "{name}: {note}";
    recurring_in_zone(zone) => "In {zone}";
    recurring_paused_by(actor, time) => "Paused by {actor}, {time}";
    recurring_paused_until(since, time) => "{since}, until {time}";
    recurring_paused_why(since, reason) => "{since}: {reason}";
}

//! What an action on all jobs of a filter would do, before it is done. It is no part of the answer, so it goes to standard
//! error.

use task_tower::{Action, Count, JobFilter, JobState, Preview};

use crate::output::note;
use crate::table::Table;

/// How many jobs, in which states, and the newest of them.
pub(super) fn show(preview: &Preview, action: &Action, past: &str, filter: &JobFilter) {
    let which = if filter.terms().is_empty() { "no filter: all jobs".to_owned() } else { filter.to_string() };
    note(format_args!("{} ({which})", found(preview.total())));
    if preview.states.is_empty() {
        return;
    }
    let mut table = Table::new(&["STATE", ">JOBS", "WHAT HAPPENS"]);
    for (state, count) in &preview.states {
        table.row([state.to_string(), say(*count), what_happens(action, *state, past)]);
    }
    table.lines().iter().for_each(|line| note(format_args!("  {line}")));
    note("The newest of them:");
    let mut samples = Table::new(&["ID", "STATE", "JOB", "QUEUE"]);
    for job in &preview.samples {
        samples.row([job.id.to_string(), job.state.to_string(), job.name().to_owned(), job.queue.clone()]);
    }
    samples.lines().iter().for_each(|line| note(format_args!("  {line}")));
}

fn found(total: Count) -> String {
    match total {
        Count::Exact(0) => "No job fits".to_owned(),
        Count::Exact(1) => "1 job fits".to_owned(),
        total => format!("{} jobs fit", say(total)),
    }
}

fn what_happens(action: &Action, state: JobState, past: &str) -> String {
    match (action, state) {
        (Action::Cancel { .. }, JobState::Processing) => "asked to stop".to_owned(),
        _ if action.applies_to(state) => past.to_owned(),
        _ => format!("skipped: not {past} in this state"),
    }
}

pub(super) fn say(count: Count) -> String {
    match count {
        Count::Exact(number) => number.to_string(),
        Count::AtLeast(number) => format!("{} or more", number.saturating_sub(1)),
        count => format!("about {}", count.number()),
    }
}

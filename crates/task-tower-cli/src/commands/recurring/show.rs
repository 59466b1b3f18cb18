//! How recurring jobs are told.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use task_tower::{ClockChange, Console, Occurrence, RecurringRecord, TickRecord};

use crate::output::line;
use crate::table::Table;

/// So many next times are told.
const UPCOMING: usize = 10;

pub(super) fn table(all: &[RecurringRecord]) -> Table {
    let mut table = Table::new(&["NAME", "WHEN", "ZONE", "NEXT", "LAST", "KIND", "QUEUE"]);
    all.iter().for_each(|recurring| table.row(row(recurring)));
    table
}

fn row(recurring: &RecurringRecord) -> [String; 7] {
    let next = match (&recurring.paused_at, recurring.skips_next) {
        (Some(_), _) => {
            format!("paused until {}", recurring.paused_until.map_or("resumed".to_owned(), |at| time(Some(at))))
        }
        (None, true) => format!("{}, left out", time(recurring.next_at)),
        (None, false) => time(recurring.next_at),
    };
    [
        recurring.name.clone(),
        recurring.expression.clone(),
        recurring.zone.clone(),
        next,
        recurring.latest.as_ref().map_or_else(|| "-".to_owned(), outcome),
        recurring.kind.clone(),
        recurring.queue.clone(),
    ]
}

pub(super) async fn show(console: &Console, name: &str) -> Result<()> {
    let found = console.recurring_job(name).await.with_context(|| format!("could not show {name}"))?;
    let recurring = &found.recurring;
    line(format_args!("{}: {} ({}), {}", recurring.name, words(recurring), recurring.expression, recurring.zone));
    line(format_args!("{} in queue {}, payload {}", recurring.kind, recurring.queue, recurring.payload));
    line(format_args!(
        "missed: {}, overlap: {}, jitter: {} ms",
        recurring.missed,
        recurring.overlap.as_str(),
        recurring.jitter_ms
    ));
    if recurring.paused_at.is_some() {
        let reason = recurring.paused_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        line(format_args!("paused by {}{reason}", recurring.paused_by.as_deref().unwrap_or_default()));
    }
    line("\nlast times");
    let mut last = Table::new(&["TIME", "OUTCOME", "JOB"]);
    let job = |tick: &TickRecord| tick.job.map_or_else(String::new, |id| id.to_string());
    found.ticks.iter().for_each(|tick| last.row([time(Some(tick.at)), outcome(tick), job(tick)]));
    last.lines().iter().for_each(line);
    line("\nnext times");
    upcoming(&recurring.upcoming(UPCOMING)).lines().iter().for_each(line);
    Ok(())
}

pub(super) fn upcoming(runs: &[Occurrence]) -> Table {
    let mut table = Table::new(&["IN ITS ZONE", "UTC", "CHANGE OF CLOCK"]);
    for run in runs {
        let change = match run.change() {
            None => String::new(),
            Some(ClockChange::LeftOut(wanted)) => format!("there is no {}", wanted.format("%T")),
            Some(ClockChange::OnlyFirst) => "comes twice, runs in the first".to_owned(),
            Some(ClockChange::Both) => "comes twice, runs in both".to_owned(),
        };
        table.row([run.local().to_string(), time(Some(run.at())), change]);
    }
    table
}

fn words(recurring: &RecurringRecord) -> String {
    recurring.recurrence().map_or_else(|| "a newer program knows".to_owned(), |recurrence| recurrence.words())
}

/// The state of its job, or that it made none.
fn outcome(tick: &TickRecord) -> String {
    match (tick.state, tick.missed) {
        (Some(state), _) => state.to_string(),
        (None, 0) => tick.outcome.as_str().to_owned(),
        (None, missed) => format!("missed {missed}"),
    }
}

pub(super) fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.format("%F %T UTC").to_string())
}

//! What an expression means. Needs no database.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Args;
use task_tower::Recurrence;

use super::show::upcoming;
use crate::output::line;

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// Such as "30 2 * * *", @daily, or "every 15 minutes".
    expression: String,
    /// The time zone whose clock it reads.
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// How many next times to tell.
    #[arg(long, default_value_t = 10)]
    count: usize,
    /// The times after this one, as 2026-12-24T18:00:00Z; after now when it is not said.
    #[arg(long)]
    after: Option<DateTime<Utc>>,
}

pub(super) fn explain(wanted: &ExplainArgs) -> Result<()> {
    let recurrence = Recurrence::new(&wanted.expression, &wanted.zone).context("could not read the expression")?;
    line(format_args!("{}, {}", recurrence.words(), recurrence.zone()));
    let runs: Vec<_> = recurrence.upcoming(wanted.after.unwrap_or_else(Utc::now)).take(wanted.count).collect();
    upcoming(&runs).lines().iter().for_each(line);
    Ok(())
}

//! Adding and changing recurring jobs.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;
use task_tower::{Console, MissedRuns, Overlap, RecurringDraft};

use super::next;
use crate::output::line;

/// What may be said of one.
#[derive(Args, Debug)]
struct Said {
    /// The time zone whose clock cron reads.
    #[arg(long)]
    zone: Option<String>,
    /// Its jobs' data, as JSON.
    #[arg(long)]
    payload: Option<Value>,
    /// Its jobs' queue.
    #[arg(long)]
    queue: Option<String>,
    /// From -100 to 100, higher runs first.
    #[arg(long, allow_negative_numbers = true)]
    priority: Option<i16>,
    /// How many retries its jobs may have.
    #[arg(long)]
    max_retries: Option<u32>,
    /// Its jobs' tags, with commas between.
    #[arg(long, value_delimiter = ',')]
    tags: Option<Vec<String>>,
    /// The longest that one run may take, in milliseconds.
    #[arg(long)]
    timeout_ms: Option<u64>,
    /// What becomes of times at which no worker lived: skip, once, or all:N for the latest N.
    #[arg(long)]
    missed: Option<MissedRuns>,
    /// What becomes of a time while an earlier job lives: allow, skip or queue.
    #[arg(long)]
    overlap: Option<Overlap>,
    /// Jobs begin up to so many milliseconds later.
    #[arg(long)]
    jitter_ms: Option<u64>,
}

#[derive(Args, Debug)]
pub(super) struct DraftArgs {
    /// What it is called.
    name: String,
    /// Such as "30 2 * * *", @daily, or "every 15 minutes".
    expression: String,
    /// The kind of its jobs.
    kind: String,
    #[command(flatten)]
    said: Said,
}

#[derive(Args, Debug)]
pub(super) struct ChangeArgs {
    /// Its name.
    name: String,
    /// Such as "30 2 * * *", @daily, or "every 15 minutes".
    #[arg(long)]
    expression: Option<String>,
    /// The kind of its jobs.
    #[arg(long)]
    kind: Option<String>,
    #[command(flatten)]
    said: Said,
}

pub(super) async fn add(console: &Console, args: &DraftArgs) -> Result<()> {
    let mut draft = RecurringDraft { name: args.name.clone(), kind: args.kind.clone(), ..RecurringDraft::default() };
    draft.expression.clone_from(&args.expression);
    args.said.apply(&mut draft);
    console.add_recurring(&draft).await.with_context(|| format!("could not add {}", draft.name))?;
    line(next(console, &draft.name).await?);
    Ok(())
}

pub(super) async fn change(console: &Console, args: &ChangeArgs) -> Result<()> {
    let could_not = || format!("could not change {}", args.name);
    let found = console.recurring_job(&args.name).await.with_context(could_not)?.recurring;
    let mut draft = found.draft();
    draft.expression = args.expression.clone().unwrap_or(draft.expression);
    draft.kind = args.kind.clone().unwrap_or(draft.kind);
    args.said.apply(&mut draft);
    console.if_unchanged(&found.revision).change_recurring(&draft).await.with_context(could_not)?;
    line(next(console, &draft.name).await?);
    Ok(())
}

impl Said {
    fn apply(&self, draft: &mut RecurringDraft) {
        let said = |name: &Option<String>, place: &mut String| name.iter().for_each(|name| place.clone_from(name));
        said(&self.zone, &mut draft.zone);
        self.payload.iter().for_each(|payload| draft.payload = payload.clone());
        self.tags.iter().for_each(|tags| draft.tags.clone_from(tags));
        draft.queue = self.queue.clone().or_else(|| draft.queue.take());
        draft.priority = self.priority.or(draft.priority);
        draft.max_retries = self.max_retries.or(draft.max_retries);
        draft.timeout_ms = self.timeout_ms.or(draft.timeout_ms);
        draft.missed = self.missed.unwrap_or(draft.missed);
        draft.overlap = self.overlap.unwrap_or(draft.overlap);
        draft.jitter_ms = self.jitter_ms.unwrap_or(draft.jitter_ms);
    }
}

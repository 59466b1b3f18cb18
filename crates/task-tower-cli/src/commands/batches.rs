//! `task-tower batches`: how far they are.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::{json, to_string_pretty};
use task_tower::{BatchCallback, BatchEvent, BatchId, BatchRecord, Console};

use super::steps;
use crate::database::DatabaseArgs;
use crate::output::line;
use crate::table::Table;

/// List and show batches. What is done to their jobs is done by `jobs`, with `--filter batch:<id>`.
#[derive(Args, Debug)]
pub(crate) struct BatchesArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Show the newest batches, 100 at the most, with their numbers.
    List {
        /// Only those before this one, the last of an earlier list.
        #[arg(long)]
        before: Option<BatchId>,
    },
    /// Show one batch, what is enqueued when something happens to it, and its steps.
    Show {
        /// The batch's id.
        id: BatchId,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(args: BatchesArgs) -> Result<()> {
    let console = args.database.console().await?;
    match args.deed {
        Deed::List { before } => list(&console, before).await,
        Deed::Show { id, json } => show(&console, id, json).await,
    }
}

async fn list(console: &Console, before: Option<BatchId>) -> Result<()> {
    let batches = console.batches(before).await.context("could not list the batches")?;
    let mut table =
        Table::new(&["BATCH", "NAME", "STATE", ">TOTAL", ">PENDING", ">COMPLETED", ">DEAD", ">CANCELLED", "OPENED"]);
    batches.iter().for_each(|batch| table.row(row(batch)));
    table.lines().iter().for_each(line);
    Ok(())
}

fn row(batch: &BatchRecord) -> [String; 9] {
    let [total, pending, completed, dead, cancelled] =
        [batch.total, batch.pending(), batch.completed, batch.dead, batch.cancelled].map(|number| number.to_string());
    let (id, name, state) = (batch.id.to_string(), batch.name.clone(), state(batch).to_owned());
    [id, name, state, total, pending, completed, dead, cancelled, time(batch.created_at)]
}

fn state(batch: &BatchRecord) -> &'static str {
    match (batch.closed_at, batch.ended_at) {
        (_, Some(_)) => "ended",
        (Some(_), None) => "running",
        (None, None) => "open",
    }
}

async fn show(console: &Console, id: BatchId, as_json: bool) -> Result<()> {
    let batch = console.batch(id).await.with_context(|| format!("could not show batch {id}"))?;
    let callbacks = console.batch_callbacks(id).await.with_context(|| format!("could not show batch {id}"))?;
    let steps = console.batch_steps(id).await.with_context(|| format!("could not show the steps of batch {id}"))?;
    if as_json {
        let mut whole = serde_json::to_value(&batch).context("could not write JSON")?;
        whole["callbacks"] = json!(callbacks);
        whole["steps"] = json!(steps);
        line(to_string_pretty(&whole).context("could not write JSON")?);
        return Ok(());
    }
    let facts = [
        ("id", batch.id.to_string()),
        ("name", batch.name.clone()),
        ("state", state(&batch).to_owned()),
        ("inside", batch.parent.map(|parent| parent.to_string()).unwrap_or_default()),
        ("members", format!("{}, {} of them pending", batch.total, batch.pending())),
        ("ended", format!("{} completed, {} dead, {} cancelled", batch.completed, batch.dead, batch.cancelled)),
        ("opened", time(batch.created_at)),
        ("closed", batch.closed_at.map(time).unwrap_or_default()),
        ("over", batch.ended_at.map(time).unwrap_or_default()),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        line(format_args!("{name:<9} {value}"));
    }
    callbacks.iter().for_each(callback);
    steps::print(&steps);
    Ok(())
}

fn callback(callback: &BatchCallback) {
    let when = match callback.event {
        BatchEvent::Death => "first death",
        BatchEvent::Success => "success",
        _ => "finished",
    };
    let job = match (callback.job, callback.enqueued_at) {
        (Some(job), Some(at)) => format!("job {job}, enqueued {}", time(at)),
        _ => "not yet".to_owned(),
    };
    line(format_args!("on {when}: {}: {job}", callback.kind));
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%F %T UTC").to_string()
}

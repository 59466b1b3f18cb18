//! `task-tower workers`: who runs jobs.

use anyhow::{Context, Result};
use chrono::Utc;
use clap::Args;
use task_tower::WorkerRecord;

use crate::database::DatabaseArgs;
use crate::output::line;
use crate::table::Table;

/// List the workers: those that live, then those that ended within the last day.
#[derive(Args, Debug)]
pub(crate) struct WorkersArgs {
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(crate) async fn run(args: WorkersArgs) -> Result<()> {
    let console = args.database.console().await?;
    let workers = console.workers().await.context("could not list the workers")?;
    let mut table =
        Table::new(&["WORKER", "HOST", ">PID", "HEALTH", ">BUSY", ">SLOTS", ">MEMORY", "QUEUES", "VERSION"]);
    workers.iter().for_each(|worker| table.row(row(worker)));
    table.lines().iter().for_each(line);
    Ok(())
}

fn row(worker: &WorkerRecord) -> [String; 9] {
    let silence = (Utc::now() - worker.heartbeat_at).num_seconds().max(0);
    let health = match worker.ended_at {
        None => format!("heard {silence} s ago"),
        Some(_) => worker.ended_how.clone().unwrap_or_else(|| "stopped".to_owned()),
    };
    let queues = if worker.queues.is_empty() { "all".to_owned() } else { worker.queues.join(",") };
    [
        worker.id.to_string(),
        worker.host.clone(),
        worker.process_id.to_string(),
        health,
        worker.busy.to_string(),
        worker.slots.to_string(),
        worker.memory_bytes.map(|bytes| format!("{} MiB", bytes / 1_048_576)).unwrap_or_default(),
        queues,
        worker.version.clone(),
    ]
}

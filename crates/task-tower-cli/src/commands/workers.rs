//! `task-tower workers`: who runs jobs, what they are asked to do, and taking those that died off the list.

use anyhow::{Context, Result};
use chrono::Utc;
use clap::{Args, Subcommand};
use task_tower::{Console, WorkerId, WorkerRecord};

use crate::database::DatabaseArgs;
use crate::output::line;
use crate::table::Table;

/// List the workers; quiet, resume and stop those that live, and remove those that do not.
#[derive(Args, Debug)]
pub(crate) struct WorkersArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(subcommand)]
    deed: Option<Deed>,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Show the workers: those that live, then those that ended within the last day. The default.
    List,
    /// Ask a worker to claim no more jobs. Those that it runs go on.
    Quiet {
        /// The worker's number.
        id: WorkerId,
    },
    /// Let a quiet worker claim jobs again.
    Resume {
        /// The worker's number.
        id: WorkerId,
    },
    /// Ask a worker to stop, as a signal to its process does.
    Stop {
        /// The worker's number.
        id: WorkerId,
    },
    /// Take workers that no longer live off the list, a day before they go by themselves.
    Remove {
        /// The workers' numbers.
        #[arg(required = true)]
        ids: Vec<WorkerId>,
    },
}

pub(crate) async fn run(args: WorkersArgs) -> Result<()> {
    let console = args.database.console().await?;
    let (id, doing, asked) = match args.deed {
        None | Some(Deed::List) => return list(&console).await,
        Some(Deed::Remove { ids }) => return remove(&console, &ids).await,
        Some(Deed::Quiet { id }) => (id, "quiet", console.quiet_worker(id).await),
        Some(Deed::Resume { id }) => (id, "resume", console.resume_worker(id).await),
        Some(Deed::Stop { id }) => (id, "stop", console.stop_worker(id).await),
    };
    asked.with_context(|| format!("could not {doing} worker {id}"))?;
    line(format_args!("worker {id} was asked to {doing}"));
    Ok(())
}

/// Those before one that stays are removed.
async fn remove(console: &Console, ids: &[WorkerId]) -> Result<()> {
    for id in ids {
        console.remove_worker(*id).await.with_context(|| format!("could not remove worker {id}"))?;
        line(format_args!("worker {id} is removed"));
    }
    Ok(())
}

async fn list(console: &Console) -> Result<()> {
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

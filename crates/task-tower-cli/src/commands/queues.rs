//! `task-tower queues`: what waits where, and pausing it.

use anyhow::{Context, Result};
use chrono::Utc;
use clap::{Args, Subcommand};
use task_tower::{COUNT_MAX, Console, QueueRecord};

use crate::database::DatabaseArgs;
use crate::output::line;
use crate::table::Table;

/// List, pause and resume queues.
#[derive(Args, Debug)]
pub(crate) struct QueuesArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Show every queue with what waits in it.
    List,
    /// Stop claiming jobs of a queue. Those that run go on; new ones may still be enqueued.
    Pause {
        /// The queue's name.
        queue: String,
        /// Why, for those who wonder.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Go on with a queue.
    Resume {
        /// The queue's name.
        queue: String,
    },
}

pub(crate) async fn run(args: QueuesArgs) -> Result<()> {
    let console = args.database.console().await?;
    match args.deed {
        Deed::List => list(&console).await,
        Deed::Pause { queue, reason } => {
            let paused = console.pause_queue(&queue, reason.as_deref()).await;
            paused.with_context(|| format!("could not pause queue {queue}"))?;
            line(format_args!("queue {queue} is paused"));
            Ok(())
        }
        Deed::Resume { queue } => {
            let resumed = console.resume_queue(&queue).await;
            resumed.with_context(|| format!("could not resume queue {queue}"))?;
            line(format_args!("queue {queue} is running"));
            Ok(())
        }
    }
}

async fn list(console: &Console) -> Result<()> {
    let queues = console.queues().await.context("could not list the queues")?;
    let mut table = Table::new(&["QUEUE", ">ENQUEUED", ">SCHEDULED", ">FAILED", ">OLDEST WAITS", "CLAIMING"]);
    queues.iter().for_each(|queue| table.row(row(queue)));
    table.lines().iter().for_each(line);
    Ok(())
}

fn row(queue: &QueueRecord) -> [String; 6] {
    let oldest = queue.oldest_since.map(|since| format!("{} s", (Utc::now() - since).num_seconds().max(0)));
    let claiming = match (queue.paused_at, &queue.paused_reason) {
        (None, _) => "running".to_owned(),
        (Some(at), None) => format!("paused since {}", at.format("%F %T UTC")),
        (Some(at), Some(reason)) => format!("paused since {}: {reason}", at.format("%F %T UTC")),
    };
    let [enqueued, scheduled, failed] = [queue.enqueued, queue.scheduled, queue.failed].map(count);
    [queue.name.clone(), enqueued, scheduled, failed, oldest.unwrap_or_default(), claiming]
}

/// Counting ends at the limit.
fn count(number: u64) -> String {
    match number >= COUNT_MAX {
        true => format!("{}+", COUNT_MAX - 1),
        false => number.to_string(),
    }
}

//! `task-tower queues`: what waits where, pausing it, and when it is late.

use std::time::Duration;

use anyhow::{Context, Result};
use chrono::Utc;
use clap::{Args, Subcommand};
use task_tower::{COUNT_MAX, Console, LATE_AFTER, QueueRecord};

use crate::database::DatabaseArgs;
use crate::output::line;
use crate::table::Table;

/// List, pause and resume queues, and say when one is late.
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
    /// Say after how long a wait of its oldest job a queue is late: on the dashboard and for its health. No worker minds it.
    Limit {
        /// The queue's name.
        queue: String,
        /// After how long, such as 90s, 10min or 2h; up to 30 days.
        #[arg(required_unless_present = "usual", conflicts_with = "usual", value_parser = humantime::parse_duration)]
        late_after: Option<Duration>,
        /// As long as every queue without a limit of its own: a minute.
        #[arg(long)]
        usual: bool,
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
        Deed::Limit { queue, late_after, .. } => {
            let limited = console.limit_queue(&queue, late_after).await;
            limited.with_context(|| format!("could not limit queue {queue}"))?;
            let after = humantime::format_duration(late_after.unwrap_or(LATE_AFTER));
            line(format_args!("queue {queue} is late after {after}"));
            Ok(())
        }
    }
}

async fn list(console: &Console) -> Result<()> {
    let queues = console.queues().await.context("could not list the queues")?;
    let mut table =
        Table::new(&["QUEUE", ">ENQUEUED", ">SCHEDULED", ">FAILED", ">OLDEST WAITS", ">LATE AFTER", "CLAIMING"]);
    queues.iter().for_each(|queue| table.row(row(queue)));
    table.lines().iter().for_each(line);
    Ok(())
}

fn row(queue: &QueueRecord) -> [String; 7] {
    let oldest = queue.oldest_since.map(|since| format!("{} s", (Utc::now() - since).num_seconds().max(0)));
    let claiming = match (queue.paused_at, &queue.paused_reason) {
        (None, _) => "running".to_owned(),
        (Some(at), None) => format!("paused since {}", at.format("%F %T UTC")),
        (Some(at), Some(reason)) => format!("paused since {}: {reason}", at.format("%F %T UTC")),
    };
    let [enqueued, scheduled, failed] = [queue.enqueued, queue.scheduled, queue.failed].map(count);
    let late_after = format!("{} s", queue.late_after.as_secs());
    [queue.name.clone(), enqueued, scheduled, failed, oldest.unwrap_or_default(), late_after, claiming]
}

/// Counting ends at the limit.
fn count(number: u64) -> String {
    match number >= COUNT_MAX {
        true => format!("{}+", COUNT_MAX - 1),
        false => number.to_string(),
    }
}

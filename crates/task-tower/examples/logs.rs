//! What a handler logs is kept with its job, run by run, and so is how far it says it is.
//!
//! Run it with `cargo run -p task-tower --example logs`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is. In a program of yours, `task_tower::logs()` needs the feature
//! `tracing-subscriber-0_3`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Error, Job, JobContext, JobError, JobState, LogFilter, RetryPolicy, TaskTower};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Serialize, Deserialize)]
struct PackOrder {
    parcels: u64,
}

impl Job for PackOrder {
    const KIND: &'static str = "pack_order";
}

async fn pack_order(job: PackOrder, run: JobContext) -> Result<(), JobError> {
    for parcel in 1..=job.parcels {
        tracing::info!(parcel, "packing");
        run.progress_with(parcel, job.parcels, "packing");
        if parcel == 2 && run.attempt() == 1 {
            return Err(JobError::new("the tape is gone"));
        }
    }
    tracing::info!("all is packed");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::registry().with(task_tower::logs()).init();
    let soon = RetryPolicy::custom(|_| Duration::from_millis(500));
    let tower = TaskTower::builder().job_with(pack_order, |kind| kind.retry_policy(soon)).build().await?;
    let console = tower.console();
    let id = tower.client().enqueue(PackOrder { parcels: 3 }).await?;

    let running = tower.start()?;
    while console.job(id).await?.state != JobState::Completed {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // When a worker has stopped, everything is written down.
    running.stop().await;

    for line in console.logs(id, &LogFilter::new()).await?.lines {
        println!("attempt {}: {} {}", line.attempt, line.level, line.message);
    }
    if let Some(progress) = console.job(id).await?.progress {
        println!("{} of {} parcels in attempt {}", progress.done, progress.total, progress.attempt);
    }
    Ok(())
}

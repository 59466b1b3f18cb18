//! What happens to running jobs when the process is asked to stop, by SIGTERM or Ctrl-C: no new ones
//! begin, and the running ones may go on for `shutdown_grace` (25 s by default, 3 s here). The backup is
//! done by then. The watch is not: it is asked to stop, and waits in its queue for the next worker.
//!
//! Run it with `cargo run -p task-tower --example graceful_stop`, and press Ctrl-C. `DATABASE_URL`, or
//! libpq's `PGHOST` and its sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct Backup {
    seconds: u64,
}

impl Job for Backup {
    const KIND: &'static str = "backup";
}

async fn back_up(job: Backup) -> Result<(), JobError> {
    println!("backup: begins");
    tokio::time::sleep(Duration::from_secs(job.seconds)).await;
    println!("backup: done");
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct Watch;

impl Job for Watch {
    const KIND: &'static str = "watch";
}

/// Has no end of its own. A handler that ignores `cancelled` is dropped three seconds after it.
async fn watch(_job: Watch, run: JobContext) -> Result<(), JobError> {
    println!("watch: begins");
    run.cancelled().await;
    println!("watch: asked to stop");
    Err(JobError::new("asked to stop"))
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .shutdown_grace(Duration::from_secs(3))
        .backend_concurrency(4)
        .job(back_up)
        .job(watch)
        .build()
        .await?;
    let client = tower.client();
    client.enqueue(Backup { seconds: 1 }).await?;
    let id = client.enqueue(Watch).await?;

    tower.run().await?;

    let console = tower.console();
    println!("stopped; the watch is {} again", console.job(id).await?.state);
    // Only here, so that the next run of this program does not find two of them.
    console.cancel(id, Some("the example is over")).await?;
    Ok(())
}

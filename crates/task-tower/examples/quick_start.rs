//! The quick start of the README: one job at once, one after two seconds.
//!
//! Run it with `cargo run -p task-tower --example quick_start`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn send_welcome(job: SendWelcome, run: JobContext) -> Result<(), JobError> {
    println!("welcome, user {}! (job {})", job.user_id, run.job_id());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder().job(send_welcome).build().await?;

    let client = tower.client();
    client.enqueue(SendWelcome { user_id: 1 }).await?;
    client.schedule(SendWelcome { user_id: 2 }).to_queue("critical").in_seconds(2).tags(["vip"]).await?;

    tower.run().await
}

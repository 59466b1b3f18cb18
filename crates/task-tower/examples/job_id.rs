//! A job that knows its own id, and whatever else `JobContext` tells of its run. The id is the same in
//! every run of the job, so it is the key that makes effects outside of PostgreSQL idempotent.
//!
//! Run it with `cargo run -p task-tower --example job_id`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct TellYourId;

impl Job for TellYourId {
    const KIND: &'static str = "tell_your_id";
}

async fn tell_your_id(_job: TellYourId, run: JobContext) -> Result<(), JobError> {
    println!("I am running a job with an Id of {} that I got from context", run.job_id());
    println!("This is attempt {} in queue {}", run.attempt(), run.queue());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder().job(tell_your_id).build().await?;

    let id = tower.client().enqueue(TellYourId).await?;
    println!("Job created with ID: {id}");

    tower.run().await
}

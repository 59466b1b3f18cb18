//! Enqueues a job, and runs it: the smallest application that does both.
//!
//! Run it with `cargo run -p task-tower --example hello`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SayHello {
    from: String,
}

impl Job for SayHello {
    const KIND: &'static str = "say_hello";
}

async fn say_hello(job: SayHello) -> Result<(), JobError> {
    println!("Hello, from {}!", job.from);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder().job(say_hello).build().await?;

    let id = tower.client().enqueue(SayHello { from: "Task Tower".to_owned() }).await?;
    println!("Job created with ID: {id}");

    tower.run().await
}

//! Queues by the priorities that they are given, highest first. A queue without one, like `archive` here,
//! comes last.
//!
//! Run it with `cargo run -p task-tower --example priorities_index`. `DATABASE_URL`, or libpq's
//! `PGHOST` and its sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, QueuePrioritization, TaskTower};

#[derive(Serialize, Deserialize)]
struct Errand {
    number: u32,
}

impl Job for Errand {
    const KIND: &'static str = "errand_index";
}

async fn run_errand(errand: Errand, run: JobContext) -> Result<(), JobError> {
    println!("errand {} of queue {}", errand.number, run.queue());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .queue_priorities([("critical", 3), ("default", 2), ("low", 1)])
        .queue_prioritization(QueuePrioritization::Index)
        .backend_concurrency(1)
        .job(run_errand)
        .build()
        .await?;

    // They wait already when the worker starts: so what is printed is its choice.
    let client = tower.client();
    for (number, queue) in (1..).zip(["archive", "low", "default", "critical", "low", "critical"]) {
        client.enqueue(Errand { number }).to_queue(queue).await?;
    }

    tower.run().await
}

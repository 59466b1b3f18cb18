//! Queues by the priorities that they are given, highest first, and no others: the job in `archive`,
//! which has no priority, waits for a worker that serves it, even while this one has nothing to do.
//!
//! Run it with `cargo run -p task-tower --example priorities_strict`. `DATABASE_URL`, or libpq's
//! `PGHOST` and its sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, QueuePrioritization, TaskTower};

#[derive(Serialize, Deserialize)]
struct Errand {
    number: u32,
}

impl Job for Errand {
    const KIND: &'static str = "errand_strict";
}

async fn run_errand(errand: Errand, run: JobContext) -> Result<(), JobError> {
    println!("errand {} of queue {}", errand.number, run.queue());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .queue_priorities([("critical", 3), ("default", 2), ("low", 1)])
        .queue_prioritization(QueuePrioritization::Strict)
        .backend_concurrency(1)
        .job(run_errand)
        .build()
        .await?;

    // They wait already when the worker starts: so what is printed is its choice.
    let client = tower.client();
    for (number, queue) in (1..).zip(["archive", "low", "default", "critical", "low", "critical"]) {
        client.enqueue(Errand { number }).to_queue(queue).await?;
    }
    // The worker is idle by then.
    client.schedule(Errand { number: 7 }).to_queue("low").in_seconds(1).await?;

    tower.run().await
}

//! First in, first out, over all queues alike: without any other strategy, the queue of a job does not
//! matter for its turn.
//!
//! Run it with `cargo run -p task-tower --example priorities_fifo`. `DATABASE_URL`, or libpq's
//! `PGHOST` and its sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, QueuePrioritization, TaskTower};

#[derive(Serialize, Deserialize)]
struct Errand {
    number: u32,
}

impl Job for Errand {
    const KIND: &'static str = "errand_fifo";
}

async fn run_errand(errand: Errand, run: JobContext) -> Result<(), JobError> {
    println!("errand {} of queue {}", errand.number, run.queue());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .queue_prioritization(QueuePrioritization::None)
        .backend_concurrency(1)
        .job(run_errand)
        .build()
        .await?;

    // They wait already when the worker starts: so what is printed is its choice.
    let client = tower.client();
    for (number, queue) in (1..).zip(["low", "critical", "archive", "default", "critical"]) {
        client.enqueue(Errand { number }).to_queue(queue).await?;
    }

    tower.run().await
}

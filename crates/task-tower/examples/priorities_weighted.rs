//! Queues by shares: of the jobs that start while all three queues have some, 60 % are of `high`, 30 %
//! of `default`, 10 % of `low`. The share of an empty queue goes to the others.
//!
//! Run it with `cargo run -p task-tower --example priorities_weighted`. `DATABASE_URL`, or libpq's
//! `PGHOST` and its sisters, says where PostgreSQL is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, QueuePrioritization, State, TaskTower};

#[derive(Serialize, Deserialize)]
struct Errand {
    number: u32,
}

impl Job for Errand {
    const KIND: &'static str = "errand_weighted";
}

/// How many jobs of each queue were run.
type Counts = Arc<Mutex<BTreeMap<String, u32>>>;

async fn run_errand(_errand: Errand, run: JobContext, State(counts): State<Counts>) -> Result<(), JobError> {
    let mut counts = counts.lock().expect("nobody panics while counting");
    *counts.entry(run.queue().to_owned()).or_default() += 1;
    if counts.values().sum::<u32>() == 100 {
        println!("the first 100 jobs: {counts:?}");
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .queue_priorities([("high", 60), ("default", 30), ("low", 10)])
        .queue_prioritization(QueuePrioritization::Weighted)
        .backend_concurrency(1)
        .state(Counts::default())
        .job(run_errand)
        .build()
        .await?;

    // They wait already when the worker starts: so what is printed is its choice.
    for queue in ["low", "default", "high"] {
        tower.client().enqueue_all((1..=200).map(|number| Errand { number })).to_queue(queue).await?;
    }

    tower.run().await
}

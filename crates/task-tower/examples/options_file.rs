//! Options from a file and from the environment, those of single kinds of jobs too: the code says what
//! differs from the defaults, the file wins over the code, and a variable such as
//! `TASK_TOWER_BACKEND_CONCURRENCY=7` over the file. A file of your application will do, with a table
//! `[task_tower]` in it. What cannot be read is an error at `build`, with its line.
//!
//! Run it with `cargo run -p task-tower --example options_file`. `DATABASE_URL`, or libpq's `PGHOST`
//! and its sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

/// `tower.toml` beside it has every option.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/shop.toml");

#[derive(Serialize, Deserialize)]
struct SendParcel {
    order_id: i64,
}

impl Job for SendParcel {
    const KIND: &'static str = "send_parcel";
}

async fn send_parcel(job: SendParcel) -> Result<(), JobError> {
    println!("sent the parcel of order {}", job.order_id);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .backend_concurrency(16)
        .poison_after(5)
        .job_with(send_parcel, |kind| kind.queue("low").max_retry_count(2))
        .options_from_file(FILE)
        .options_from_env()
        .build()
        .await?;

    let options = tower.options();
    println!("backend_concurrency: {}", options.backend_concurrency);
    println!("queue_prioritization: {:?}", options.queue_prioritization);
    println!("queue_priorities: {:?}", options.queue_priorities);
    println!("retention of dead jobs: {} days", options.retention.dead.as_secs() / (24 * 60 * 60));
    println!("poison_after: {}", options.poison_after);
    let parcel = &options.kinds[SendParcel::KIND];
    println!("send_parcel: queue {:?}, max_retry_count {:?}", parcel.queue, parcel.max_retry_count);

    tower.client().enqueue(SendParcel { order_id: 1 }).await?;

    tower.run().await
}

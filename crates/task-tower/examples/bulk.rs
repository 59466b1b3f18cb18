//! Many jobs at once, all or none of them. They are taken from an iterator while they are sent, so they
//! are never in memory together, and the call says what holds for each of them.
//!
//! Run it with `cargo run -p task-tower --example bulk`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, State, TaskTower};

const CUSTOMERS: usize = 10_000;

#[derive(Serialize, Deserialize)]
struct SendGreeting {
    customer: usize,
}

impl Job for SendGreeting {
    const KIND: &'static str = "send_greeting";
}

/// How many greetings were sent.
type Sent = Arc<AtomicUsize>;

async fn send_greeting(job: SendGreeting, State(sent): State<Sent>) -> Result<(), JobError> {
    let number = sent.fetch_add(1, Ordering::Relaxed) + 1;
    if number % (CUSTOMERS / 4) == 0 {
        println!("{number} greetings sent, the latest to customer {}", job.customer);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder().state(Sent::default()).job(send_greeting).build().await?;

    let greetings = (1..=CUSTOMERS).map(|customer| SendGreeting { customer });
    let began = Instant::now();
    let ids = tower.client().enqueue_all(greetings).to_queue("low").tags(["greetings"]).await?;
    println!("{} jobs enqueued in {:?}", ids.len(), began.elapsed());

    tower.run().await
}

//! A job that fails until no retries are left. Then it is dead: it is kept for 90 days, with the whole
//! story of its runs, and can be requeued.
//!
//! Run it with `cargo run -p task-tower --example retries`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Console, Error, Job, JobError, JobId, RetryPolicy, TaskTower};

#[derive(Serialize, Deserialize)]
struct ChargeCard {
    cents: u32,
}

impl Job for ChargeCard {
    const KIND: &'static str = "charge_card";
}

async fn charge_card(job: ChargeCard) -> Result<(), JobError> {
    Err(JobError::new(format_args!("the bank refused {} cents", job.cents)))
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let soon = RetryPolicy::custom(|_| Duration::from_millis(250));
    let tower =
        TaskTower::builder().job_with(charge_card, |kind| kind.max_retry_count(2).retry_policy(soon)).build().await?;

    let id = tower.client().enqueue(ChargeCard { cents: 990 }).await?;

    tokio::try_join!(tower.run(), tell_the_story(tower.console(), id))?;
    Ok(())
}

async fn tell_the_story(console: Console, id: JobId) -> Result<(), Error> {
    while !console.job(id).await?.state.is_final() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for step in console.job(id).await?.history() {
        let error = step.error.map(|error| error.message);
        println!("{} {}", step.state, step.reason.or(error).unwrap_or_default());
    }
    Ok(())
}

//! A handler that is not async and blocks: a long calculation, or a library without async. Inside
//! `blocking(…)` it has a thread of its own, and the other jobs go on meanwhile. Nobody can stop a thread
//! from outside, so it asks now and then whether it should.
//!
//! Run it with `cargo run -p task-tower --example blocking`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, TaskTower, blocking};

#[derive(Serialize, Deserialize)]
struct CountPrimes {
    below: u32,
}

impl Job for CountPrimes {
    const KIND: &'static str = "count_primes";
}

#[expect(clippy::needless_pass_by_value, reason = "handlers own what they are given")]
fn count_primes(job: CountPrimes, run: JobContext) -> Result<(), JobError> {
    let mut count = 0;
    for number in 2..job.below {
        if run.is_cancelled() {
            return Err(JobError::new("asked to stop"));
        }
        count += u32::from(is_prime(number));
    }
    println!("there are {count} primes below {}", job.below);
    Ok(())
}

fn is_prime(number: u32) -> bool {
    (2..).take_while(|factor| factor * factor <= number).all(|factor| !number.is_multiple_of(factor))
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder().job(blocking(count_primes)).build().await?;

    tower.client().enqueue(CountPrimes { below: 100_000 }).await?;

    tower.run().await
}

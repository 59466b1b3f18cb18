//! A tower with options, and a kind of job with a configuration of its own: its queue, its name on the
//! dashboard, how often and how soon it is retried, how long a run may take. The job fails twice, and
//! then succeeds.
//!
//! Run it with `cargo run -p task-tower --example configuration`. `DATABASE_URL`, or libpq's `PGHOST`
//! and its sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, QueuePrioritization, RetryPolicy, TaskTower};

#[derive(Serialize, Deserialize)]
struct DoAPossiblyFailingThing {
    failures: u32,
}

impl Job for DoAPossiblyFailingThing {
    const KIND: &'static str = "do_a_possibly_failing_thing";
}

async fn do_a_possibly_failing_thing(job: DoAPossiblyFailingThing, run: JobContext) -> Result<(), JobError> {
    if run.attempt() <= job.failures {
        println!("attempt {} in queue {}: failed", run.attempt(), run.queue());
        return Err(JobError::new("the coffee is not ready"));
    }
    println!("attempt {} in queue {}: done", run.attempt(), run.queue());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    // By default, the first retry comes after 17 to 46 seconds, the tenth after some hours.
    let soon = RetryPolicy::custom(|retry| Duration::from_millis(250) * retry);
    let tower = TaskTower::builder()
        .backend_concurrency(5)
        .queue_priorities([("critical", 3), ("default", 2), ("low", 1)])
        .queue_prioritization(QueuePrioritization::Strict)
        .job_with(do_a_possibly_failing_thing, |kind| {
            kind.queue("critical")
                .display_name("Possibly Failing Task")
                .max_retry_count(2)
                .retry_policy(soon)
                .timeout(Duration::from_secs(30))
        })
        .build()
        .await?;

    tower.client().enqueue(DoAPossiblyFailingThing { failures: 2 }).await?;

    tower.run().await
}

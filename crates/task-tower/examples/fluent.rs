//! What a call may say about its job, one method for each: the queue, the time, tags, a priority, a
//! number of retries, a timeout. What is said here wins over what the kind of job says.
//!
//! Run it with `cargo run -p task-tower --example fluent`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct DoAFluentThing {
    data: String,
}

impl Job for DoAFluentThing {
    const KIND: &'static str = "do_a_fluent_thing";
}

async fn do_a_fluent_thing(job: DoAFluentThing, run: JobContext) -> Result<(), JobError> {
    println!("Handled DoAFluentThing with data: {} (queue {}, tags {:?})", job.data, run.queue(), run.tags());
    Ok(())
}

fn a_thing(data: &str) -> DoAFluentThing {
    DoAFluentThing { data: data.to_owned() }
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder().job(do_a_fluent_thing).build().await?;

    let client = tower.client();
    client.schedule(a_thing("this is a scheduled job")).to_queue("critical").in_seconds(2).await?;
    client
        .enqueue(a_thing("this one says everything"))
        .to_queue("low")
        .tags(["example", "fluent"])
        .priority(7)
        .max_retries(3)
        .timeout(Duration::from_secs(30))
        .await?;

    tower.run().await
}

//! Jobs that run later: after a delay, or at an instant. They may start a little later than asked,
//! never earlier, by the database's clock.
//!
//! Run it with `cargo run -p task-tower --example schedule`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct DoAThing {
    data: String,
}

impl Job for DoAThing {
    const KIND: &'static str = "do_a_thing";
}

async fn do_a_thing(job: DoAThing) -> Result<(), JobError> {
    println!("Handled DoAThing with data: {}", job.data);
    Ok(())
}

fn a_thing(data: &str) -> DoAThing {
    DoAThing { data: data.to_owned() }
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder().job(do_a_thing).build().await?;

    let client = tower.client();
    client.schedule(a_thing("this job was scheduled at an instant")).at(Utc::now() + TimeDelta::seconds(4)).await?;
    client.schedule(a_thing("this job was scheduled by a delay")).after(Duration::from_secs(2)).await?;
    println!("Jobs created");

    tower.run().await
}

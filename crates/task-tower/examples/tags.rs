//! Tags, given to a job before its run and after it: one, several, or a list. A job has each of them
//! once, and the console finds jobs by them.
//!
//! Run it with `cargo run -p task-tower --example tags`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Client, Console, Error, Job, JobContext, JobError, JobFilter, JobId, TaskTower};

#[derive(Serialize, Deserialize)]
struct DoATaggedThing {
    data: String,
}

impl Job for DoATaggedThing {
    const KIND: &'static str = "do_a_tagged_thing";
}

async fn do_a_tagged_thing(job: DoATaggedThing, run: JobContext) -> Result<(), JobError> {
    println!("Handled DoATaggedThing with data: {} (tags {:?})", job.data, run.tags());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let tower = TaskTower::builder().job(do_a_tagged_thing).build().await?;
    let (client, console) = (tower.client(), tower.console());

    let id = client.enqueue(DoATaggedThing { data: "this is a tagged job".to_owned() }).tags(["tag1"]).await?;
    client.tag_job(id, "tag2").await?;
    client.tag_job(id, ["tag3"]).await?;
    client.tag_job(id, ["tag4", "tag5", "tag6"]).await?;
    let list: Vec<String> = (7..=9).map(|number| format!("tag{number}")).collect();
    client.tag_job(id, list).await?;
    println!("before the run: {:?}", console.job(id).await?.tags);

    tokio::try_join!(tower.run(), tag_when_done(client, console, id))?;
    Ok(())
}

async fn tag_when_done(client: Client, console: Console, id: JobId) -> Result<(), Error> {
    while !console.job(id).await?.state.is_final() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    client.tag_job(id, ["tag10", "tag11", "tag1"]).await?;
    println!("after the run: {:?}", console.job(id).await?.tags);

    let found = console.jobs(&JobFilter::new().tag("tag11").limit(1)).await?;
    for job in found.jobs {
        println!("found by \"tag11\": {}, which is {}", job.kind, job.state);
    }
    Ok(())
}

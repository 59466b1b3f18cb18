//! Jobs of which only one lives at a time: while a sync of a user waits or runs, a second enqueue of it makes
//! no other and answers the one that is there. When that is completed, the next one is new. What is the same
//! is said by the kind (here: the user), or by the call.
//!
//! Run it with `cargo run -p task-tower --example unique`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Client, Console, Enqueued, Error, Job, JobError, JobId, TaskTower, Unique};

#[derive(Serialize, Deserialize)]
struct SyncUser {
    user_id: i64,
    reason: String,
}

impl Job for SyncUser {
    const KIND: &'static str = "sync_user";
    const UNIQUE: Option<Unique> = Some(Unique::by_fields(&["user_id"]));
}

async fn sync_user(job: SyncUser) -> Result<(), JobError> {
    println!("synced user {}, since {}", job.user_id, job.reason);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let tower = TaskTower::builder().job(sync_user).build().await?;

    let client = tower.client();
    let id = enqueue(&client, 1, "the name changed").await?;
    enqueue(&client, 1, "the address changed").await?;
    enqueue(&client, 2, "the name changed").await?;

    tokio::try_join!(tower.run(), enqueue_once_more(client, tower.console(), id))?;
    Ok(())
}

async fn enqueue_once_more(client: Client, console: Console, id: JobId) -> Result<(), Error> {
    while !console.job(id).await?.state.is_final() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    enqueue(&client, 1, "the photo changed").await?;
    Ok(())
}

/// Without `or_find`, the answer is the id alone; with `or_conflict`, one that is there is an error.
async fn enqueue(client: &Client, user_id: i64, reason: &str) -> Result<JobId, Error> {
    let job = SyncUser { user_id, reason: reason.to_owned() };
    let enqueued = client.enqueue(job).or_find().await?;
    match enqueued {
        Enqueued::New(_) => println!("user {user_id}, {reason}: a new job"),
        Enqueued::Existing(_) => println!("user {user_id}, {reason}: there is one"),
    }
    Ok(enqueued.id())
}

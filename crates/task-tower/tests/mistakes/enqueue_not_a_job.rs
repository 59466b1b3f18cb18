//! What is enqueued is data, but no job.
//!
//! says: `NewUser` is not a job

use serde::{Deserialize, Serialize};
use task_tower::{Client, Error};

#[derive(Serialize, Deserialize)]
struct NewUser {
    id: i64,
}

async fn register(client: &Client) -> Result<(), Error> {
    client.enqueue(NewUser { id: 1 }).await?;
    Ok(())
}

fn main() {}

//! The transaction is not one that Task Tower knows.
//!
//! says: turn on the feature of task-tower that names your driver's version

use serde::{Deserialize, Serialize};
use task_tower::{Client, Error, Job};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

struct MyTransaction;

async fn register(client: &Client, transaction: &mut MyTransaction) -> Result<(), Error> {
    client.enqueue(SendWelcome { user_id: 1 }).in_transaction(transaction).await?;
    Ok(())
}

fn main() {}

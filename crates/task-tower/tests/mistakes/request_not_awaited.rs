//! The request is made and dropped.
//!
//! says: nothing is enqueued before the request is awaited: add `.await?`

#![deny(unused_must_use)]

use serde::{Deserialize, Serialize};
use task_tower::{Client, Job};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn register(client: &Client) {
    client.enqueue(SendWelcome { user_id: 1 }).to_queue("mail");
    client.enqueue_all([SendWelcome { user_id: 1 }]);
}

fn main() {}

//! The handler wants to handle two kinds.
//!
//! says: a second kind of job wants a handler of its own

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

#[derive(Serialize, Deserialize)]
struct SendGoodbye;

impl Job for SendGoodbye {
    const KIND: &'static str = "send_goodbye";
}

async fn send_welcome(_welcome: SendWelcome, _goodbye: SendGoodbye) -> Result<(), JobError> {
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

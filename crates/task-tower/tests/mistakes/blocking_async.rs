//! The handler is async, and yet told to block.
//!
//! says: `blocking(…)` is for a plain `fn`; an `async fn` is registered as it is

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower, blocking};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn send_welcome(_job: SendWelcome) -> Result<(), JobError> {
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(blocking(send_welcome));
}

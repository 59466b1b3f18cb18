//! The handler returns an option.
//!
//! says: write `-> Result<(), JobError>`, and `Ok(())` at the end

use serde::{Deserialize, Serialize};
use task_tower::{Job, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn send_welcome(_job: SendWelcome) -> Option<()> {
    Some(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

//! The handler borrows the job.
//!
//! says: in a handler the job is the first parameter, by value

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn send_welcome(_job: &SendWelcome) -> Result<(), JobError> {
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

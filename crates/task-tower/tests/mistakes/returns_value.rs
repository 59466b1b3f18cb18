//! The handler returns a value that nobody takes.
//!
//! says: `Result<Output<T>, JobError>` keeps a result with the job

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn send_welcome(job: SendWelcome) -> Result<i64, JobError> {
    Ok(job.user_id)
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

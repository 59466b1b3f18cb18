//! The handler borrows what it asks for.
//!
//! says: every other one is `State<T>`, `Extension<T>`, `JobContext`, or a type of yours that implements `task_tower::FromContext`, by value

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn send_welcome(_job: SendWelcome, _run: &JobContext) -> Result<(), JobError> {
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

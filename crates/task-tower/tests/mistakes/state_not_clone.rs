//! The state cannot be cloned for each run.
//!
//! says: the trait bound `Mailer: Clone` is not satisfied

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, State, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

struct Mailer;

async fn send_welcome(_job: SendWelcome, State(_mailer): State<Mailer>) -> Result<(), JobError> {
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

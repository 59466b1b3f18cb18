//! The state comes before the job.
//!
//! says: in a handler the job is the first parameter, by value; `State<T>`, `JobContext` and others come after it

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, State, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

#[derive(Clone)]
struct Mailer;

async fn send_welcome(State(_mailer): State<Mailer>, _job: SendWelcome) -> Result<(), JobError> {
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

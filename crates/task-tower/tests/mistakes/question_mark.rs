//! The error behind the question mark is not an error.
//!
//! says: `?` couldn't convert the error: `NoSuchUser:

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

fn find_user(_id: i64) -> Result<(), NoSuchUser> {
    Err(NoSuchUser)
}

struct NoSuchUser;

async fn send_welcome(job: SendWelcome) -> Result<(), JobError> {
    find_user(job.user_id)?;
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

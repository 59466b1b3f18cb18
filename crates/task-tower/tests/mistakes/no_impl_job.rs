//! The type is data, but no job yet.
//!
//! says: has a name: `impl task_tower::Job for YourJob

use serde::{Deserialize, Serialize};
use task_tower::{JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

async fn send_welcome(_job: SendWelcome) -> Result<(), JobError> {
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

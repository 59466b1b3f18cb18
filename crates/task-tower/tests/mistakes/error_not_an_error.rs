//! The error of the handler is not an error.
//!
//! says: a handler cannot fail with `NoSuchUser`, which is not an error

use serde::{Deserialize, Serialize};
use task_tower::{Job, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

struct NoSuchUser;

async fn send_welcome(_job: SendWelcome) -> Result<(), NoSuchUser> {
    Err(NoSuchUser)
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

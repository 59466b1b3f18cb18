//! Something that must stay on its thread is held across an await.
//!
//! says: future cannot be sent between threads safely

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn send_welcome(job: SendWelcome) -> Result<(), JobError> {
    let user_id = std::rc::Rc::new(job.user_id);
    std::future::ready(()).await;
    println!("welcome, user {user_id}");
    Ok(())
}

fn main() {
    let _ = TaskTower::builder().job(send_welcome);
}

//! The job can be neither written nor read.
//!
//! says: consider adding `#[derive(serde::Deserialize)]` to your `SendWelcome` type

use task_tower::Job;

struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

fn main() {}

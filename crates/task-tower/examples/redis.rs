//! Announcements by Redis in place of NOTIFY. Jobs are in PostgreSQL as ever: without Redis, all of this works as well.
//!
//! Run it with `cargo run -p task-tower --example redis --features redis`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is, `REDIS_URL` where Redis is.

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SayHello {
    to: String,
}

impl Job for SayHello {
    const KIND: &'static str = "say_hello";
}

async fn say_hello(job: SayHello) -> Result<(), JobError> {
    println!("Hello, {}!", job.to);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let redis = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://localhost:6379".to_owned());
    let tower = TaskTower::builder().redis_url(redis).job(say_hello).build().await?;

    tower.client().enqueue(SayHello { to: "Redis".to_owned() }).await?;

    tower.run().await
}

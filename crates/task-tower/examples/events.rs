//! Hears what goes wrong in the tower and when it is over: here a job takes longer than its kind is expected to.
//!
//! Run it with `cargo run -p task-tower --example events`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Events, Job, JobError, TaskTower, TowerEvent, Trouble};

#[derive(Serialize, Deserialize)]
struct MakeReport {
    seconds: u64,
}

impl Job for MakeReport {
    const KIND: &'static str = "make_report";
}

async fn make_report(job: MakeReport) -> Result<(), JobError> {
    tokio::time::sleep(Duration::from_secs(job.seconds)).await;
    Ok(())
}

/// A program would page somebody.
async fn tell(mut events: Events) {
    while let Some(event) = events.recv().await {
        match event {
            TowerEvent::Began(Trouble::RunOverdue { kind, expected, .. }) => {
                println!("a run of {kind} takes longer than {expected:?}");
            }
            TowerEvent::Ended(Trouble::RunOverdue { kind, .. }) => println!("that run of {kind} has ended"),
            TowerEvent::Began(Trouble::WorkerDied { host, rescued, .. }) => {
                println!("a worker on {host} has died; {rescued} of its jobs were taken back");
            }
            TowerEvent::Missed(events) => println!("{events} events were missed"),
            other => println!("{other:?}"),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .heartbeat_interval(Duration::from_millis(500))
        .job_with(make_report, |kind| kind.expected(Duration::from_secs(1)))
        .build()
        .await?;
    tokio::spawn(tell(tower.events()));

    tower.client().enqueue(MakeReport { seconds: 4 }).await?;

    tower.run().await
}

//! A worker, and recurring jobs whose time comes when a test says so.

use serde::{Deserialize, Serialize};
use task_tower::{Console, Job, JobError, RecurringDraft, TickRecord};

use crate::support::{TestBed, until};

#[derive(Clone, Serialize, Deserialize)]
pub struct Sweep {
    pub floor: i64,
}

impl Job for Sweep {
    const KIND: &'static str = "sweep";
}

pub async fn sweep(_job: Sweep) -> Result<(), JobError> {
    Ok(())
}

/// One that never comes by itself while a test runs.
pub fn yearly(name: &str) -> RecurringDraft {
    RecurringDraft {
        name: name.to_owned(),
        kind: Sweep::KIND.to_owned(),
        payload: serde_json::json!({ "floor": 3 }),
        expression: "0 0 1 1 *".to_owned(),
        ..RecurringDraft::default()
    }
}

/// Lets its next time be so many seconds ago, and tells the workers.
pub async fn come(bed: &TestBed, name: &str, seconds_ago: i32) {
    let sql =
        "UPDATE tower.recurring SET next_at = date_trunc('second', now()) - make_interval(secs => $2) WHERE name = $1";
    bed.query(sql, &[&name, &f64::from(seconds_ago)]).await;
    bed.query("SELECT pg_notify(tower.channel(), '*recurring')", &[]).await;
}

/// What became of its times, the oldest first.
pub async fn ticks(console: &Console, name: &str) -> Vec<TickRecord> {
    let mut ticks = console.recurring_job(name).await.unwrap().ticks;
    ticks.reverse();
    ticks
}

/// Waits until so many times have come, and tells what became of them, the oldest first.
pub async fn outcomes(console: &Console, name: &str, count: usize) -> Vec<&'static str> {
    until("all times have come", async || ticks(console, name).await.len() >= count).await;
    ticks(console, name).await.iter().map(|tick| tick.outcome.as_str()).collect()
}

//! Batches: jobs that belong together, and what is enqueued when they have ended.

mod callbacks;
mod ends;
mod entering;
mod inside;
mod nested;
mod sql;
mod steps;
mod transaction;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    Batch, BatchEvent, BatchId, BatchRecord, Console, CurrentBatch, Job, JobContext, JobError, OpenBatch, RetryPolicy,
    State, TaskTower, TowerBuilder,
};

use crate::support::{TestBed, until};

/// A member that ends as it is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Part {
    act: String,
}

impl Job for Part {
    const KIND: &'static str = "part";
    const MAX_RETRIES: u32 = 1;
}

fn part(act: &str) -> Part {
    Part { act: act.to_owned() }
}

/// A callback: notes that it ran, and for which batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Call {
    event: String,
}

impl Job for Call {
    const KIND: &'static str = "call";
}

fn call(event: &str) -> Call {
    Call { event: event.to_owned() }
}

/// What the callbacks of a test told.
#[derive(Clone, Debug, Default)]
struct Calls(Arc<Mutex<Vec<(String, BatchId)>>>);

impl Calls {
    /// The events of this batch, sorted.
    fn of(&self, batch: BatchId) -> Vec<String> {
        let calls = self.0.lock().unwrap();
        let mut events: Vec<String> =
            calls.iter().filter(|(_, of)| *of == batch).map(|(event, _)| event.clone()).collect();
        events.sort();
        events
    }

    fn all(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn cast(&self, builder: TowerBuilder) -> TowerBuilder {
        let soon = RetryPolicy::custom(|_| Duration::from_millis(20));
        builder.state(self.clone()).job_with(work, |kind| kind.retry_policy(soon)).job(note)
    }

    async fn tower(&self, bed: &TestBed) -> TaskTower {
        self.cast(bed.builder()).build().await.unwrap()
    }
}

async fn work(job: Part, run: JobContext) -> Result<(), JobError> {
    match job.act.as_str() {
        "fail once" if run.attempt() == 1 => Err(JobError::new("not yet")),
        "fail" => Err(JobError::new("never")),
        "discard" => Err(JobError::discard("no")),
        "cancel" => Err(JobError::cancel("enough")),
        "wait" => {
            run.cancelled().await;
            Err(JobError::new("stopped when asked"))
        }
        _ => Ok(()),
    }
}

async fn note(job: Call, batch: CurrentBatch, State(calls): State<Calls>) -> Result<(), JobError> {
    calls.0.lock().unwrap().push((job.event, batch.id()));
    Ok(())
}

/// With a callback for each event.
fn with_all_callbacks(batch: OpenBatch) -> OpenBatch {
    batch.on_finished(call("finished")).on_success(call("success")).on_death(call("death"))
}

async fn open(tower: &TaskTower) -> Batch {
    with_all_callbacks(tower.client().open_batch("a batch")).await.unwrap()
}

/// Waits until it has ended, and its callbacks that were enqueued have run.
async fn ended(bed: &TestBed, console: &Console, id: BatchId) -> BatchRecord {
    until("the batch has ended", async || console.batch(id).await.unwrap().ended_at.is_some()).await;
    until("its callbacks have run", async || {
        bed.number("SELECT count(*) FROM tower.job WHERE kind = 'call'").await == 0
    })
    .await;
    console.batch(id).await.unwrap()
}

/// Total, completed, dead, cancelled.
fn numbers(batch: &BatchRecord) -> [u64; 4] {
    [batch.total, batch.completed, batch.dead, batch.cancelled]
}

/// The events for which a callback was enqueued.
async fn enqueued(console: &Console, id: BatchId) -> Vec<BatchEvent> {
    let callbacks = console.batch_callbacks(id).await.unwrap();
    callbacks.iter().filter(|callback| callback.enqueued_at.is_some()).map(|callback| callback.event).collect()
}

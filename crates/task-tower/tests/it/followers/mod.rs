//! Jobs that await others.

mod chains;
mod failures;
mod following;
mod races;
mod results;
mod sql;
mod states;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, Outcome, ParentResult, RetryPolicy, State, TaskTower, TowerBuilder};

use crate::support::TestBed;
use crate::support::stage::Stage;

/// The first of two: ends as it is told, and returns a number.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct First {
    act: String,
    number: u32,
}

impl Job for First {
    const KIND: &'static str = "first";
    const MAX_RETRIES: u32 = 1;
}

fn first(act: &str) -> First {
    First { act: act.to_owned(), number: 7 }
}

/// The second: notes what the first returned.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Second {}

impl Job for Second {
    const KIND: &'static str = "second";
    const MAX_RETRIES: u32 = 0;
}

async fn run_first(job: First, run: JobContext, State(stage): State<Stage>) -> Result<Outcome, JobError> {
    stage.enter("first").end();
    match job.act.as_str() {
        "fail" => Err(JobError::new("never")),
        "fail once" if run.attempt() == 1 => Err(JobError::new("not yet")),
        "discard" => Err(JobError::discard("no")),
        "cancel" => Err(JobError::cancel("enough")),
        "nothing" => Ok(Outcome::Done),
        "wait" => {
            tokio::select! {
                () = stage.opened() => Outcome::done_with(&job.number),
                () = run.cancelled() => Err(JobError::new("stopped when asked")),
            }
        }
        _ => Outcome::done_with(&job.number),
    }
}

async fn run_second(_: Second, result: Option<ParentResult<u32>>, State(stage): State<Stage>) -> Result<(), JobError> {
    let name = result
        .map_or_else(|| "second without a result".to_owned(), |ParentResult(number)| format!("second after {number}"));
    stage.enter(&name).end();
    Ok(())
}

fn cast(stage: &Stage, builder: TowerBuilder) -> TowerBuilder {
    let soon = RetryPolicy::custom(|_| Duration::from_millis(20));
    stage.cast(builder).job_with(run_first, |kind| kind.retry_policy(soon)).job(run_second)
}

async fn tower(bed: &TestBed, stage: &Stage) -> TaskTower {
    cast(stage, bed.builder()).build().await.unwrap()
}

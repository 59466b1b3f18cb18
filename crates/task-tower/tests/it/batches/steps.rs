//! The steps of a batch: what stands together in it, and what awaits what.

use serde::{Deserialize, Serialize};
use task_tower::{BATCH_STEP_JOBS_MAX, BatchEvent, BatchSteps, Job, JobError, JobState, StepOf};

use super::{Calls, call, ended, open, part};
use crate::support::TestBed;

/// A job of a step of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Last {}

impl Job for Last {
    const KIND: &'static str = "last";
}

async fn last(_job: Last) -> Result<(), JobError> {
    Ok(())
}

/// What stands there, in words.
fn names(steps: &BatchSteps) -> Vec<String> {
    let name = |of: &StepOf| match of {
        StepOf::Jobs { kind, .. } => kind.clone(),
        StepOf::Outside { kind, .. } => format!("outside {kind}"),
        StepOf::Batch { name, .. } => format!("batch {name}"),
        StepOf::Callback { event, .. } => format!("on {}", event.as_str()),
        _ => "unknown".to_owned(),
    };
    steps.steps.iter().map(|step| name(&step.of)).collect()
}

/// What awaits what, in words.
fn edges(steps: &BatchSteps) -> Vec<String> {
    let names = names(steps);
    steps.edges.iter().map(|edge| format!("{} < {}", names[edge.from], names[edge.to])).collect()
}

#[tokio::test]
async fn the_jobs_of_a_kind_stand_together_and_followers_and_callbacks_await_them() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.cast(bed.builder()).job(last).build().await.unwrap();
    let batch = open(&tower).await;
    let parts = batch.add_all((0..3).map(|_| part("ok"))).await.unwrap();
    batch.add(Last {}).following([parts[0], parts[2]]).await.unwrap();
    let inner = batch.open_batch("inner").await.unwrap();
    inner.add(part("ok")).await.unwrap();

    let steps = tower.console().batch_steps(batch.id()).await.unwrap();

    assert_eq!(names(&steps), ["part", "last", "batch inner", "on finished", "on success"]);
    let ends = ["last < on finished", "batch inner < on finished", "last < on success", "batch inner < on success"];
    assert_eq!(edges(&steps), [&["part < last"][..], &ends].concat());
    let told: Vec<_> = steps.steps.iter().map(|step| (step.total(), step.state(), step.has_begun())).collect();
    let waits = (1, JobState::Awaiting, false);
    let waiting = [(3, JobState::Enqueued, false), waits, (1, JobState::Enqueued, false), waits, waits];
    assert_eq!(told, waiting);
    assert!(steps.is_counted_whole && !steps.are_more, "{steps:?}");
    assert_eq!(steps.looked_at, 4);
}

#[tokio::test]
async fn steps_that_have_ended_tell_how_when_and_what_died_with_its_callback() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.cast(bed.builder()).job(last).build().await.unwrap();
    let batch = open(&tower).await;
    batch.add_all(["ok", "discard", "ok"].map(part)).await.unwrap();
    batch.add(Last {}).await.unwrap();
    batch.close().await.unwrap();
    let running = tower.start().unwrap();

    ended(&bed, &tower.console(), batch.id()).await;

    let steps = tower.console().batch_steps(batch.id()).await.unwrap();
    assert_eq!(names(&steps), ["part", "last", "on death", "on finished", "on success"]);
    assert!(edges(&steps).contains(&"part < on death".to_owned()), "{:?}", edges(&steps));
    assert!(!edges(&steps).contains(&"last < on death".to_owned()), "{:?}", edges(&steps));
    let [parts, last, death, _, success] = &steps.steps[..] else { panic!("{steps:?}") };
    assert_eq!((parts.state(), parts.count(JobState::Completed), parts.count(JobState::Dead)), (JobState::Dead, 2, 1));
    assert_eq!(
        (last.state(), death.state(), success.state()),
        (JobState::Completed, JobState::Completed, JobState::Awaiting)
    );
    assert!(parts.began_at.unwrap() <= parts.ended_at.unwrap(), "{parts:?}");
    let StepOf::Callback { event, job, .. } = &death.of else { panic!("{death:?}") };
    assert!(*event == BatchEvent::Death && job.is_some() && death.ended_at.is_some(), "{death:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_job_beside_the_batch_that_a_member_awaits_is_a_step_too() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let before = tower.client().enqueue(call("nobody")).await.unwrap();
    let batch = tower.client().open_batch("after it").await.unwrap();
    batch.add(part("ok")).following([before]).then(part("ok")).await.unwrap();

    let steps = tower.console().batch_steps(batch.id()).await.unwrap();

    assert_eq!(names(&steps), ["outside call", "part"]);
    assert_eq!(edges(&steps), ["outside call < part"]);
    assert_eq!(steps.looked_at, 2);
}

#[tokio::test]
async fn of_a_large_batch_the_oldest_and_the_newest_jobs_are_looked_at() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.cast(bed.builder()).job(last).build().await.unwrap();
    let batch = tower.client().open_batch("large").await.unwrap();
    let first = batch.add(Last {}).await.unwrap();
    let many = 2 * BATCH_STEP_JOBS_MAX + 10;
    batch.add_all((0..many).map(|_| part("ok"))).following([first]).await.unwrap();

    let steps = tower.console().batch_steps(batch.id()).await.unwrap();

    assert_eq!(names(&steps), ["last", "part"]);
    assert_eq!(edges(&steps), ["last < part"]);
    assert!(!steps.is_counted_whole);
    assert_eq!(steps.looked_at, 2 * BATCH_STEP_JOBS_MAX as u64);
    assert_eq!(steps.steps[1].total(), 2 * BATCH_STEP_JOBS_MAX as u64 - 1);
}

#[tokio::test]
async fn a_batch_that_does_not_exist_has_no_steps() {
    let tower = TestBed::new().await.builder().build().await.unwrap();

    let steps = tower.console().batch_steps("01987a6e-0000-7000-8000-000000000000".parse().unwrap()).await.unwrap();

    assert!(steps.steps.is_empty() && steps.edges.is_empty() && steps.is_counted_whole, "{steps:?}");
}

//! Handlers tell how far they are, and what they told last is kept with the job.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Console, Job, JobContext, JobError, JobId, JobState, Progress, RetryPolicy, State, TowerBuilder};

use crate::support::stage::Stage;
use crate::support::{TestBed, in_state, until};

#[derive(Serialize, Deserialize)]
struct Resize {
    pictures: u64,
}

impl Job for Resize {
    const KIND: &'static str = "resize";
    const MAX_RETRIES: u32 = 1;
}

/// Tells that it begins, waits for the test, does the rest, and fails the first time.
async fn resize(job: Resize, run: JobContext, State(stage): State<Stage>) -> Result<(), JobError> {
    let presence = stage.enter("resize");
    run.progress_with(0, job.pictures, format!("attempt {}", run.attempt()));
    stage.opened().await;
    for done in 1..=job.pictures {
        run.progress(done, job.pictures);
    }
    presence.end();
    match run.attempt() {
        1 => Err(JobError::new("the disk is full")),
        _ => Ok(()),
    }
}

async fn progress(console: &Console, id: JobId) -> Option<Progress> {
    console.job(id).await.unwrap().progress
}

fn at_once(builder: TowerBuilder) -> TowerBuilder {
    builder.job_with(resize, |kind| kind.retry_policy(RetryPolicy::custom(|_| Duration::ZERO)))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_handler_told_last_is_kept_with_its_job() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = at_once(stage.cast(bed.builder())).build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());
    let id = client.enqueue(Resize { pictures: 200 }).await.unwrap();
    assert_eq!(progress(&console, id).await, None);
    let running = tower.start().unwrap();

    until("it has told", async || progress(&console, id).await.is_some()).await;
    let first = progress(&console, id).await.unwrap();
    stage.open();
    in_state(&console, id, JobState::Completed).await;
    running.stop().await;
    let last = progress(&console, id).await.unwrap();

    let told = |progress: &Progress| (progress.attempt, progress.done, progress.total, progress.percent());
    assert_eq!((told(&first), first.text.as_deref()), ((1, 0, 200, Some(0)), Some("attempt 1")));
    assert_eq!((told(&last), last.text), ((2, 200, 200, Some(100)), None));
    assert!(last.at >= first.at);
    console.delete(id).await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM tower.progress").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_declared_dead_tells_nothing_more() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    // Heartbeats are so rare that the worker does not learn of it.
    let rare = bed.builder().heartbeat_interval(Duration::from_secs(20)).dead_after(Duration::from_secs(60));
    let tower = at_once(stage.cast(rare)).build().await.unwrap();
    let id = tower.client().enqueue(Resize { pictures: 5 }).await.unwrap();
    let running = tower.start().unwrap();
    until("it has told", async || progress(&tower.console(), id).await.is_some()).await;

    bed.query("UPDATE tower.worker SET ended_at = now(), ended_how = 'silent'", &[]).await;
    stage.open();
    until("the handler has returned", async || !stage.ended().is_empty()).await;
    running.stop().await;

    assert_eq!(progress(&tower.console(), id).await.unwrap().done, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_run_does_not_replace_what_a_later_one_told() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = at_once(stage.cast(bed.builder())).build().await.unwrap();
    let id = tower.client().enqueue(Resize { pictures: 5 }).await.unwrap();
    let running = tower.start().unwrap();
    until("it has told", async || progress(&tower.console(), id).await.is_some()).await;

    bed.query("UPDATE tower.progress SET lease = lease + 10, done = 3", &[]).await;
    stage.open();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;

    assert_eq!(progress(&tower.console(), id).await.unwrap().done, 3);
}

//! Claims stay within their page: they touch no index, and leave nothing there for the next claim
//! to step over.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, JobFilter, JobState, RetryPolicy};

use crate::support::{TestBed, until};

#[derive(Serialize, Deserialize)]
struct Parcel {
    number: usize,
    label: String,
}

impl Job for Parcel {
    const KIND: &'static str = "parcel";
}

impl Parcel {
    fn new(number: usize) -> Self {
        Self { number, label: "a payload of some ninety bytes, as most are, neither tiny nor large".to_owned() }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nine_in_ten_claims_are_hot_updates() {
    let bed = TestBed::new().await;
    let tower = bed.builder().backend_concurrency(64).job(|_: Parcel| async { Ok::<(), JobError>(()) });
    let tower = tower.build().await.unwrap();
    tower.client().enqueue_all((0..20_000).map(Parcel::new)).await.unwrap();

    let running = tower.start().unwrap();
    drained(&bed).await;
    running.stop().await;

    let (all, hot) = updates(&bed, 20_000).await;
    assert!(hot * 10 >= all * 9, "{hot} of {all} updates were HOT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn most_claims_are_hot_updates_among_retries_too() {
    let bed = TestBed::new().await;
    let tower = bed
        .builder()
        .backend_concurrency(64)
        .job_with(fails_at_first, |config| config.retry_policy(RetryPolicy::custom(|_| Duration::from_millis(50))));
    let tower = tower.build().await.unwrap();
    tower.client().enqueue_all((0..10_000).map(Parcel::new)).await.unwrap();

    let running = tower.start().unwrap();
    drained(&bed).await;
    running.stop().await;

    // Each tenth job is claimed twice; its retry moves it in the claim index and cannot be HOT.
    let (all, hot) = updates(&bed, 12_000).await;
    assert!(hot * 100 >= all * 75, "{hot} of {all} updates were HOT");
    let dead = tower.console().jobs(&JobFilter::new().states([JobState::Dead])).await.unwrap();
    assert!(dead.jobs.is_empty());
}

async fn fails_at_first(job: Parcel, run: task_tower::JobContext) -> Result<(), JobError> {
    match job.number.is_multiple_of(10) && run.attempt() == 1 {
        true => Err(JobError::new("the carrier did not answer")),
        false => Ok(()),
    }
}

async fn drained(bed: &TestBed) {
    until("all jobs are done", async || bed.number("SELECT count(*) FROM tower.job").await == 0).await;
}

/// Updates and HOT updates of the table of live jobs; the server tells them with some delay.
async fn updates(bed: &TestBed, at_least: i64) -> (i64, i64) {
    let sql = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE schemaname = $1 AND relname = 'job'";
    let read = async || {
        let rows = bed.query(sql, &[&bed.schema]).await;
        (rows[0].get::<_, i64>(0), rows[0].get::<_, i64>(1))
    };
    until("the server tells its statistics", async || read().await.0 >= at_least).await;
    read().await
}

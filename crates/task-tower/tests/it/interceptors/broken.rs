//! Success and failure interceptors that fail: it shows on the job, and nothing else comes of it.

use std::time::{Duration, Instant};

use task_tower::{InterceptorContext, JobError, JobState, KindConfig};

use super::{Act, House, Log, complaints, life};
use crate::support::{PATIENCE, until};

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "the bomb went off");
    }
}

async fn errs(_: InterceptorContext) -> Result<(), JobError> {
    Err(JobError::discard("not my day"))
}

async fn panics(_: InterceptorContext) -> Result<(), JobError> {
    panic!("lost my head")
}

async fn explodes(_: InterceptorContext) -> Result<(), JobError> {
    drop(Bomb);
    Ok(())
}

fn all_break(config: KindConfig, log: &Log) -> KindConfig {
    let config = config.success_interceptor(errs).success_interceptor(panics).success_interceptor(explodes);
    let config = config.failure_interceptor(errs).failure_interceptor(panics).failure_interceptor(explodes);
    let config = config.success_interceptor(log.notes_that("success"));
    config.failure_interceptor(log.notes_that("failure"))
}

fn expected(stage: &str) -> Vec<(String, String, String)> {
    let of = |name: &str, kind: &str, message: &str| {
        let path = module_path!();
        (format!("{stage} interceptor {path}::{name}"), kind.to_owned(), message.to_owned())
    };
    vec![
        of("errs", "error", "not my day"),
        of("panics", "panic", "lost my head"),
        of("explodes", "panic", "the bomb went off"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_is_completed_and_says_which_ones_failed() {
    let house = House::new(all_break).await;

    let job = house.run(Act::Succeed).await;

    assert_eq!((job.state, job.attempt, job.failures, job.reason.as_deref()), (JobState::Completed, 1, 0, None));
    assert_eq!(complaints(&job), expected("success"));
    assert_eq!(life(&job), [JobState::Enqueued, JobState::Processing, JobState::Completed]);
    assert_eq!(house.stop().await, ["handler", "success"], "later ones run all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_is_retried_and_dead_as_if_they_had_not_failed() {
    let house = House::new(all_break).await;

    let job = house.run(Act::Fail).await;

    assert_eq!((job.state, job.attempt, job.failures), (JobState::Dead, 2, 2));
    assert_eq!(job.last_failure().unwrap().message, "no luck");
    assert_eq!(complaints(&job), [expected("failure"), expected("failure")].concat());
    let run = [JobState::Processing, JobState::Failed];
    assert_eq!(life(&job), [&[JobState::Enqueued], &run[..], &run[..], &[JobState::Dead]].concat());
    assert_eq!(house.stop().await, ["handler", "failure", "handler", "failure"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_goes_on() {
    let house = House::new(all_break).await;

    for _ in 0..20 {
        house.run(Act::Succeed).await;
    }

    assert_eq!(house.bed.number("SELECT count(*) FROM tower.worker").await, 1);
    assert_eq!(house.stop().await.len(), 40);
}

async fn hangs(context: InterceptorContext) -> Result<(), JobError> {
    context.run().state::<Log>()?.note("hangs");
    // Dropped, it makes a noise, too.
    let _bomb = Bomb;
    std::future::pending().await
}

fn hanging(config: KindConfig, log: &Log) -> KindConfig {
    config.success_interceptor(hangs).success_interceptor(log.notes_that("later"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_waits_for_none_of_them() {
    let mut house = House::with(hanging, |builder| builder.shutdown_grace(PATIENCE)).await;
    let id = house.client.enqueue(Act::Succeed).await.unwrap();
    until("the interceptor hangs", async || house.log.notes().len() == 2).await;
    let began = Instant::now();

    house.worker().stop_or(std::future::ready(())).await;

    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    let job = house.console.job(id).await.unwrap();
    assert_eq!(job.state, JobState::Completed, "its handler has succeeded");
    let stopped = "stopped with its worker".to_owned();
    assert_eq!(
        complaints(&job).iter().map(|complaint| complaint.2.clone()).collect::<Vec<_>>(),
        [stopped.clone(), stopped]
    );
    assert_eq!(house.log.notes(), ["handler", "hangs"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_waits_for_them_no_longer_than_for_handlers() {
    let mut house = House::with(hanging, |builder| builder.shutdown_grace(Duration::from_millis(100))).await;
    let id = house.client.enqueue(Act::Succeed).await.unwrap();
    until("the interceptor hangs", async || house.log.notes().len() == 2).await;
    let began = Instant::now();

    house.worker().stop().await;

    assert!(began.elapsed() < Duration::from_secs(8), "it took {:?}", began.elapsed());
    assert_eq!(house.console.job(id).await.unwrap().state, JobState::Completed);
}

#[cfg(feature = "tokio-postgres-0_7")]
#[tokio::test(flavor = "multi_thread")]
async fn it_shows_on_a_job_that_its_handler_completed_in_its_own_transaction() {
    let bed = crate::support::TestBed::new().await;
    let url = bed.url.clone();
    let completes = move |_: Act, run: task_tower::JobContext| {
        let url = url.clone();
        async move {
            let (mut client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            let mut transaction = client.transaction().await?;
            run.complete().in_transaction(&mut transaction).await?;
            transaction.commit().await?;
            Ok::<(), JobError>(())
        }
    };
    let builder = bed.builder().job_with(completes, |config| config.success_interceptor(errs));
    let tower = builder.build().await.unwrap();
    let running = tower.start().unwrap();

    let id = tower.client().enqueue(Act::Succeed).await.unwrap();

    let console = tower.console();
    until("it shows", async || !complaints(&console.job(id).await.unwrap()).is_empty()).await;
    running.stop().await;
    let job = console.job(id).await.unwrap();
    assert_eq!(job.state, JobState::Completed);
    assert_eq!(complaints(&job), expected("success")[..1]);
    assert_eq!(life(&job), [JobState::Enqueued, JobState::Processing, JobState::Completed]);
}

//! How a job knows who it is: by its context, by the current one in deep code, and in its log lines.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    InterceptorContext, Job, JobContext, JobError, JobId, JobState, KindConfig, Output, RetryPolicy, TowerBuilder,
    blocking,
};

use crate::log::Log;
use crate::support::house::House;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct TellYourId;

impl Job for TellYourId {
    const KIND: &'static str = "tell_your_id";
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_has_the_id_that_the_enqueue_returned_in_every_run() {
    let tell = async |_: TellYourId, run: JobContext| match run.attempt() {
        1 => Err(JobError::new(run.job_id())),
        _ => Ok(Output(run.job_id().to_string())),
    };
    let house = House::new(|builder| builder.job_with(tell, soon)).await;

    let job = house.until(TellYourId, JobState::Completed).await;

    assert_eq!(job.last_failure().unwrap().message, job.id.to_string());
    assert_eq!(job.result, Some(serde_json::json!(job.id.to_string())));
    house.stop().await;
}

fn soon(config: KindConfig) -> KindConfig {
    config.retry_policy(RetryPolicy::custom(|_| Duration::from_millis(2)))
}

/// Code that is handed nothing.
fn current_id() -> Option<JobId> {
    JobContext::current().map(|run| run.job_id())
}

async fn current_id_later() -> Option<JobId> {
    tokio::task::yield_now().await;
    current_id()
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_code_finds_the_run_that_it_is_part_of() {
    let dig = async |_: TellYourId| Ok::<_, JobError>(Output((current_id(), current_id_later().await)));
    let house = House::new(|builder| builder.job(dig)).await;

    let job = house.until(TellYourId, JobState::Completed).await;

    assert_eq!(job.result, Some(serde_json::json!([job.id, job.id])));
    assert_eq!(current_id(), None, "this test is no run");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_blocks_finds_its_run_too() {
    let house =
        House::new(|builder| builder.job(blocking(|_: TellYourId| Ok::<_, JobError>(Output(current_id()))))).await;

    for _ in 0..3 {
        let job = house.until(TellYourId, JobState::Completed).await;

        assert_eq!(job.result, Some(serde_json::json!(job.id)));
    }
    let unrelated = tokio::task::spawn_blocking(current_id).await.unwrap();
    assert_eq!(unrelated, None, "the thread has forgotten it");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_a_handler_spawns_is_outside_unless_it_is_handed_the_context() {
    let spawn = async |_: TellYourId, run: JobContext| {
        let outside = tokio::spawn(async { current_id() }).await?;
        let handed = tokio::spawn(async move { run.job_id() }).await?;
        Ok::<_, JobError>(Output((outside, handed)))
    };
    let house = House::new(|builder| builder.job(spawn)).await;

    let job = house.until(TellYourId, JobState::Completed).await;

    assert_eq!(job.result, Some(serde_json::json!([null, job.id])));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_take_turns_on_one_thread_do_not_mix() {
    let dig = async |_: TellYourId, run: JobContext| {
        for _ in 0..50 {
            assert_eq!(current_id_later().await, Some(run.job_id()));
        }
        Ok::<_, JobError>(())
    };
    let house = House::new(|builder| builder.job(dig)).await;
    let ids = house.client.enqueue_all(vec![TellYourId; 50]).await.unwrap();

    for id in ids {
        house.in_state(id, JobState::Completed).await;
    }
    house.stop().await;
}

fn interceptors(config: KindConfig) -> KindConfig {
    let before = async |_: InterceptorContext| {
        tracing::info!("line of an interceptor");
        Ok::<_, JobError>(())
    };
    let blocks = |_: InterceptorContext| {
        tracing::info!("line of an interceptor that blocks");
        Ok::<_, JobError>(())
    };
    let config = soon(config).pre_processing_interceptor(before).pre_processing_interceptor(blocking(blocks));
    config.success_interceptor(before)
}

/// Fails in its first run, succeeds in its second.
async fn log(_: TellYourId, run: JobContext) -> Result<(), JobError> {
    tracing::info!("line of a handler");
    tokio::task::yield_now().await;
    tracing::info_span!("inner").in_scope(|| tracing::info!("line of deep code"));
    if run.attempt() == 1 { Err(JobError::new("no luck")) } else { Ok(()) }
}

fn log_and_block(_: TellYourId, run: JobContext) -> Result<(), JobError> {
    tracing::info!("line of a handler");
    if run.attempt() == 1 { Err(JobError::new("no luck")) } else { Ok(()) }
}

/// Every line of the job carries the run that it belongs to.
fn assert_lines_carry_the_run(filter: &str, expected: usize, handler: impl FnOnce(TowerBuilder) -> TowerBuilder) {
    let mut id = String::new();
    let log = Log::of(filter, async {
        let house = House::new(handler).await;
        id = house.until(TellYourId, JobState::Completed).await.id.to_string();
        house.stop().await;
    });

    let lines: Vec<&str> = log.lines().filter(|line| line.contains("line of ")).collect();
    assert_eq!(lines.len(), expected, "{log}");
    for (number, line) in lines.iter().enumerate() {
        let attempt = if number < expected / 2 { 1 } else { 2 };
        let span = format!(" job{{id={id} kind=tell_your_id queue=default attempt={attempt}");
        assert!(line.contains(&span), "{span} is not in {line}");
    }
}

const FILTERS: [&str; 2] = ["{test}=info,task_tower=error", "info"];

#[test]
fn every_log_line_of_a_handler_carries_its_run() {
    for filter in FILTERS {
        // Two interceptors before each run, two lines of each, and one interceptor after the second.
        assert_lines_carry_the_run(filter, 9, |builder| builder.job_with(log, interceptors));
    }
}

#[test]
fn every_log_line_of_a_handler_that_blocks_carries_its_run() {
    for filter in FILTERS {
        assert_lines_carry_the_run(filter, 7, |builder| builder.job_with(blocking(log_and_block), interceptors));
    }
}

#[test]
fn what_the_worker_says_of_a_run_carries_it_too() {
    let log = Log::of("warn", async {
        let house = House::new(|builder| builder.job_with(log, soon)).await;
        house.until(TellYourId, JobState::Completed).await;
        house.stop().await;
    });

    let line = log.lines().find(|line| line.contains("failed, will be retried")).unwrap();
    assert!(line.contains(" kind=tell_your_id queue=default attempt=1"), "{line}");
}

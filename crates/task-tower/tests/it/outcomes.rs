//! What a handler may make of its run: done, done with a result that is kept, failed, given up, put
//! off, cancelled.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use task_tower::{
    EventKind, Job, JobContext, JobError, JobRecord, JobState, KindConfig, Outcome, Output, RESULT_BYTES_MAX,
    RetryPolicy,
};

use crate::support::TestBed;
use crate::support::house::House;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct AddUp {
    numbers: Vec<u64>,
}

impl Job for AddUp {
    const KIND: &'static str = "add_up";
}

fn numbers() -> AddUp {
    AddUp { numbers: vec![1, 2, 3] }
}

/// What `add_up` reports of itself.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Report {
    sum: u64,
    words: Vec<String>,
}

async fn add_up(job: AddUp) -> Result<Output<Report>, JobError> {
    Ok(Output(Report { sum: job.numbers.iter().sum(), words: vec!["größe".to_owned()] }))
}

fn soon(config: KindConfig) -> KindConfig {
    config.retry_policy(RetryPolicy::custom(|_| Duration::from_millis(2)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_done_is_completed_and_keeps_nothing() {
    let house = House::new(|builder| builder.job(async |_: AddUp| Ok::<_, JobError>(()))).await;

    let job = house.until(numbers(), JobState::Completed).await;

    assert_eq!((job.attempt, job.failures, job.result, job.reason), (1, 0, None, None));
    assert!(job.events.is_empty(), "{:?}", job.events);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_is_kept_with_the_job_and_shows_in_the_view() {
    let house = House::new(|builder| builder.job(add_up)).await;

    let job = house.until(numbers(), JobState::Completed).await;

    let result: Report = serde_json::from_value(job.result.unwrap()).unwrap();
    assert_eq!(result, Report { sum: 6, words: vec!["größe".to_owned()] });
    assert!(job.events.is_empty(), "{:?}", job.events);
    let rows = house.bed.query("SELECT result FROM tower.jobs WHERE id = $1", &[&job.id.as_uuid()]).await;
    assert_eq!(rows[0].get::<_, Value>(0), json!({ "sum": 6, "words": ["größe"] }));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_decides_from_run_to_run_whether_there_is_a_result() {
    let decide = async |job: AddUp| match job.numbers.is_empty() {
        true => Ok(Outcome::Done),
        false => Outcome::done_with(&job.numbers),
    };
    let house = House::new(|builder| builder.job(decide)).await;

    let with = house.until(numbers(), JobState::Completed).await;
    let without = house.until(AddUp { numbers: vec![] }, JobState::Completed).await;

    assert_eq!((with.result, without.result), (Some(json!([1, 2, 3])), None));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_nothing_is_a_result() {
    let house = House::new(|builder| builder.job(async |_: AddUp| Ok::<_, JobError>(Output(None::<u8>)))).await;

    let job = house.until(numbers(), JobState::Completed).await;

    let rows = house.bed.query("SELECT result::text FROM tower.jobs WHERE id = $1", &[&job.id.as_uuid()]).await;
    assert_eq!(rows[0].get::<_, Option<&str>>(0), Some("null"));
    house.stop().await;
}

/// Runs a handler with this result, and returns the job when it is dead of it.
async fn dead_of<T: Serialize + Clone + Send + Sync + 'static>(result: T) -> JobRecord {
    let returned = move |_: AddUp| {
        let result = result.clone();
        async { Ok::<_, JobError>(Output(result)) }
    };
    let house = House::new(|builder| builder.job(returned)).await;
    let job = house.until(numbers(), JobState::Dead).await;
    house.stop().await;
    job
}

#[track_caller]
fn assert_discarded(job: &JobRecord, why: &str) {
    assert_eq!((job.attempt, job.reason.as_deref(), &job.result), (1, Some("discarded"), &None));
    assert_eq!(job.last_failure().unwrap().message, why);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_too_large_is_the_end_of_the_job_and_says_by_how_much() {
    let job = dead_of("x".repeat(RESULT_BYTES_MAX)).await;

    assert_discarded(&job, "the result has 1048578 bytes, at most 1048576 are allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_just_the_limit_is_kept() {
    let longest = "x".repeat(RESULT_BYTES_MAX - 2);
    let length = longest.len();
    let returned = move |_: AddUp| std::future::ready(Outcome::done_with(&longest));
    let house = House::new(|builder| builder.job(returned)).await;

    let job = house.until(numbers(), JobState::Completed).await;

    assert_eq!(job.result.unwrap().as_str().unwrap().len(), length);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_no_json_is_the_end_of_the_job() {
    let job = dead_of(BTreeMap::from([(vec![1_u8], "a list as a key")])).await;

    assert_discarded(&job, "the result cannot be written as JSON: key must be a string");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_with_a_nul_is_the_end_of_the_job() {
    let job = dead_of("a\0b").await;

    assert_discarded(&job, "the result has a NUL character in it, which PostgreSQL cannot store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_nested_too_deep_to_be_read_again_is_the_end_of_the_job() {
    let nested = (0..101).fold(json!(0), |inner, _| json!([inner]));

    let job = dead_of(nested).await;

    assert_discarded(&job, "the result is nested 101 deep, at most 100 is allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_only_writes_of_a_nul_is_kept() {
    let path = r"C:\u0000";
    let house = House::new(|builder| builder.job(async move |_: AddUp| Ok::<_, JobError>(Output(path)))).await;

    let job = house.until(numbers(), JobState::Completed).await;

    assert_eq!(job.result, Some(json!(path)));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_postgresql_does_not_have_is_the_end_of_the_job() {
    let number = serde_json::value::RawValue::from_string("1e999999".to_owned()).unwrap();

    let job = dead_of(number).await;

    assert_eq!((job.attempt, job.reason.as_deref(), &job.result), (1, Some("discarded"), &None));
    let message = &job.last_failure().unwrap().message;
    assert!(message.starts_with("PostgreSQL refuses the result: "), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_is_run_again_and_its_result_is_that_of_the_run_that_succeeds() {
    let second_time = async |_: AddUp, run: JobContext| match run.attempt() {
        1 => Err(JobError::new("no luck")),
        attempt => Ok(Output(attempt)),
    };
    let house = House::new(|builder| builder.job_with(second_time, soon)).await;

    let job = house.until(numbers(), JobState::Completed).await;

    assert_eq!((job.attempt, job.failures, job.result), (2, 1, Some(json!(2))));
    let failures: Vec<_> = job.events.iter().map(|event| (event.event, event.attempt)).collect();
    assert_eq!(failures, [(EventKind::Failed, Some(1))]);
    assert_eq!(job.events[0].error.as_ref().unwrap().message, "no luck");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_gives_itself_up_is_dead_without_a_retry() {
    let give_up = async |_: AddUp| Err::<(), _>(JobError::discard("there is no such account"));
    let house = House::new(|builder| builder.job_with(give_up, soon)).await;

    let job = house.until(numbers(), JobState::Dead).await;

    assert_discarded(&job, "there is no such account");
    assert_eq!(job.failures, 1);
    house.stop().await;
}

/// Puts itself off twice, then is done: the attempts count, failures do not.
async fn assert_put_off(house: House) {
    let job = house.until(numbers(), JobState::Completed).await;

    assert_eq!((job.attempt, job.failures), (3, 0));
    let events: Vec<_> = job.events.iter().map(|event| event.event).collect();
    assert_eq!(events, [EventKind::Snoozed, EventKind::Snoozed]);
    let waited = job.events[1].started_at.unwrap() - job.events[0].at;
    assert!(waited.num_milliseconds() >= 19, "{waited}");
    house.stop().await;
}

const LATER: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_puts_itself_off_runs_later_and_has_not_failed() {
    let put_off = async |_: AddUp, run: JobContext| match run.attempt() {
        1 | 2 => Ok::<_, JobError>(Outcome::Snooze(LATER)),
        _ => Ok(Outcome::Done),
    };

    assert_put_off(House::new(|builder| builder.job_with(put_off, |config| config.max_retry_count(0))).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_can_put_itself_off_by_an_error() {
    let put_off = async |_: AddUp, run: JobContext| match run.attempt() {
        1 | 2 => Err(JobError::snooze(LATER)),
        _ => Ok(()),
    };

    assert_put_off(House::new(|builder| builder.job_with(put_off, |config| config.max_retry_count(0))).await).await;
}

async fn assert_cancelled(house: House) {
    let job = house.until(numbers(), JobState::Cancelled).await;

    assert_eq!((job.attempt, job.failures, job.reason.as_deref()), (1, 0, Some("the account was closed")));
    assert_eq!(job.last_failure(), None);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_can_cancel_itself() {
    let cancel = async |_: AddUp| Ok::<_, JobError>(Outcome::Cancel("the account was closed".to_owned()));

    assert_cancelled(House::new(|builder| builder.job(cancel)).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_can_cancel_itself_by_an_error() {
    let cancel = async |_: AddUp| Err::<(), _>(JobError::cancel("the account was closed"));

    assert_cancelled(House::new(|builder| builder.job(cancel)).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requeue_clears_the_result_of_the_earlier_run() {
    let only_once = async |job: AddUp, run: JobContext| match run.attempt() {
        1 => Outcome::done_with(&job.numbers),
        _ => Ok(Outcome::Done),
    };
    let house = House::on(TestBed::new().await, |builder| builder.job(only_once)).await;
    let first = house.until(numbers(), JobState::Completed).await;
    house.console.pause_queue("default", None).await.unwrap();

    house.console.requeue(first.id).await.unwrap();
    let waiting = house.console.job(first.id).await.unwrap();
    house.console.resume_queue("default").await.unwrap();
    let second = house.in_state(first.id, JobState::Completed).await;

    assert_eq!((first.result, waiting.state), (Some(json!([1, 2, 3])), JobState::Enqueued));
    assert_eq!((waiting.result, second.attempt, second.result), (None, 2, None));
    house.stop().await;
}

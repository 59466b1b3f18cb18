//! Pre-processing interceptors: they refuse runs, and hand values to the handler.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Extension, Job, JobError, JobState, KindConfig};

use super::{Act, House};
use crate::support::{TestBed, in_state};

#[tokio::test(flavor = "multi_thread")]
async fn they_run_before_the_handler_in_order() {
    let house = House::new(|config, log| {
        let config = config.pre_processing_interceptor(log.notes_that("first"));
        config.pre_processing_interceptor(log.notes_that("second"))
    })
    .await;

    let job = house.run(Act::Succeed).await;

    assert_eq!(job.state, JobState::Completed);
    assert_eq!(house.stop().await, ["first", "second", "handler"]);
}

/// The state of a job whose run such an error refuses, and the reason.
async fn refused(error: fn() -> JobError) -> (JobState, Option<String>) {
    let house = House::new(|config, log| {
        let config = config.pre_processing_interceptor(log.then("refuses", move || Err(error())));
        config.pre_processing_interceptor(log.notes_that("later"))
    })
    .await;

    let job = house.run(Act::Succeed).await;

    let log = house.stop().await;
    assert!(log.iter().all(|name| name == "refuses"), "neither the handler nor a later one runs: {log:?}");
    assert_eq!(log.len(), usize::try_from(job.attempt).unwrap());
    (job.state, job.reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_refuses_the_run_and_counts_as_one_of_the_handler() {
    assert_eq!(refused(|| JobError::new("no")).await, (JobState::Dead, Some("retries".to_owned())));
    assert_eq!(refused(|| JobError::discard("no")).await, (JobState::Dead, Some("discarded".to_owned())));
    assert_eq!(refused(|| JobError::cancel("no")).await, (JobState::Cancelled, Some("no".to_owned())));
    assert_eq!(refused(|| JobError::snooze(Duration::from_secs(60))).await, (JobState::Scheduled, None));
    assert_eq!(refused(|| panic!("no")).await, (JobState::Dead, Some("retries".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_run_is_retried_with_its_error() {
    let house = House::new(|config, log| {
        let log = log.clone();
        config.pre_processing_interceptor(log.clone().tells(move |context| {
            log.note(format!("run {}", context.run().attempt()));
            if context.run().attempt() == 1 { Err(JobError::new("not yet")) } else { Ok(()) }
        }))
    })
    .await;

    let job = house.run(Act::Succeed).await;

    assert_eq!((job.state, job.failures), (JobState::Completed, 1));
    let failure = job.last_failure().unwrap();
    assert_eq!(failure.message, "not yet");
    let details = failure.details.as_deref().unwrap();
    assert!(details.starts_with("by the pre-processing interceptor "), "nobody takes it for the handler's: {details}");
    assert_eq!(house.stop().await, ["run 1", "run 2", "handler"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn their_time_counts_into_the_timeout() {
    let house = House::new(|config, _| {
        let hangs = async |_| std::future::pending::<Result<(), JobError>>().await;
        config.max_retry_count(0).timeout(Duration::from_millis(20)).pre_processing_interceptor(hangs)
    })
    .await;

    let job = house.run(Act::Succeed).await;

    assert_eq!(job.last_failure().unwrap().kind, "timeout");
    assert!(house.stop().await.is_empty());
}

#[derive(Serialize, Deserialize)]
struct Greet;

impl Job for Greet {
    const KIND: &'static str = "greet";
    const MAX_RETRIES: u32 = 0;
}

#[derive(Clone, Debug)]
struct User(&'static str);

async fn greet(
    _: Greet,
    Extension(User(name)): Extension<User>,
    Extension(number): Extension<u8>,
) -> Result<(), JobError> {
    Err(JobError::new(format_args!("met {name}, number {number}")))
}

/// How a run ends whose interceptors are these.
async fn met(configure: impl FnOnce(KindConfig) -> KindConfig) -> String {
    let bed = TestBed::new().await;
    let tower = bed.builder().job_with(greet, configure).build().await.unwrap();
    let running = tower.start().unwrap();

    let id = tower.client().enqueue(Greet).await.unwrap();

    let job = in_state(&tower.console(), id, JobState::Dead).await;
    running.stop().await;
    job.last_failure().unwrap().message.clone()
}

fn sets<T: Clone + Send + Sync + 'static>(config: KindConfig, value: T) -> KindConfig {
    config.pre_processing_interceptor(move |context: task_tower::InterceptorContext| {
        context.run().set_extension(value.clone());
        std::future::ready(Ok::<(), JobError>(()))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn they_hand_a_value_of_each_type_to_the_handler_and_the_later_wins() {
    let met = met(|config| sets(sets(sets(config, User("ada")), 7_u8), User("eve"))).await;

    assert_eq!(met, "met eve, number 7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_nobody_set_fails_the_run_by_type_and_kind() {
    let met = met(|config| sets(config, 7_u8)).await;

    let user = std::any::type_name::<User>();
    let expected =
        format!("there is no extension of type {user}: no pre-processing interceptor of kind \"greet\" has set one");
    assert_eq!(met, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_belongs_to_one_run_only() {
    let house = House::new(|config, log| {
        let log = log.clone();
        config.pre_processing_interceptor(log.clone().tells(move |context| {
            log.note(format!("{:?}", context.run().extension::<u8>()));
            context.run().set_extension(7_u8);
            Ok(())
        }))
    })
    .await;

    house.run(Act::Fail).await;

    assert_eq!(house.stop().await, ["None", "handler", "None", "handler"]);
}

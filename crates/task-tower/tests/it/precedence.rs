//! Who decides an option of a job: the call, else the configuration of its kind, else the constants of
//! its type, else the defaults. What stands between call and configuration is in `kind_options.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Client, Console, Job, JobError, JobId, JobState, KindConfig, RetryPolicy, TaskTower, TowerBuilder};

use crate::support::TestBed;
use crate::support::house::House;

/// A type that says nothing of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Postcard;

/// A type that says everything.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Parcel;

impl Job for Postcard {
    const KIND: &'static str = "postcard";
}

impl Job for Parcel {
    const KIND: &'static str = "parcel";
    const QUEUE: &'static str = "of the type";
    const MAX_RETRIES: u32 = 1;
    const PRIORITY: i16 = 1;
    const TIMEOUT: Option<Duration> = Some(Duration::from_millis(41));
}

async fn never_ends<J: Job>(_: J) -> Result<(), JobError> {
    std::future::pending().await
}

fn configured(config: KindConfig) -> KindConfig {
    let config = config.queue("of the kind").max_retry_count(2).priority(2);
    config.timeout(Duration::from_millis(42))
}

/// What a test asks a tower that runs nothing.
struct Desk {
    /// The schema lasts as long as it does.
    _tower: TaskTower,
    client: Client,
    console: Console,
}

impl Desk {
    async fn new(handlers: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Self {
        let tower: TaskTower = handlers(TestBed::new().await.builder()).build().await.unwrap();
        Self { client: tower.client(), console: tower.console(), _tower: tower }
    }

    async fn options(&self, id: JobId) -> (String, i32, i16, Option<i64>) {
        let job = self.console.job(id).await.unwrap();
        (job.queue, job.max_retries, job.priority, job.timeout_ms)
    }
}

/// Only a call's own timeout is stored; the others hold where the job runs.
fn options(queue: &str, max_retries: i32, priority: i16, timeout_ms: Option<i64>) -> (String, i32, i16, Option<i64>) {
    (queue.to_owned(), max_retries, priority, timeout_ms)
}

#[tokio::test]
async fn where_nobody_says_anything_the_defaults_hold() {
    let desk = Desk::new(|builder| builder.job(never_ends::<Postcard>)).await;

    let id = desk.client.enqueue(Postcard).await.unwrap();

    assert_eq!(desk.options(id).await, options("default", 10, 0, None));
}

#[tokio::test]
async fn the_constants_of_the_type_win_over_the_defaults() {
    let desk = Desk::new(|builder| builder.job(never_ends::<Parcel>)).await;

    let id = desk.client.enqueue(Parcel).await.unwrap();

    assert_eq!(desk.options(id).await, options("of the type", 1, 1, None));
}

#[tokio::test]
async fn the_configuration_of_the_kind_wins_over_the_constants() {
    let desk = Desk::new(|builder| builder.job_with(never_ends::<Parcel>, configured)).await;

    let id = desk.client.enqueue(Parcel).await.unwrap();

    assert_eq!(desk.options(id).await, options("of the kind", 2, 2, None));
}

#[tokio::test]
async fn the_call_wins_over_everything() {
    let desk = Desk::new(|builder| builder.job_with(never_ends::<Parcel>, configured)).await;

    let one = desk.client.enqueue(Parcel).to_queue("of the call").max_retries(3).priority(3);
    let one = one.timeout(Duration::from_millis(43)).await.unwrap();
    let many = desk.client.enqueue_all(vec![Parcel; 2]).to_queue("of the call").max_retries(3).priority(3);
    let many = many.timeout(Duration::from_millis(43)).await.unwrap();

    for id in [one, many[0], many[1]] {
        assert_eq!(desk.options(id).await, options("of the call", 3, 3, Some(43)));
    }
}

#[tokio::test]
async fn each_option_is_decided_by_itself() {
    let only_priority = |config: KindConfig| config.priority(2);
    let desk = Desk::new(|builder| builder.job_with(never_ends::<Parcel>, only_priority)).await;

    let only_queue = desk.client.enqueue(Parcel).to_queue("of the call").await.unwrap();
    let only_retries = desk.client.enqueue(Parcel).max_retries(0).await.unwrap();

    assert_eq!(desk.options(only_queue).await, options("of the call", 1, 2, None));
    assert_eq!(desk.options(only_retries).await, options("of the type", 0, 2, None));
}

#[tokio::test]
async fn a_process_that_does_not_know_the_kind_goes_by_the_type() {
    let desk = Desk::new(|builder| builder).await;

    let parcel = desk.client.enqueue(Parcel).await.unwrap();
    let parcels = desk.client.enqueue_all([Parcel]).await.unwrap();
    let postcard = desk.client.enqueue(Postcard).await.unwrap();

    assert_eq!(desk.options(parcel).await, options("of the type", 1, 1, None));
    assert_eq!(desk.options(parcels[0]).await, options("of the type", 1, 1, None));
    assert_eq!(desk.options(postcard).await, options("default", 10, 0, None));
}

/// Of which limit a run that never ends has died.
async fn limit(configure: impl FnOnce(KindConfig) -> KindConfig, call: Option<Duration>) -> String {
    let house = House::new(|builder| builder.job_with(never_ends::<Parcel>, configure)).await;
    let request = house.client.enqueue(Parcel).max_retries(0);
    let id = match call {
        Some(timeout) => request.timeout(timeout).await.unwrap(),
        None => request.await.unwrap(),
    };
    let job = house.in_state(id, JobState::Dead).await;
    house.stop().await;
    job.last_failure().unwrap().message.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeout_is_that_of_the_call_else_of_the_kind_else_of_the_type() {
    assert_eq!(limit(|config| config, None).await, "took longer than its limit of 41ms");
    assert_eq!(limit(configured, None).await, "took longer than its limit of 42ms");
    assert_eq!(limit(configured, Some(Duration::from_millis(43))).await, "took longer than its limit of 43ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_retry_policy_is_that_of_the_kind_and_of_no_other() {
    let soon = |config: KindConfig| config.max_retry_count(1).retry_policy(RetryPolicy::custom(|_| Duration::ZERO));
    let parcel = async |_: Parcel| Err::<(), _>(JobError::new("no luck"));
    let postcard = async |_: Postcard| Err::<(), _>(JobError::new("no luck"));
    let house = House::new(|builder| builder.job_with(parcel, soon).job(postcard)).await;

    let dead = house.until(Parcel, JobState::Dead).await;
    let waiting = house.until(Postcard, JobState::Failed).await;

    assert_eq!(dead.attempt, 2);
    assert!((waiting.run_at - waiting.events[0].at).num_seconds() >= 16, "{waiting:#?}");
    house.stop().await;
}

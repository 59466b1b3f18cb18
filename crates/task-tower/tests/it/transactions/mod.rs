//! Enqueueing and completing in a transaction of the caller's: the same tests for each type of each driver whose
//! feature is on.

#![cfg_attr(
    not(any(
        feature = "diesel-async-0_9",
        feature = "sea-orm-2",
        feature = "sqlx-0_9",
        feature = "tokio-postgres-0_7"
    )),
    allow(dead_code, unused_imports, unused_macros, reason = "without a driver there is nothing to test")
)]

mod completion;
#[cfg(feature = "diesel-async-0_9")]
mod diesel_async;
#[cfg(feature = "sea-orm-2")]
mod sea_orm;
#[cfg(feature = "tokio-postgres-0_7")]
mod settled;
#[cfg(feature = "sqlx-0_9")]
mod sqlx;
#[cfg(feature = "tokio-postgres-0_7")]
mod tokio_postgres;

use std::time::Duration;

use chrono::{DateTime, Months, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use task_tower::{
    Console, EnqueueContext, Error, Job, JobError, JobFilter, JobId, JobState, Request, TaskTower, Unique,
};

use crate::support::address::Address;
use crate::support::{TestBed, in_state};

#[derive(Serialize, Deserialize)]
struct Parcel {
    numbers: Vec<u8>,
}

impl Job for Parcel {
    const KIND: &'static str = "parcel";
}

async fn deliver(_parcel: Parcel) -> Result<(), JobError> {
    Ok(())
}

fn parcel() -> Parcel {
    Parcel { numbers: vec![1, 2, 3] }
}

/// Where a test may look into a transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    Begun,
    Enqueued,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum End {
    Commit,
    RollBack,
}

/// One type of one driver.
trait Driver {
    /// Connects, begins, enqueues and ends; `at` is awaited at each moment between.
    async fn transact(url: &str, request: Request<Parcel>, at: impl AsyncFn(Moment), end: End) -> Result<JobId, Error>;
}

/// Enqueues, commits, and looks at nothing.
async fn commit<D: Driver>(bed: &TestBed, request: Request<Parcel>) -> Result<JobId, Error> {
    D::transact(&url(bed), request, async |_| {}, End::Commit).await
}

async fn build(bed: &TestBed) -> TaskTower {
    bed.builder().job(deliver).build().await.unwrap()
}

/// The bed's address as a URL, with the schema's name as the application's.
fn url(bed: &TestBed) -> String {
    Address::of(&bed.url).named(&bed.schema).url()
}

async fn count(console: &Console) -> usize {
    console.jobs(&JobFilter::default()).await.unwrap().jobs.len()
}

/// Lets the database answer each enqueue with this statement of PL/pgSQL.
async fn answer_with(bed: &TestBed, statement: &str) {
    let schema = bed.quoted();
    bed.execute(&format!(
        "CREATE FUNCTION {schema}.answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; END $$;
         CREATE TRIGGER answer BEFORE INSERT ON {schema}.job FOR EACH ROW EXECUTE FUNCTION {schema}.answer()"
    ))
    .await;
}

async fn terminate_connection(bed: &TestBed) {
    let sql = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE application_name = $1";
    let ended: i64 = bed.query(sql, &[&bed.schema]).await[0].get(0);
    assert_eq!(ended, 1);
}

async fn a_committed_job_runs_with_its_options<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let running = tower.start().unwrap();
    let request = tower.client().enqueue(parcel()).to_queue("post").tags(["fragile", "große Post"]);
    let request = request.priority(7).max_retries(3).timeout(Duration::from_secs(5));

    let id = commit::<D>(&bed, request).await.unwrap();

    let job = in_state(&tower.console(), id, JobState::Completed).await;
    assert_eq!((job.kind.as_str(), job.queue.as_str(), job.priority), ("parcel", "post", 7));
    assert_eq!((job.max_retries, job.timeout_ms), (3, Some(5_000)));
    assert_eq!(job.tags, ["fragile", "große Post"]);
    assert_eq!(job.payload, serde_json::json!({"numbers": [1, 2, 3]}));
    running.stop().await;
}

async fn a_job_of_which_nothing_is_said_has_the_defaults<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;

    let id = commit::<D>(&bed, tower.client().enqueue(parcel())).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.state, job.queue.as_str(), job.priority), (JobState::Enqueued, "default", 0));
    assert_eq!((job.max_retries, job.timeout_ms, job.tags.len()), (10, None, 0));
}

async fn a_job_in_months_waits_for_the_same_day<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;

    let id = commit::<D>(&bed, tower.client().schedule(parcel()).in_months(14)).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!(job.state, JobState::Scheduled);
    assert_eq!(job.run_at, job.created_at.checked_add_months(Months::new(14)).unwrap());
}

async fn a_job_at_an_instant_waits_for_it<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let time = (Utc::now() + TimeDelta::hours(3)).trunc_subsecs(6);

    let id = commit::<D>(&bed, tower.client().schedule(parcel()).at(time)).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.state, job.run_at), (JobState::Scheduled, time));
}

async fn a_time_that_passed_long_ago_means_now<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;

    let id = commit::<D>(&bed, tower.client().schedule(parcel()).at(DateTime::<Utc>::MIN_UTC)).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.state, job.run_at), (JobState::Enqueued, job.created_at));
}

async fn a_job_is_invisible_before_the_commit<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let console = tower.console();
    let look = async |_| assert_eq!(count(&console).await, 0);

    D::transact(&url(&bed), tower.client().enqueue(parcel()), look, End::Commit).await.unwrap();

    assert_eq!(count(&console).await, 1);
}

async fn a_roll_back_leaves_nothing<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let request = tower.client().enqueue(parcel());

    let id = D::transact(&url(&bed), request, async |_| {}, End::RollBack).await.unwrap();

    assert!(tower.console().job(id).await.unwrap_err().is_not_found());
    assert_eq!(count(&tower.console()).await, 0);
}

async fn a_job_that_the_client_refuses_is_not_sent<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;

    let error = commit::<D>(&bed, tower.client().enqueue(parcel()).to_queue("a,b")).await.unwrap_err();

    assert!(error.is_invalid(), "{error:?}");
    assert_eq!(error.to_string(), "queue \"a,b\" has a comma, a star or a control character in it");
}

async fn a_job_that_the_database_refuses_is_invalid_in_its_words<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let refusal = "RAISE EXCEPTION 'queue \"post\" is closed' USING ERRCODE = '22023', COLUMN = 'queue'";
    answer_with(&bed, refusal).await;

    let error = commit::<D>(&bed, tower.client().enqueue(parcel())).await.unwrap_err();

    assert!(error.is_invalid(), "{error:?}");
    assert_eq!(error.to_string(), "queue \"post\" is closed");
}

async fn an_error_of_the_database_keeps_its_words_and_detail<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    answer_with(&bed, "RAISE EXCEPTION 'no room' USING DETAIL = 'it is full'").await;

    let error = commit::<D>(&bed, tower.client().enqueue(parcel())).await.unwrap_err();

    assert!(!error.is_invalid() && !error.is_unavailable(), "{error:?}");
    assert_eq!(error.to_string(), "enqueue: no room (it is full)");
}

async fn a_serialization_failure_may_be_tried_again<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    answer_with(&bed, "RAISE EXCEPTION 'try again' USING ERRCODE = '40001'").await;

    let error = commit::<D>(&bed, tower.client().enqueue(parcel())).await.unwrap_err();

    assert!(error.is_unavailable(), "{error:?}");
    assert_eq!(error.to_string(), "enqueue: try again");
}

async fn a_lost_connection_is_unavailable<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let cut = async |moment| {
        if moment == Moment::Begun {
            terminate_connection(&bed).await;
        }
    };

    let request = tower.client().enqueue(parcel());
    let error = D::transact(&url(&bed), request, cut, End::Commit).await.unwrap_err();

    assert!(error.is_unavailable(), "{error:?}");
    assert_eq!(count(&tower.console()).await, 0);
}

/// The database measures the text of its jsonb, which has a blank after each comma.
async fn a_payload_near_the_limit_is_taken_as_it_is_without_a_transaction<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let large = || Parcel { numbers: vec![0; 500_000] };
    tower.client().enqueue(large()).await.unwrap();

    let taken = commit::<D>(&bed, tower.client().enqueue(large())).await;

    assert!(taken.is_ok(), "{taken:?}");
}

async fn a_contextualizer_stores_its_parameters_with_the_job<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let client =
        tower.client().with_context(|job: &mut EnqueueContext<'_>| job.set_parameter("User", "O'Ada \\ \u{1f}"));

    let id = commit::<D>(&bed, client.enqueue(parcel())).await.unwrap();

    let context = tower.console().job(id).await.unwrap().context;
    assert_eq!(context, Some(serde_json::json!({"User": "O'Ada \\ \u{1f}"})));
}

async fn a_contextualizer_refuses_the_job<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let client = tower.client().with_context(|_: &mut EnqueueContext<'_>| Err::<(), _>(JobError::new("not today")));

    let error = commit::<D>(&bed, client.enqueue(parcel())).await.unwrap_err();

    assert!(error.is_refused(), "{error:?}");
    assert_eq!(error.to_string(), "enqueue \"parcel\": a contextualizer refused it: not today");
    assert_eq!(count(&tower.console()).await, 0);
}

async fn a_unique_job_is_found_whatever_makes_it_so<D: Driver>() {
    let ways: [fn(Request<Parcel>) -> Request<Parcel>; 4] = [
        |request| request.unique_key("größe \"1\""),
        |request| request.unique(Unique::by_payload()),
        |request| request.unique(Unique::by_fields(&["numbers", "a \"b\", c"])),
        |request| request.unique(Unique::by_kind()),
    ];
    for way in ways {
        let bed = TestBed::new().await;
        let tower = build(&bed).await;
        let holder = way(tower.client().enqueue(parcel())).await.unwrap();

        let found = commit::<D>(&bed, way(tower.client().enqueue(parcel()))).await.unwrap();

        assert_eq!((found, count(&tower.console()).await), (holder, 1));
    }
}

async fn a_unique_job_that_was_rolled_back_has_no_key<D: Driver>() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let request = || tower.client().enqueue(parcel()).unique_key("x").or_conflict();
    D::transact(&url(&bed), request(), async |_| {}, End::RollBack).await.unwrap();

    let id = commit::<D>(&bed, request()).await.unwrap();

    let error = commit::<D>(&bed, request()).await.unwrap_err();
    assert!(error.is_conflict() && error.to_string().contains(&id.to_string()), "{error:?}");
}

/// The tests above, as tests of one type of a driver.
macro_rules! test_driver {
    ($driver:ty) => {
        $crate::transactions::test_driver! {
            $driver:
            a_committed_job_runs_with_its_options
            a_job_of_which_nothing_is_said_has_the_defaults
            a_job_in_months_waits_for_the_same_day
            a_job_at_an_instant_waits_for_it
            a_time_that_passed_long_ago_means_now
            a_job_is_invisible_before_the_commit
            a_roll_back_leaves_nothing
            a_job_that_the_client_refuses_is_not_sent
            a_job_that_the_database_refuses_is_invalid_in_its_words
            an_error_of_the_database_keeps_its_words_and_detail
            a_serialization_failure_may_be_tried_again
            a_lost_connection_is_unavailable
            a_payload_near_the_limit_is_taken_as_it_is_without_a_transaction
            a_contextualizer_stores_its_parameters_with_the_job
            a_contextualizer_refuses_the_job
            a_unique_job_is_found_whatever_makes_it_so
            a_unique_job_that_was_rolled_back_has_no_key
        }
    };
    ($driver:ty: $($test:ident)*) => {
        $(#[tokio::test]
        async fn $test() {
            $crate::transactions::$test::<$driver>().await;
        })*
    };
}

use test_driver;

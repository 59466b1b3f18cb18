//! How runs end that do not succeed, and what follows: errors, panics, timeouts, and what a handler
//! may ask for instead.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use task_tower::{
    Client, Console, EventKind, Job, JobError, JobRecord, JobState, KindConfig, Outcome, RetryPolicy, RunningTower,
    State, TowerBuilder, Window,
};

use crate::support::stage::{Stage, step, stubborn};
use crate::support::{TestBed, in_state, until};

/// Fails, or whatever the test's handler makes of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Act {
    number: u32,
}

impl Job for Act {
    const KIND: &'static str = "act";
}

/// A kind that says itself how long it may take.
#[derive(Debug, Serialize, Deserialize)]
struct Brief;

impl Job for Brief {
    const KIND: &'static str = "brief";
    const TIMEOUT: Option<Duration> = Some(Duration::from_millis(20));
}

/// A worker at work.
struct House {
    bed: TestBed,
    client: Client,
    console: Console,
    running: RunningTower,
}

impl House {
    async fn new(handlers: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Self {
        let bed = TestBed::new().await;
        let tower = handlers(bed.builder()).build().await.unwrap();
        let running = tower.start().unwrap();
        Self { bed, client: tower.client(), console: tower.console(), running }
    }

    async fn dead(&self, act: Act) -> JobRecord {
        let id = self.client.enqueue(act).await.unwrap();
        in_state(&self.console, id, JobState::Dead).await
    }
}

fn soon(config: KindConfig) -> KindConfig {
    config.retry_policy(RetryPolicy::custom(|_| Duration::from_millis(2)))
}

fn once(config: KindConfig) -> KindConfig {
    config.max_retry_count(0)
}

async fn fails(_: Act) -> Result<(), JobError> {
    Err(JobError::new("no luck"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_always_fails_runs_eleven_times_and_is_dead() {
    let house = House::new(|builder| builder.job_with(fails, soon)).await;

    let job = house.dead(Act::default()).await;

    assert_eq!((job.attempt, job.failures, job.max_retries), (11, 11, 10));
    assert_eq!(job.reason.as_deref(), Some("retries"));
    assert_eq!(job.events.iter().filter(|event| event.event == EventKind::Failed).count(), 11);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_retries_mean_three_runs_and_none_means_one() {
    for (retries, runs) in [(2, 3), (0, 1)] {
        let house = House::new(|builder| builder.job_with(fails, |config| soon(config).max_retry_count(retries))).await;

        let job = house.dead(Act::default()).await;

        assert_eq!((job.attempt, job.reason.as_deref()), (runs, Some("retries")));
        house.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_retries_of_a_call_win_over_those_of_its_kind() {
    let house = House::new(|builder| builder.job_with(fails, |config| soon(config).max_retry_count(5))).await;

    let id = house.client.enqueue(Act::default()).max_retries(1).await.unwrap();

    assert_eq!(in_state(&house.console, id, JobState::Dead).await.attempt, 2);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_retry_waits_as_long_as_the_standard_curve_says() {
    let house = House::new(|builder| builder.job(fails)).await;
    let ids = house.client.enqueue_all(vec![Act::default(); 20]).await.unwrap();

    for id in ids {
        let job = in_state(&house.console, id, JobState::Failed).await;

        let delay = job.run_at - job.events[0].at;
        // The two times are taken microseconds apart, by one statement.
        let slack = TimeDelta::milliseconds(10);
        let bounds = TimeDelta::seconds(17) - slack..TimeDelta::seconds(46) + slack;
        assert!(bounds.contains(&delay), "it waits {delay}");
        assert_eq!((job.attempt, job.failures), (1, 1));
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_has_a_retry_policy_of_its_own_that_is_told_the_number_of_the_retry() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let notes = asked.clone();
    let policy = RetryPolicy::custom(move |retry| {
        notes.lock().unwrap().push(retry);
        Duration::from_millis(u64::from(retry) * 20)
    });
    let house =
        House::new(|builder| builder.job_with(fails, |config| config.max_retry_count(3).retry_policy(policy))).await;

    let job = house.dead(Act::default()).await;

    // First for people to see, as the worker registers.
    assert_eq!(*asked.lock().unwrap(), [1, 2, 3, 1, 2, 3]);
    let pauses: Vec<i64> = job.events.windows(2).map(|pair| pause(&pair[0], &pair[1])).collect();
    assert!(pauses.iter().zip([20, 40, 60]).all(|(pause, least)| *pause >= least), "{pauses:?}");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_panics_when_it_is_asked_for_its_delays_keeps_no_worker_from_starting() {
    let policy = RetryPolicy::custom(|retry| panic!("nobody thought of retry {retry}"));

    let house = House::new(|builder| builder.job_with(fails, |config| config.retry_policy(policy))).await;

    let id = house.client.enqueue(Act::default()).await.unwrap();
    in_state(&house.console, id, JobState::Failed).await;
    let registered = house.console.kind("act", Window::Hour).await.unwrap().registrations;
    let told: Vec<_> =
        registered.iter().map(|one| (&*one.setup.retry_policy, one.setup.retry_delays_ms.len())).collect();
    assert_eq!(told, [("custom", 0)]);
    house.running.stop().await;
}

/// From the end of one run to the beginning of the next, in milliseconds.
fn pause(before: &task_tower::Event, after: &task_tower::Event) -> i64 {
    // Microseconds are cut off on the way.
    (after.started_at.unwrap() - before.at).num_milliseconds() + 1
}

#[derive(Debug)]
struct Layer(&'static str, Option<Box<Layer>>);

impl fmt::Display for Layer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

impl StdError for Layer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

fn layered() -> Layer {
    Layer("mail not sent", Some(Box::new(Layer("connection lost", Some(Box::new(Layer("cable cut", None)))))))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_recorded_with_the_chain_of_its_causes() {
    let handler = |_: Act| async { Err::<(), JobError>(layered().into()) };
    let house = House::new(|builder| builder.job_with(handler, once)).await;

    let job = house.dead(Act::default()).await;

    let failure = job.last_failure().unwrap();
    assert_eq!((failure.kind.as_str(), failure.message.as_str()), ("error", "mail not sent"));
    assert_eq!(failure.details.as_deref(), Some("caused by: connection lost\ncaused by: cable cut\n"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_may_return_a_boxed_error_or_convert_one_by_a_question_mark() {
    type Boxed = Box<dyn StdError + Send + Sync>;
    let returns = |_: Act| async { Err::<(), Boxed>(Box::new(layered())) };
    let converts = |_: Brief| async {
        let refused: Result<(), Boxed> = Err("in words".into());
        refused?;
        Ok::<(), JobError>(())
    };
    let house = House::new(|builder| builder.job_with(returns, once).job_with(converts, once)).await;

    let returned = house.dead(Act::default()).await;
    let converted = house.client.enqueue(Brief).await.unwrap();
    let converted = in_state(&house.console, converted, JobState::Dead).await;

    assert_eq!(returned.last_failure().unwrap().message, "mail not sent");
    assert_eq!(converted.last_failure().unwrap().message, "in words");
    house.running.stop().await;
}

async fn panics(job: Act) -> Result<(), JobError> {
    tokio::task::yield_now().await;
    panic!("act {} went wrong", job.number)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_recorded_with_its_message_and_its_place() {
    let house = House::new(|builder| builder.job_with(panics, |config| soon(config).max_retry_count(1))).await;

    let job = house.dead(Act { number: 7 }).await;

    let failure = job.last_failure().unwrap();
    assert_eq!((failure.kind.as_str(), failure.message.as_str()), ("panic", "act 7 went wrong"));
    let place = failure.details.as_deref().unwrap();
    let line = place.split_once("retries.rs:").expect("names the file").1;
    assert!(line.starts_with(|digit: char| digit.is_ascii_digit()), "{place}");
    assert_eq!(job.attempt, 2, "a panic is retried as any failure");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_before_the_first_await_is_recorded_too() {
    let handler = |job: Act| {
        assert!(job.number > 100, "too early");
        async { Ok::<(), JobError>(()) }
    };
    let house = House::new(|builder| builder.job_with(handler, once)).await;

    let job = house.dead(Act::default()).await;

    assert_eq!(job.last_failure().unwrap().message, "too early");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_whose_payload_is_no_text_is_recorded() {
    let handler = |_: Act| async {
        if true {
            std::panic::panic_any(42_u8);
        }
        Ok::<(), JobError>(())
    };
    let house = House::new(|builder| builder.job_with(handler, once)).await;

    let job = house.dead(Act::default()).await;

    let failure = job.last_failure().unwrap();
    assert_eq!(failure.kind, "panic");
    assert!(failure.details.as_deref().unwrap().contains("retries.rs:"), "{failure:?}");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn panics_harm_neither_the_neighbors_nor_the_worker() {
    let stage = Stage::default();
    let house = House::new(|builder| stage.cast(builder).job_with(panics, once)).await;
    let neighbor = house.client.enqueue(stubborn("neighbor")).await.unwrap();
    until("the neighbor runs", async || stage.present() == 1).await;

    let ids = house.client.enqueue_all((0..200).map(|number| Act { number })).await.unwrap();
    for id in ids {
        in_state(&house.console, id, JobState::Dead).await;
    }
    let later = house.client.enqueue(step("later")).await.unwrap();
    in_state(&house.console, later, JobState::Completed).await;
    stage.open();

    assert_eq!(in_state(&house.console, neighbor, JobState::Completed).await.attempt, 1);
    assert_eq!(house.console.workers().await.unwrap().len(), 1, "the worker never had to register anew");
    house.running.stop().await;
}

/// Panics when it is dropped.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("the destructor went wrong");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destructor_that_panics_fails_the_run() {
    let handler = |_: Act| async {
        let _grenade = Grenade;
        tokio::task::yield_now().await;
        Ok::<(), JobError>(())
    };
    let house = House::new(|builder| builder.backend_concurrency(1).job_with(handler, once)).await;

    let first = house.dead(Act::default()).await;
    let second = house.dead(Act::default()).await;

    assert_eq!(first.last_failure().unwrap().message, "the destructor went wrong");
    assert_eq!(second.last_failure().unwrap().kind, "panic", "the only slot is still there");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destructor_that_panics_after_a_timeout_does_not_take_the_slot_with_it() {
    let handler = |_: Act| async {
        let _grenade = Grenade;
        std::future::pending::<Result<(), JobError>>().await
    };
    let limit = Duration::from_millis(10);
    let house =
        House::new(|builder| builder.backend_concurrency(1).job_with(handler, |config| once(config).timeout(limit)))
            .await;

    let first = house.dead(Act::default()).await;
    let second = house.dead(Act::default()).await;

    assert_eq!(first.last_failure().unwrap().kind, "timeout");
    assert_eq!(second.last_failure().unwrap().kind, "timeout");
    house.running.stop().await;
}

async fn never_ends(job: Act, State(stage): State<Stage>) -> Result<(), JobError> {
    let _presence = stage.enter(&job.number.to_string());
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_exceeds_the_limit_of_its_kind_is_dropped_and_counts_as_failed() {
    let stage = Stage::default();
    let limit = Duration::from_millis(30);
    let configure = |config: KindConfig| soon(config).max_retry_count(1).timeout(limit);
    let house = House::new(|builder| builder.state(stage.clone()).job_with(never_ends, configure)).await;

    let job = house.dead(Act { number: 1 }).await;

    let failure = job.last_failure().unwrap();
    assert_eq!(failure.kind, "timeout");
    assert!(failure.message.contains("30ms"), "{}", failure.message);
    assert_eq!(job.attempt, 2, "a timeout is retried as any failure");
    assert_eq!(stage.dropped(), ["1", "1"]);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_a_call_wins_over_that_of_its_kind() {
    let stage = Stage::default();
    let hours = Duration::from_secs(3_600);
    let configure = |config: KindConfig| once(config).timeout(hours);
    let house = House::new(|builder| builder.state(stage.clone()).job_with(never_ends, configure)).await;

    let id = house.client.enqueue(Act::default()).timeout(Duration::from_millis(30)).await.unwrap();

    let job = in_state(&house.console, id, JobState::Dead).await;
    assert_eq!(job.last_failure().unwrap().kind, "timeout");
    assert_eq!(job.timeout_ms, Some(30));
    assert_eq!(stage.dropped().len(), 1);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_a_job_type_holds_where_nothing_else_is_said() {
    let handler = |_: Brief| std::future::pending::<Result<(), JobError>>();
    let house = House::new(|builder| builder.job_with(handler, once)).await;

    let id = house.client.enqueue(Brief).await.unwrap();

    let job = in_state(&house.console, id, JobState::Dead).await;
    assert!(job.last_failure().unwrap().message.contains("20ms"), "{job:?}");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_job_is_dead_after_one_run() {
    let handler = |_: Act| async { Err::<(), _>(JobError::discard("the account is closed")) };
    let house = House::new(|builder| builder.job(handler)).await;

    let job = house.dead(Act::default()).await;

    assert_eq!((job.attempt, job.reason.as_deref()), (1, Some("discarded")));
    assert_eq!(job.last_failure().unwrap().message, "the account is closed");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cancels_itself_is_cancelled_with_its_reason() {
    let handler = |_: Act| async { Err::<(), _>(JobError::cancel("not wanted any more")) };
    let house = House::new(|builder| builder.job(handler)).await;

    let id = house.client.enqueue(Act::default()).await.unwrap();

    let job = in_state(&house.console, id, JobState::Cancelled).await;
    assert_eq!((job.attempt, job.failures), (1, 0));
    assert_eq!(job.reason.as_deref(), Some("not wanted any more"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snoozed_job_waits_and_no_failure_is_counted() {
    let hour = Duration::from_secs(3_600);
    let by_error = move |_: Act| async move { Err::<(), _>(JobError::snooze(hour)) };
    let by_outcome = move |_: Brief| async move { Ok::<_, JobError>(Outcome::Snooze(hour)) };
    let house = House::new(|builder| builder.job(by_error).job(by_outcome)).await;

    let ids = [house.client.enqueue(Act::default()).await.unwrap(), house.client.enqueue(Brief).await.unwrap()];

    for id in ids {
        let job = in_state(&house.console, id, JobState::Scheduled).await;
        assert_eq!((job.attempt, job.failures), (1, 0));
        assert_eq!(job.events[0].event, EventKind::Snoozed);
        let wait = job.run_at - job.attempted_at.unwrap();
        assert!(wait >= TimeDelta::hours(1) && wait < TimeDelta::minutes(61), "it waits {wait}");
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_may_snooze_more_often_than_it_may_fail() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = runs.clone();
    let handler = move |_: Act| {
        let run = counter.fetch_add(1, Ordering::SeqCst);
        async move { Ok::<_, JobError>(if run < 20 { Outcome::Snooze(Duration::from_millis(1)) } else { Outcome::Done }) }
    };
    let house = House::new(|builder| builder.job_with(handler, once)).await;

    let id = house.client.enqueue(Act::default()).await.unwrap();

    let job = in_state(&house.console, id, JobState::Completed).await;
    assert_eq!((job.attempt, job.failures), (21, 0));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_no_longer_decodes_is_dead_at_once_and_shown_raw() {
    let house = House::new(|builder| builder.job_with(fails, soon)).await;
    let enqueue = r#"SELECT tower.enqueue('act', '{"number": "seven", "new": [1, null]}')"#;
    let id: uuid::Uuid = house.bed.query(enqueue, &[]).await[0].get(0);

    let job = in_state(&house.console, id.into(), JobState::Dead).await;

    assert_eq!((job.attempt, job.reason.as_deref()), (1, Some("decode")));
    let failure = job.last_failure().unwrap();
    assert_eq!(failure.kind, "decode");
    assert!(failure.message.contains("seven"), "{}", failure.message);
    assert_eq!(job.payload, serde_json::json!({ "number": "seven", "new": [1, null] }));
    house.running.stop().await;
}

/// As much as is kept, and the words that it was cut.
const KEPT_MAX: usize = 16 * 1024 + 16;

#[tokio::test(flavor = "multi_thread")]
async fn an_error_text_of_a_hundred_megabytes_is_recorded_cut() {
    let handler = |job: Act| async move {
        let text = "é".repeat(50_000_000);
        match job.number {
            0 => Err::<(), _>(JobError::new(text)),
            1 => Err(JobError::discard(text)),
            2 => Err(std::io::Error::other(text).into()),
            _ => panic!("{text}"),
        }
    };
    let house = House::new(|builder| builder.job_with(handler, once)).await;

    for number in 0..4 {
        let job = house.dead(Act { number }).await;

        let message = &job.last_failure().unwrap().message;
        assert!(message.len() <= KEPT_MAX && message.len() > 16_000, "{} bytes of {number}", message.len());
        assert!(message.starts_with('é') && message.ends_with("(cut)"));
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_text_that_postgresql_cannot_store_is_recorded_nevertheless() {
    let handler = |job: Act| async move {
        match job.number {
            0 => Err::<(), _>(JobError::new("a\0b")),
            1 => Err(JobError::discard("a\0b")),
            2 => panic!("a\0b"),
            3 => Err(std::io::Error::other("a\0b").into()),
            _ => Err(JobError::from(Layer("a\0b", Some(Box::new(Layer("c\0d", None)))))),
        }
    };
    let house = House::new(|builder| builder.job_with(handler, once)).await;

    for number in 0..5 {
        let job = house.dead(Act { number }).await;

        let failure = job.last_failure().unwrap();
        assert_eq!(failure.message, "a\u{fffd}b");
        assert!(number != 4 || failure.details.as_deref() == Some("caused by: c\u{fffd}d\n"), "{failure:?}");
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_whose_reason_cannot_be_stored_is_recorded_nevertheless() {
    let handler = |_: Act| async { Err::<(), _>(JobError::cancel("a\0b")) };
    let house = House::new(|builder| builder.job(handler)).await;

    let id = house.client.enqueue(Act::default()).await.unwrap();

    let job = in_state(&house.console, id, JobState::Cancelled).await;
    assert_eq!(job.reason.as_deref(), Some("a\u{fffd}b"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requeued_dead_job_has_all_its_retries_again() {
    let house = House::new(|builder| builder.job_with(fails, |config| soon(config).max_retry_count(2))).await;
    let job = house.dead(Act::default()).await;

    house.console.requeue(job.id).await.unwrap();
    until("it has run three more times", async || house.console.job(job.id).await.unwrap().attempt == 6).await;
    let job = in_state(&house.console, job.id, JobState::Dead).await;

    assert_eq!((job.attempt, job.failures, job.reason.as_deref()), (6, 3, Some("retries")));
    let requeues = job.events.iter().filter(|event| event.event == EventKind::Requeued).count();
    assert_eq!(requeues, 1, "its history tells the requeue");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_succeeds_after_failures_is_completed_and_tells_them() {
    let handler = |_: Act, context: task_tower::JobContext| async move {
        let worn = context.failures() < 3;
        assert_eq!(context.attempt(), context.failures() + 1);
        if worn { Err(JobError::new("not yet")) } else { Ok(()) }
    };
    let house = House::new(|builder| builder.job_with(handler, soon)).await;

    let id = house.client.enqueue(Act::default()).await.unwrap();

    let job = in_state(&house.console, id, JobState::Completed).await;
    assert_eq!((job.attempt, job.failures, job.events.len()), (4, 3, 3));
    assert!(job.events.iter().all(|event| event.error.as_ref().unwrap().message == "not yet"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_policy_that_panics_costs_neither_the_slot_nor_the_job() {
    let broken = |config: KindConfig| {
        config.retry_policy(RetryPolicy::custom(|_| panic!("no such number{}", "!".repeat(100_000))))
    };
    let house = House::new(|builder| builder.backend_concurrency(1).job_with(fails, broken)).await;

    let first = house.client.enqueue(Act::default()).await.unwrap();
    let second = house.client.enqueue(Act::default()).await.unwrap();

    for id in [first, second] {
        let job = in_state(&house.console, id, JobState::Failed).await;
        let message = &job.last_failure().unwrap().message;
        assert!(message.contains("no such number") && message.len() < 17_000, "{} bytes", message.len());
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_row_takes_neither_the_worker_nor_the_console_down() {
    let house = House::new(|builder| builder.job_with(fails, soon)).await;
    let sql = "INSERT INTO tower.job (id, kind, tags) SELECT tower.new_id(), 'act', '{{a,b},{c,d}}' RETURNING id";
    let odd: uuid::Uuid = house.bed.query(sql, &[]).await[0].get(0);

    let job = house.dead(Act::default()).await;

    assert_ne!(job.id.as_uuid(), odd);
    let odd = house.console.job(odd.into()).await.unwrap();
    assert_eq!(odd.tags, Vec::<String>::new());
    house.running.stop().await;
}

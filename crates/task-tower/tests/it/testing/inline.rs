//! `testing::run`: one job by its handler, without a database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    Extension, InterceptorContext, Job, JobContext, JobError, Next, Outcome, Output, State, blocking, testing,
};

#[derive(Debug, Serialize, Deserialize)]
struct Greet {
    name: String,
}

impl Job for Greet {
    const KIND: &'static str = "greet";
    const MAX_RETRIES: u32 = 2;
}

/// A kind that says itself how long it may take.
#[derive(Debug, Serialize, Deserialize)]
struct Brief;

impl Job for Brief {
    const KIND: &'static str = "brief";
    const TIMEOUT: Option<Duration> = Some(Duration::from_millis(20));
}

/// Written under one name, read under another.
#[derive(Debug, Serialize, Deserialize)]
struct Mistaken {
    #[serde(rename(serialize = "user_id", deserialize = "userId"))]
    user_id: i64,
}

impl Job for Mistaken {
    const KIND: &'static str = "mistaken";
}

fn ada() -> Greet {
    Greet { name: "ada".to_owned() }
}

#[tokio::test]
async fn a_handler_is_given_all_that_it_asks_for() {
    async fn greet(
        job: Greet,
        State(word): State<String>,
        Extension(year): Extension<u16>,
        run: JobContext,
    ) -> Result<Output<String>, JobError> {
        let user: String = run.parameter("User")?;
        Ok(Output(format!("{word} {} {year} {user} {:?} {}", job.name, run.tags(), run.queue())))
    }

    let outcome = testing::run(greet, ada())
        .state("hello".to_owned())
        .extension(1815_u16)
        .parameter("User", "bob")
        .tags(["vip"])
        .config(|kind| kind.queue("mail"))
        .await;

    assert_eq!(outcome.unwrap(), Outcome::done_with(r#"hello ada 1815 bob ["vip"] mail"#).unwrap());
}

#[tokio::test]
async fn deep_code_and_blocking_handlers_find_the_run() {
    async fn greet(_: Greet, run: JobContext) -> Result<(), JobError> {
        tokio::task::yield_now().await;
        assert_eq!(JobContext::current().unwrap().job_id(), run.job_id());
        Ok(())
    }
    fn greet_slowly(_: Greet, run: JobContext) -> Result<(), JobError> {
        assert_eq!(JobContext::current().unwrap().job_id(), run.job_id());
        Ok(())
    }

    assert_eq!(testing::run(greet, ada()).await.unwrap(), Outcome::Done);
    assert_eq!(testing::run(blocking(greet_slowly), ada()).await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn a_later_attempt_comes_after_as_many_failures() {
    async fn tell(_: Greet, run: JobContext) -> Result<Output<(u32, u32, bool)>, JobError> {
        Ok(Output((run.attempt(), run.failures(), run.is_last_attempt())))
    }

    let first = testing::run(tell, ada()).await.unwrap();
    let last = testing::run(tell, ada()).attempt(3).await.unwrap();
    let patient = testing::run(tell, ada()).attempt(3).config(|kind| kind.max_retry_count(5)).await.unwrap();

    assert_eq!(first, Outcome::done_with(&(1, 0, false)).unwrap());
    assert_eq!(last, Outcome::done_with(&(3, 2, true)).unwrap());
    assert_eq!(patient, Outcome::done_with(&(3, 2, false)).unwrap());
}

#[tokio::test]
async fn an_error_tells_what_becomes_of_the_job() {
    async fn ends(_: Greet, State(error): State<fn() -> JobError>) -> Result<(), JobError> {
        Err(error())
    }
    let ended = async |error: fn() -> JobError| testing::run(ends, ada()).state(error).await.unwrap_err();

    let retried = ended(|| std::io::Error::other("no line").into()).await;
    let discarded = ended(|| JobError::discard("gone")).await;
    let cancelled = ended(|| JobError::cancel("not wanted")).await;
    let snoozed = ended(|| JobError::snooze(Duration::from_secs(5))).await;

    assert_eq!((retried.is_retry(), retried.message()), (true, "no line"));
    assert_eq!((discarded.is_discard(), discarded.message()), (true, "gone"));
    assert_eq!((cancelled.is_cancel(), cancelled.message()), (true, "not wanted"));
    assert_eq!(snoozed.snooze_delay(), Some(Duration::from_secs(5)));
    for error in [&discarded, &cancelled, &snoozed] {
        assert!(!error.is_retry() && !error.is_decode(), "{error:?}");
    }
    assert!(!retried.is_discard() && !cancelled.is_discard() && retried.snooze_delay().is_none());
}

#[tokio::test]
async fn an_outcome_of_the_handler_is_the_answer() {
    async fn snooze(_: Greet) -> Result<Outcome, JobError> {
        Ok(Outcome::Snooze(Duration::from_secs(60)))
    }

    let outcome = testing::run(snooze, ada()).await.unwrap();

    assert_eq!(outcome, Outcome::Snooze(Duration::from_secs(60)));
}

#[tokio::test]
async fn a_payload_that_does_not_decode_shows() {
    async fn handle(_: Mistaken) -> Result<(), JobError> {
        Ok(())
    }

    let error = testing::run(handle, Mistaken { user_id: 1 }).await.unwrap_err();

    assert!(error.is_decode() && error.is_discard(), "{error:?}");
    assert!(error.message().contains("missing field `userId`"), "{error}");
}

#[tokio::test]
#[should_panic(expected = "the handler of kind \"greet\" asks for State<u64>, which is not there: add .state(…)")]
async fn a_state_that_is_missing_fails_the_test() {
    async fn greet(_: Greet, _: State<u64>) -> Result<(), JobError> {
        Ok(())
    }

    let _ = testing::run(greet, ada()).await;
}

#[tokio::test]
#[should_panic(expected = "payload of \"greet\" has a NUL character in it")]
async fn a_payload_that_cannot_be_stored_fails_the_test() {
    async fn greet(_: Greet) -> Result<(), JobError> {
        Ok(())
    }

    let _ = testing::run(greet, Greet { name: "\0".to_owned() }).await;
}

#[tokio::test]
#[should_panic(expected = "no such luck")]
async fn a_panic_on_a_handlers_thread_is_one_of_the_test() {
    fn greet(_: Greet) -> Result<(), JobError> {
        panic!("no such luck")
    }

    let _ = testing::run(blocking(greet), ada()).await;
}

#[tokio::test]
async fn a_cancelled_run_knows_it_from_the_start() {
    async fn wait(_: Greet, run: JobContext) -> Result<(), JobError> {
        run.cancelled().await;
        Err(JobError::cancel("asked to stop"))
    }

    let error = testing::run(wait, ada()).cancelled().await.unwrap_err();

    assert!(error.is_cancel(), "{error:?}");
}

#[tokio::test]
async fn the_timeout_of_the_kind_counts() {
    async fn hang(_: Brief) -> Result<(), JobError> {
        std::future::pending().await
    }

    let by_kind = testing::run(hang, Brief).await.unwrap_err();
    let configured =
        testing::run(hang, Brief).config(|kind| kind.timeout(Duration::from_millis(10))).await.unwrap_err();

    assert_eq!(by_kind.message(), "took longer than its limit of 20ms");
    assert_eq!(configured.message(), "took longer than its limit of 10ms");
    assert!(by_kind.is_retry());
}

#[tokio::test]
async fn interceptors_before_and_around_take_part() {
    async fn greet(_: Greet, Extension(year): Extension<u16>) -> Result<Output<u16>, JobError> {
        Ok(Output(year))
    }
    let seen = Arc::new(AtomicBool::new(false));
    let watcher = seen.clone();
    let sets_year = |context: InterceptorContext| async move {
        context.run().set_extension(1815_u16);
        Ok::<(), JobError>(())
    };
    let watches = move |_: InterceptorContext, next: Next| {
        let watcher = watcher.clone();
        async move {
            watcher.store(true, Ordering::Relaxed);
            next.run().await
        }
    };

    let outcome = testing::run(greet, ada())
        .config(|kind| kind.pre_processing_interceptor(sets_year).around_interceptor(watches))
        .await;

    assert_eq!(outcome.unwrap(), Outcome::done_with(&1815).unwrap());
    assert!(seen.load(Ordering::Relaxed));
}

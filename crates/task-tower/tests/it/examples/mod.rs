//! Every example, run as a program against a real PostgreSQL, by what it prints.

mod priorities;
mod transactions;

use std::time::{Duration, Instant};

use crate::support::example::{self, Example};

#[tokio::test]
async fn hello_runs_the_job_that_it_enqueued() {
    let mut hello = Example::start("hello").await;

    hello.until("Job created with ID: ").await;
    hello.until("Hello, from Task Tower!").await;

    hello.stop().await;
}

#[tokio::test]
async fn injectable_gives_its_services_to_the_job() {
    let mut injectable = Example::start("injectable").await;

    injectable.until("I just read a Pokemon with an ID of ").await;
    injectable.until("Handled DoAnInjectableThing with data: from the request").await;

    injectable.stop().await;
}

#[tokio::test]
async fn schedule_runs_no_job_before_its_time() {
    let began = Instant::now();
    let mut schedule = Example::start("schedule").await;

    for (seconds, job) in [(2, "this job was scheduled by a delay"), (4, "this job was scheduled at an instant")] {
        schedule.until(&format!("Handled DoAThing with data: {job}")).await;
        assert!(began.elapsed() >= Duration::from_secs(seconds), "{job}: {:?}", began.elapsed());
    }

    schedule.stop().await;
}

#[tokio::test]
async fn fluent_runs_its_jobs_with_what_was_said_of_them() {
    let mut fluent = Example::start("fluent").await;

    let data = "Handled DoAFluentThing with data: ";
    let at_once = fluent.until(data).await;
    let later = fluent.until(data).await;

    assert_eq!(at_once, r#"this one says everything (queue low, tags ["example", "fluent"])"#);
    assert_eq!(later, "this is a scheduled job (queue critical, tags [])");
    fluent.stop().await;
}

#[tokio::test]
async fn job_id_prints_the_id_that_the_enqueue_returned() {
    let mut job_id = Example::start("job_id").await;

    let enqueued = job_id.until("Job created with ID: ").await;
    let inside = job_id.until("I am running a job with an Id of ").await;

    assert_eq!(inside, format!("{enqueued} that I got from context"));
    job_id.until("This is attempt 1 in queue default").await;
    job_id.stop().await;
}

#[tokio::test]
async fn graceful_stop_lets_the_backup_end_and_gives_the_watch_back() {
    let mut graceful_stop = Example::start("graceful_stop").await;
    let mut begun = graceful_stop.lines(2).await;
    begun.sort();

    let printed = graceful_stop.stop().await;

    assert_eq!(begun, ["backup: begins", "watch: begins"]);
    assert_eq!(printed[2..], ["backup: done", "watch: asked to stop", "stopped; the watch is enqueued again"]);
}

#[tokio::test]
async fn configuration_retries_soon_and_in_its_queue() {
    let mut configuration = Example::start("configuration").await;

    let attempts = configuration.lines(3).await;

    assert_eq!(
        attempts,
        [
            "attempt 1 in queue critical: failed",
            "attempt 2 in queue critical: failed",
            "attempt 3 in queue critical: done"
        ]
    );
    configuration.stop().await;
}

#[tokio::test]
async fn retries_tells_the_story_of_a_dead_job() {
    let mut retries = Example::start("retries").await;

    let story = retries.lines(8).await;

    let (run, failure) = ("processing ", "failed the bank refused 990 cents");
    assert_eq!(story, ["enqueued ", run, failure, run, failure, run, failure, "dead retries"]);
    retries.stop().await;
}

#[test]
fn every_example_has_a_test() {
    let untested = example::untested();

    assert!(untested.is_empty(), "no test starts {untested:?}");
}

#[test]
fn every_example_says_how_to_run_it() {
    let silent = example::silent();

    assert!(silent.is_empty(), "their opening paragraphs do not say `cargo run`: {silent:?}");
}

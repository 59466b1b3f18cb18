//! Every example, run as a program against a real PostgreSQL, by what it prints.

mod interceptors;
mod priorities;
mod recurring;
mod transactions;

use std::time::{Duration, Instant};

use crate::receiver::Receiver;
#[cfg(feature = "redis")]
use crate::redis::server::Redis;
use crate::support::example::{self, Example};

#[tokio::test]
async fn hello_runs_the_job_that_it_enqueued() {
    let mut hello = Example::start("hello").await;

    hello.until("Job created with ID: ").await;
    hello.until("Hello, from Task Tower!").await;

    hello.stop().await;
}

#[tokio::test]
async fn events_tells_of_the_run_that_takes_long_and_of_its_end() {
    let mut events = Example::start("events").await;

    let printed = events.lines(2).await;

    assert_eq!(printed, ["a run of make_report takes longer than 1s", "that run of make_report has ended"]);
    assert_eq!(events.stop().await.len(), 2);
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn redis_says_hello_with_and_without_it() {
    let server = Redis::start().await;
    for url in [server.url(), "redis://127.0.0.1:1".to_owned()] {
        let mut redis = Example::start_with("redis", &[("REDIS_URL", &url)]).await;

        redis.until("Hello, Redis!").await;

        redis.stop().await;
    }
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

#[tokio::test]
async fn metrics_prints_how_often_what_happened() {
    let metrics = Example::start("metrics").await;

    let lines = metrics.ended().await;

    for line in [
        "task_tower_jobs_enqueued_total{kind=\"resize_picture\",queue=\"images\"} 3",
        "task_tower_runs_total{kind=\"resize_picture\",queue=\"images\",state=\"completed\"} 2",
        "task_tower_runs_total{kind=\"resize_picture\",queue=\"images\",state=\"dead\"} 1",
        "task_tower_run_duration_seconds_count{kind=\"resize_picture\",queue=\"images\"} 3",
    ] {
        assert!(lines.iter().any(|printed| printed == line), "{line} is not in {lines:#?}");
    }
}

#[tokio::test]
async fn otel_sends_a_trace_that_leads_to_both_runs() {
    let receiver = Receiver::start().await;
    let mut otel = Example::start_with("otel", &[("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.url())]).await;

    let trace = otel.until("trace ").await;
    otel.ended().await;

    let spans = receiver.spans();
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    assert!(names.starts_with(&["checkout", "send payments", "process payments"]), "{names:?}");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let runs = spans.iter().filter(|span| span.name == "process payments");
    let linked: Vec<String> = runs.map(|run| hex(&run.links[0].trace_id)).collect();
    assert_eq!(linked, [trace.as_str(), &trace]);
}

#[tokio::test]
async fn logs_tells_what_each_run_logged_and_how_far_the_last_one_came() {
    let mut logs = Example::start("logs").await;

    let lines = logs.lines(8).await;
    logs.ended().await;

    assert_eq!(lines[..2], ["attempt 1: info packing parcel=1", "attempt 1: info packing parcel=2"]);
    assert!(lines[2].starts_with("attempt 1: warn failed, will be retried") && lines[2].contains("the tape is gone"));
    let rest: Vec<String> = (1..=3).map(|parcel| format!("attempt 2: info packing parcel={parcel}")).collect();
    assert_eq!(lines[3..6], rest);
    assert_eq!(lines[6..], ["attempt 2: info all is packed", "3 of 3 parcels in attempt 2"]);
}

#[tokio::test]
async fn tags_are_given_before_the_run_and_after_it() {
    let mut tags = Example::start("tags").await;
    let up_to = |last: u32| format!("{:?}", (1..=last).map(|number| format!("tag{number}")).collect::<Vec<_>>());

    let before = tags.until("before the run: ").await;
    let inside = tags.until("Handled DoATaggedThing with data: ").await;
    let after = tags.until("after the run: ").await;

    assert_eq!(before, up_to(9));
    assert_eq!(inside, format!("this is a tagged job (tags {})", up_to(9)));
    assert_eq!(after, up_to(11));
    tags.until("found by \"tag11\": do_a_tagged_thing, which is completed").await;
    tags.stop().await;
}

#[tokio::test]
#[cfg(feature = "toml")]
async fn options_file_lets_the_variable_win_over_the_file_and_the_file_over_the_code() {
    let variables = [("TASK_TOWER_BACKEND_CONCURRENCY", "7")];
    let mut options_file = Example::start_with("options_file", &variables).await;

    let printed = options_file.lines(7).await;

    assert_eq!(
        printed,
        [
            "backend_concurrency: 7",
            "queue_prioritization: Strict",
            r#"queue_priorities: {"critical": 3, "default": 2, "low": 1}"#,
            "retention of dead jobs: 30 days",
            "poison_after: 5",
            r#"send_parcel: queue Some("critical"), max_retry_count Some(2)"#,
            "sent the parcel of order 1"
        ]
    );
    options_file.stop().await;
}

#[tokio::test]
async fn blocking_runs_a_handler_that_is_not_async() {
    let mut blocking = Example::start("blocking").await;

    blocking.until("there are 9592 primes below 100000").await;

    blocking.stop().await;
}

#[tokio::test]
async fn results_reads_back_what_the_handler_returned() {
    let mut results = Example::start("results").await;

    let json = results.until("kept: ").await;

    assert_eq!(json, r#"{"positions":2,"total_cents":2240}"#);
    results.until("an invoice of 2 positions, 2240 cents").await;
    results.stop().await;
}

#[tokio::test]
async fn bulk_enqueues_ten_thousand_jobs_and_runs_each_once() {
    let mut bulk = Example::start("bulk").await;

    bulk.until("10000 jobs enqueued in ").await;
    bulk.until("10000 greetings sent").await;

    let printed = bulk.stop().await;
    assert_eq!(printed.len(), 5, "{printed:#?}");
}

#[tokio::test]
async fn testing_runs_its_tests_to_the_end() {
    let testing = Example::start("testing").await;

    let passed = testing.ended().await;

    assert_eq!(passed, ["a welcome is sent once", "what is no address is given up", "a busy mailer is asked again"]);
}

#[tokio::test]
async fn unique_makes_no_second_job_while_the_first_lives() {
    let mut unique = Example::start("unique").await;

    let enqueued = unique.lines(3).await;
    let mut rest = unique.lines(4).await;
    // The last job may have run before its enqueue is told.
    rest.sort();

    let (new, there) = ("user 1, the name changed: a new job", "user 1, the address changed: there is one");
    assert_eq!(enqueued, [new, there, "user 2, the name changed: a new job"]);
    assert_eq!(
        rest,
        [
            "synced user 1, since the name changed",
            "synced user 1, since the photo changed",
            "synced user 2, since the name changed",
            "user 1, the photo changed: a new job"
        ]
    );
    assert_eq!(unique.stop().await.len(), 7);
}

#[tokio::test]
async fn batches_tell_of_the_first_death_and_of_the_end_but_of_no_success() {
    let mut batches = Example::start("batches").await;

    let mut news = batches.lines(3).await;
    news.sort();

    assert!(news[0].starts_with("a row could not be imported (batch "), "{news:?}");
    assert_eq!(news[1], "added 100 rows");
    assert!(news[2].starts_with("the import is over (batch "), "{news:?}");
    assert_eq!(batches.stop().await.len(), 3);
}

#[tokio::test]
async fn continuations_send_what_was_drawn_and_tidy_up_without_it() {
    let mut continuations = Example::start("continuations").await;

    let mut said = continuations.lines(2).await;
    said.sort();

    assert_eq!(said, ["sent /charts/2026.svg to the board", "tidied up, with no chart"]);
    assert_eq!(continuations.stop().await.len(), 2);
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

#[test]
fn every_example_is_listed_in_the_readme() {
    let unlisted = example::unlisted(include_str!("../../../../../README.md"));

    assert!(unlisted.is_empty(), "README.md does not link to {unlisted:?}");
}

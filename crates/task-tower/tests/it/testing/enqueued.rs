//! Assertions about what has been enqueued, and what they say when they fail.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use task_tower::testing::TestBed;
use task_tower::{Job, JobState, TaskTower};

use crate::support::stage::{Stage, Step, step};

/// Numbers that JSON writes in more than one way.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Measure {
    value: f64,
    unit: Option<String>,
}

impl Job for Measure {
    const KIND: &'static str = "measure";
}

async fn tower(bed: &TestBed) -> TaskTower {
    Stage::default().cast(bed.builder()).build().await.unwrap()
}

#[tokio::test]
async fn a_job_is_found_whatever_its_state() {
    let bed = TestBed::new().await;
    let tower = tower(&bed).await;
    let client = tower.client();
    client.enqueue(step("done")).await.unwrap();
    bed.drain(&tower).await;
    client.enqueue(step("waits")).to_queue("mail").tags(["vip"]).await.unwrap();
    client.schedule(step("later")).in_days(1).await.unwrap();

    let waits = bed.assert_enqueued(&step("waits")).await;

    assert_eq!((waits.queue.as_str(), waits.tags), ("mail", vec!["vip".to_owned()]));
    assert_eq!(bed.assert_enqueued(&step("done")).await.state, JobState::Completed);
    assert_eq!(bed.assert_enqueued(&step("later")).await.state, JobState::Scheduled);
    bed.assert_not_enqueued(&step("other")).await;
    let names: Vec<String> = bed.enqueued::<Step>().await.into_iter().map(|job| job.name).collect();
    assert_eq!(names, ["done", "waits", "later"]);
}

#[tokio::test]
async fn the_newest_of_several_alike_is_returned() {
    let bed = TestBed::new().await;
    let client = tower(&bed).await.client();
    client.enqueue(step("twin")).await.unwrap();
    let newest = client.enqueue(step("twin")).await.unwrap();

    assert_eq!(bed.assert_enqueued(&step("twin")).await.id, newest);
}

#[tokio::test]
async fn payloads_are_compared_as_values() {
    let bed = TestBed::new().await;
    let client = tower(&bed).await.client();
    for value in [1.0, 1e10, 0.1, 1e300] {
        client.enqueue(Measure { value, unit: None }).await.unwrap();
    }

    for value in [1.0, 1e10, 0.1, 1e300] {
        bed.assert_enqueued(&Measure { value, unit: None }).await;
        bed.assert_not_enqueued(&Measure { value, unit: Some("m".to_owned()) }).await;
    }
}

#[tokio::test]
async fn a_failed_assertion_lists_what_there_is() {
    let bed = TestBed::new().await;
    let client = tower(&bed).await.client();
    let near = client.enqueue(step("near")).to_queue("mail").tags(["vip", "new"]).await.unwrap();

    let message = failure(bed.assert_enqueued(&step("far"))).await;

    let (place, rest) = message.split_once(": ").unwrap();
    assert!(place.contains("enqueued.rs:"), "{message}");
    assert_eq!(
        rest,
        format!(
            "there is no job of kind \"step\" with the payload {{\"name\":\"far\"}}\nof this kind there are 1:\n  \
             {{\"name\":\"near\"}}  enqueued in queue \"mail\", tagged vip, new (job {near})"
        )
    );
}

#[tokio::test]
async fn a_failed_assertion_says_when_there_is_nothing() {
    let bed = TestBed::new().await;
    tower(&bed).await;

    let message = failure(bed.assert_enqueued(&step("far"))).await;

    assert!(message.ends_with("there is none of this kind at all"), "{message}");
}

#[tokio::test]
async fn a_failed_assertion_does_not_flood_the_terminal() {
    let bed = TestBed::new().await;
    let client = tower(&bed).await.client();
    client.enqueue_all((0..50).map(|_| step("ä".repeat(5_000)))).await.unwrap();

    let message = failure(bed.assert_enqueued(&step("far"))).await;

    assert!(message.contains("there are 50") && message.lines().count() == 23, "{message}");
    assert!(message.len() < 20_000);
}

#[tokio::test]
async fn what_should_not_be_there_is_shown() {
    let bed = TestBed::new().await;
    tower(&bed).await.client().enqueue(step("far")).await.unwrap();

    let message = failure(bed.assert_not_enqueued(&step("far"))).await;

    assert!(message.contains("there is a job of kind \"step\" with the payload {\"name\":\"far\"}"), "{message}");
}

/// What the assertion says as it fails.
async fn failure<T>(assertion: impl Future<Output = T>) -> String {
    let panic = AssertUnwindSafe(assertion).catch_unwind().await.err().expect("the assertion holds");
    *panic.downcast::<String>().unwrap()
}

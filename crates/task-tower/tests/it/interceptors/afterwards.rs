//! Success and failure interceptors: when they run, and what they are told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use task_tower::{ErrorDetails, EventKind, JobId, JobState, KindConfig};

use super::{Act, House, Log};
use crate::support::{in_state, until};

fn all(config: KindConfig, log: &Log) -> KindConfig {
    let config = config.success_interceptor(log.notes_that("success"));
    let config = config.failure_interceptor(log.notes_that("failure"));
    let config = config.success_interceptor(log.notes_that("second success"));
    config.failure_interceptor(log.notes_that("second failure"))
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_success_those_for_success_run_in_order() {
    let house = House::new(all).await;

    let job = house.run(Act::Succeed).await;

    assert_eq!((job.state, job.events.len()), (JobState::Completed, 0));
    assert_eq!(house.stop().await, ["handler", "success", "second success"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_every_failed_run_those_for_failure_run_the_last_one_included() {
    let house = House::new(all).await;

    let job = house.run(Act::Fail).await;

    assert_eq!((job.state, job.attempt), (JobState::Dead, 2));
    let run = ["handler", "failure", "second failure"];
    assert_eq!(house.stop().await, [run, run].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_neither_failed_nor_succeeded_is_told_to_nobody() {
    let house = House::new(all).await;

    house.run(Act::Snooze).await;
    house.run(Act::Cancel).await;

    assert_eq!(house.stop().await, ["handler", "handler"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_is_told_before_it_is_recorded() {
    let states = Arc::new(Mutex::new(None));
    let seen = states.clone();
    let (gate, open) = tokio::sync::watch::channel(false);
    let house = House::new(|config, _| {
        config.success_interceptor(move |context: task_tower::InterceptorContext| {
            *seen.lock().unwrap() = Some(context.run().job_id());
            let mut open = open.clone();
            async move { open.wait_for(|open| *open).await.map(drop) }
        })
    })
    .await;

    let id = house.client.enqueue(Act::Succeed).await.unwrap();
    until("the interceptor runs", async || *states.lock().unwrap() == Some(id)).await;
    let meanwhile = house.console.job(id).await.unwrap().state;
    gate.send(true).unwrap();

    assert_eq!(meanwhile, JobState::Processing);
    in_state(&house.console, id, JobState::Completed).await;
    house.stop().await;
}

type Told = Arc<Mutex<Vec<(JobId, ErrorDetails)>>>;

/// What failure interceptors are told of a job that fails once, and what the job's own event says.
async fn told_of(act: Act, payload: Option<&str>) -> (ErrorDetails, DateTime<Utc>, DateTime<Utc>) {
    let told = Told::default();
    let tells = told.clone();
    let house = House::new(|config, log| {
        let tell = log.tells(move |context| {
            tells.lock().unwrap().push((context.run().job_id(), context.error().unwrap().clone()));
            Ok(())
        });
        config.max_retry_count(0).timeout(Duration::from_millis(50)).failure_interceptor(tell)
    })
    .await;
    let job = match payload {
        None => house.run(act).await,
        Some(payload) => {
            let id: uuid::Uuid =
                house.bed.query("SELECT tower.enqueue('act', $1::text::jsonb)", &[&payload]).await[0].get(0);
            in_state(&house.console, JobId::from(id), JobState::Dead).await
        }
    };
    house.stop().await;
    let told = told.lock().unwrap();
    assert_eq!((told.len(), told[0].0), (1, job.id));
    let failed = job.events.iter().find(|event| event.event == EventKind::Failed).unwrap();
    let failure = failed.error.clone().unwrap();
    assert_eq!((told[0].1.message.as_str(), &told[0].1.details), (failure.message.as_str(), &failure.details));
    (told[0].1.clone(), failed.started_at.unwrap(), failed.at)
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_told_message_details_and_time_of_every_sort_of_failure() {
    for (act, payload, message) in [
        (Act::Fail, None, "no luck"),
        (Act::Panic, None, "no nerves"),
        (Act::Hang, None, "took longer than its limit of 50ms"),
        (Act::Discard, None, "no use"),
        (Act::Fail, Some("\"Fly\""), "the payload does not decode: unknown variant `Fly`"),
    ] {
        let (told, began, noted) = told_of(act, payload).await;

        assert!(told.message.starts_with(message), "{told:?}");
        assert_eq!(told.details.is_some(), message == "no nerves", "a panic has its place: {told:?}");
        assert!(began <= told.occurred_at && told.occurred_at <= noted, "{told:?} between {began} and {noted}");
    }
}

//! What workers tell of how they run their kinds.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    AttemptCount, Console, InterceptorContext, Job, JobContext, JobError, JobState, KindDetails, KindOptions, Next,
    Outcome, RetryPolicy, Unique, UniqueSetup, Window,
};

use crate::support::{TestBed, in_state, until};

#[derive(Serialize, Deserialize)]
struct Letter;

impl Job for Letter {
    const KIND: &'static str = "letter";
    const QUEUE: &'static str = "mail";
    const MAX_RETRIES: u32 = 2;
    const TIMEOUT: Option<Duration> = Some(Duration::from_secs(30));
    const UNIQUE: Option<Unique> = Some(Unique::by_kind());
}

#[derive(Serialize, Deserialize)]
struct Parcel {
    number: u32,
}

impl Job for Parcel {
    const KIND: &'static str = "parcel";
}

async fn send(_letter: Letter) -> Result<(), JobError> {
    Ok(())
}

/// The number tells with which run it goes well; with zero, none does.
async fn deliver(parcel: Parcel, run: JobContext) -> Result<(), JobError> {
    match parcel.number > 0 && run.attempt() >= parcel.number {
        true => Ok(()),
        false => Err(JobError::new("nobody opened")),
    }
}

async fn note(_context: InterceptorContext) -> Result<(), JobError> {
    Ok(())
}

async fn watch(_context: InterceptorContext, next: Next) -> Result<Outcome, JobError> {
    next.run().await
}

async fn told(console: &Console, kind: &str) -> KindDetails {
    until("a worker told of the kind", async || {
        console.kind(kind, Window::Hour).await.is_ok_and(|details| !details.registrations.is_empty())
    })
    .await;
    console.kind(kind, Window::Hour).await.unwrap()
}

#[tokio::test]
async fn a_kind_is_told_as_options_registration_and_type_say_together() {
    let bed = TestBed::new().await;
    let options: KindOptions = serde_json::from_str(r#"{ "priority": 7 }"#).unwrap();
    let tower = bed
        .builder()
        .app_version("v1")
        .job_with(send, |kind| {
            kind.queue("post").death_interceptor(note).death_interceptor(note).around_interceptor(watch)
        })
        .job_with(deliver, |kind| {
            kind.retry_policy(RetryPolicy::custom(|retry| Duration::from_secs(u64::from(retry)))).max_retry_count(3)
        })
        .kinds([("letter", options)])
        .build()
        .await
        .unwrap();
    let (console, running) = (tower.console(), tower.start().unwrap());

    let (letter, parcel) = (told(&console, "letter").await, told(&console, "parcel").await);
    running.stop().await;
    let ended = console.kind("letter", Window::Hour).await.unwrap();

    let [one] = &letter.registrations[..] else { panic!("{letter:?}") };
    let setup = &one.setup;
    assert_eq!((&*setup.queue, setup.priority, setup.max_retries), ("post", 7, 2));
    assert_eq!((setup.timeout_ms, &setup.unique), (Some(30_000), &Some(UniqueSetup::Kind)));
    assert_eq!(
        (&*setup.retry_policy, &*setup.retry_delays_ms),
        ("standard", &[(17_000, 46_000), (32_000, 90_000)][..])
    );
    let moments: Vec<(&str, usize)> = setup.interceptors.iter().map(|(name, all)| (&**name, all.len())).collect();
    assert_eq!(moments, [("around", 1), ("death", 2)]);
    assert!(setup.interceptors["death"][0].contains("note"), "{setup:?}");
    assert_eq!((&*one.versions, one.workers.len(), one.lives), (&["v1".to_owned()][..], 1, true));
    let parcel = &parcel.registrations[0].setup;
    assert_eq!(
        (&*parcel.retry_policy, &*parcel.retry_delays_ms),
        ("custom", &[(1_000, 1_000), (2_000, 2_000), (3_000, 3_000)][..])
    );
    assert_eq!((ended.registrations[0].lives, &ended.registrations[0].setup), (false, setup));
}

#[tokio::test]
async fn workers_that_agree_are_one_registration_and_those_that_do_not_are_several() {
    let bed = TestBed::new().await;
    let worker = async |version: &str, retries: u32| {
        let tower = bed.builder().app_version(version).job_with(send, move |kind| kind.max_retry_count(retries));
        tower.build().await.unwrap().start().unwrap()
    };
    let console = bed.builder().build().await.unwrap().console();
    let number = async |wanted: i64| {
        until("the worker is there", async || bed.number("SELECT count(*) FROM tower.worker").await == wanted).await;
    };

    let first = worker("v1", 1).await;
    number(1).await;
    let second = worker("v1b", 1).await;
    number(2).await;
    let third = worker("v2", 5).await;
    number(3).await;
    let told = console.kind("letter", Window::Hour).await.unwrap().registrations;
    let one = [first, second, third];
    for running in one {
        running.stop().await;
    }

    let ways: Vec<(u32, &[String], usize)> =
        told.iter().map(|one| (one.setup.max_retries, &*one.versions, one.workers.len())).collect();
    let versions = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    assert_eq!(ways, [(5, &*versions(&["v2"]), 1), (1, &*versions(&["v1", "v1b"]), 2)]);
}

#[tokio::test]
async fn what_is_too_much_to_tell_is_left_out_and_the_worker_runs_all_the_same() {
    let bed = TestBed::new().await;
    let tower = bed
        .builder()
        .job_with(send, |kind| (0..12_000).fold(kind, |kind, _| kind.success_interceptor(note)))
        .job(deliver)
        .build()
        .await
        .unwrap();
    let (client, console, running) = (tower.client(), tower.console(), tower.start().unwrap());

    let id = client.enqueue(Parcel { number: 1 }).await.unwrap();
    in_state(&console, id, JobState::Completed).await;
    let parcel = told(&console, "parcel").await;
    let letter = console.kind("letter", Window::Hour).await.unwrap();

    assert_eq!((parcel.registrations.len(), letter.registrations.len()), (1, 0));
    running.stop().await;
}

#[tokio::test]
async fn attempts_are_counted_by_how_many_there_were_and_how_it_ended() {
    let bed = TestBed::new().await;
    let tower = bed
        .builder()
        .job_with(deliver, |kind| kind.retry_policy(RetryPolicy::custom(|_| Duration::ZERO)).max_retry_count(2))
        .build()
        .await
        .unwrap();
    let (client, console, running) = (tower.client(), tower.console(), tower.start().unwrap());

    for (number, state) in
        [(1, JobState::Completed), (1, JobState::Completed), (3, JobState::Completed), (0, JobState::Dead)]
    {
        let id = client.enqueue(Parcel { number }).await.unwrap();
        in_state(&console, id, state).await;
    }
    let attempts = console.kind("parcel", Window::Hour).await.unwrap().attempts;
    running.stop().await;

    let told: Vec<(u32, u64, u64)> =
        attempts.iter().map(|AttemptCount { attempts, completed, dead, .. }| (*attempts, *completed, *dead)).collect();
    assert_eq!(told, [(1, 2, 0), (3, 1, 1)]);
}

//! What is refused: nothing of it is left behind.

use serde::{Deserialize, Serialize};
use task_tower::{BATCH_NAME_BYTES_MAX, BatchId, Job};
use uuid::Uuid;

use super::{Calls, call, open, part};
use crate::support::TestBed;

fn unknown() -> BatchId {
    BatchId::from(Uuid::from_u128(7))
}

/// All that a batch leaves in the tables.
async fn rows(bed: &TestBed) -> i64 {
    bed.number(
        "SELECT (SELECT count(*) FROM tower.job) + (SELECT count(*) FROM tower.batch) + (SELECT count(*) FROM tower.batch_delta)
              + (SELECT count(*) FROM tower.batch_callback)",
    )
    .await
}

#[tokio::test]
async fn a_batch_that_does_not_exist_takes_nothing() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = tower.client().batch(unknown());

    let errors = [
        batch.add(part("ok")).await.unwrap_err(),
        batch.add(part("ok")).unique_key("key").await.unwrap_err(),
        batch.add_all((0..10).map(|_| part("ok"))).await.unwrap_err(),
        batch.open_batch("inner").on_finished(call("finished")).await.unwrap_err(),
        batch.close().await.unwrap_err(),
        tower.console().batch(unknown()).await.unwrap_err(),
    ];

    for error in errors {
        assert!(error.is_not_found(), "{error:?}");
        assert_eq!(error.to_string(), format!("batch {} does not exist", unknown()));
    }
    assert_eq!(rows(&bed).await, 0);
}

#[tokio::test]
async fn a_closed_batch_takes_nothing_and_is_not_closed_twice() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = tower.client().open_batch("").await.unwrap();
    batch.add(part("ok")).await.unwrap();
    batch.close().await.unwrap();
    let before = rows(&bed).await;

    let errors = [
        batch.add(part("ok")).await.unwrap_err(),
        batch.add(part("ok")).unique_key("key").await.unwrap_err(),
        batch.add_all((0..10).map(|_| part("ok"))).await.unwrap_err(),
        batch.open_batch("inner").on_finished(call("finished")).await.unwrap_err(),
    ];
    let twice = batch.close().await.unwrap_err();

    for error in errors {
        assert!(error.is_conflict(), "{error:?}");
        assert_eq!(error.to_string(), format!("batch {} is closed", batch.id()));
    }
    assert!(twice.is_conflict(), "{twice:?}");
    assert_eq!(twice.to_string(), format!("batch {} is closed already", batch.id()));
    assert_eq!(rows(&bed).await, before);
}

#[tokio::test]
async fn a_bulk_with_a_bad_job_adds_none() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.cast(bed.builder().payload_bytes_max(100)).build().await.unwrap();
    let batch = open(&tower).await;
    let before = rows(&bed).await;

    let jobs = (0..6_000).map(|number| part(&"x".repeat(if number == 5_999 { 101 } else { 1 })));
    let error = batch.add_all(jobs).await.unwrap_err();

    assert!(error.is_invalid(), "{error:?}");
    assert_eq!(rows(&bed).await, before);
}

#[derive(Serialize, Deserialize)]
struct Unnamed;

impl Job for Unnamed {
    const KIND: &'static str = "";
}

#[tokio::test]
async fn a_name_or_a_callback_that_cannot_be_is_refused_when_the_batch_is_opened() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let client = calls.tower(&bed).await.client();

    let errors = [
        client.open_batch("x".repeat(BATCH_NAME_BYTES_MAX + 1)).await.unwrap_err(),
        client.open_batch("two\nlines").await.unwrap_err(),
        client.open_batch("").on_death(Unnamed).await.unwrap_err(),
        client.open_batch("").on_success(call("a NUL \0 is not stored")).await.unwrap_err(),
    ];

    for error in errors {
        assert!(error.is_invalid(), "{error:?}");
    }
    assert_eq!(rows(&bed).await, 0);
}

#[tokio::test]
async fn a_unique_job_that_lives_is_not_moved_into_the_batch() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let first = tower.client().enqueue(part("ok")).unique_key("key").await.unwrap();
    let batch = open(&tower).await;

    let second = batch.add(part("ok")).unique_key("key").or_find().await.unwrap();

    assert_eq!((second.id(), second.is_new()), (first, false));
    assert_eq!(tower.console().job(first).await.unwrap().batch, None);
    assert_eq!(tower.console().batch(batch.id()).await.unwrap().total, 0);
}

#[tokio::test]
async fn all_kinds_of_requests_add_members() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;

    let mut members = vec![batch.add(part("ok")).to_queue("mail").tags(["vip"]).in_hours(1).await.unwrap()];
    members.push(batch.add(part("ok")).unique_key("key").await.unwrap());
    members.extend(batch.add_all([part("ok"), part("ok")]).priority(3).await.unwrap());

    for member in members {
        assert_eq!(tower.console().job(member).await.unwrap().batch, Some(batch.id()));
    }
    assert_eq!(tower.console().batch(batch.id()).await.unwrap().total, 4);
}

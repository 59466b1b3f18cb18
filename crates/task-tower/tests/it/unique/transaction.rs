//! Keys that open transactions hold: whoever comes second waits for their end, and holds up nobody else.

use std::time::{Duration, Instant};

use task_tower::Enqueued;

use super::{enqueue_by_sql, enqueue_sync, live, sync};
use crate::support::{TestBed, until};

const KEY_1: &str = r#"'sync', unique_key => tower.payload_key('{"user": 1}', '{user}')"#;

/// Begins a transaction with a job of user 1, lets a client enqueue the same, and ends the transaction while
/// that waits.
async fn meets_a_transaction_that(end: &str) -> (TestBed, task_tower::JobId, Enqueued) {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let transaction = bed.connect().await;
    transaction.batch_execute("BEGIN").await.unwrap();
    let arguments = KEY_1.replace("tower.", &format!("{}.", bed.quoted()));
    let holder = enqueue_by_sql(&bed, &transaction, &arguments).await;

    let enqueueing = tokio::spawn(async move { enqueue_sync(&client, 1).await });
    until("it waits", async || bed.number(&waiting(&bed)).await > 0).await;
    transaction.batch_execute(end).await.unwrap();

    let answer = enqueueing.await.unwrap();
    (bed, holder, answer)
}

/// How many statements on this schema wait for somebody's transaction.
fn waiting(bed: &TestBed) -> String {
    let condition = format!("wait_event = 'transactionid' AND query LIKE '%{}%'", bed.schema);
    format!("SELECT count(*) FROM pg_stat_activity WHERE {condition}")
}

#[tokio::test]
async fn a_holder_whose_transaction_rolls_back_was_never_there() {
    let (bed, holder, answer) = meets_a_transaction_that("ROLLBACK").await;

    assert!(answer.is_new() && answer.id() != holder);
    assert_eq!(live(&bed).await, 1);
}

#[tokio::test]
async fn a_holder_whose_transaction_commits_is_found() {
    let (bed, holder, answer) = meets_a_transaction_that("COMMIT").await;

    assert_eq!(answer, Enqueued::Existing(holder));
    assert_eq!(live(&bed).await, 1);
}

#[tokio::test]
async fn a_key_that_stays_taken_is_given_up_and_other_keys_do_not_wait_for_it() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let transaction = bed.connect().await;
    transaction.batch_execute("BEGIN").await.unwrap();
    enqueue_by_sql(&bed, &transaction, "'sync', unique_key => 'taken'").await;

    let stuck = client.enqueue(sync(1, "a")).unique_key("taken").into_future();
    let began = Instant::now();
    let stuck = tokio::spawn(async move { (stuck.await.unwrap_err(), began.elapsed()) });
    until("it waits", async || bed.number(&waiting(&bed)).await > 0).await;
    let mut longest = Duration::ZERO;
    for user in 0..20 {
        let began = Instant::now();
        assert!(enqueue_sync(&client, user).await.is_new());
        client.enqueue(sync(user, "plain")).await.unwrap();
        longest = longest.max(began.elapsed());
    }

    let (error, waited) = stuck.await.unwrap();
    assert!(error.is_unavailable(), "{error:?}");
    assert!(error.to_string().contains("another transaction holds what it needs, and has not ended"), "{error}");
    assert!(waited < Duration::from_secs(15), "given up after {waited:?}");
    assert!(longest < waited / 2, "others waited for {longest:?}, of {waited:?}");
}

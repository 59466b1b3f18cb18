//! Batches in transactions of the caller's.

use std::future::IntoFuture;

use super::{Calls, ended, numbers, open};
#[cfg(feature = "tokio-postgres-0_7")]
use super::{part, with_all_callbacks};
use crate::support::{TestBed, until};

#[cfg(feature = "tokio-postgres-0_7")]
#[tokio::test]
async fn a_batch_of_a_transaction_that_is_rolled_back_never_was() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let mut client = bed.connect().await;

    let mut transaction = client.transaction().await.unwrap();
    let batch = with_all_callbacks(tower.client().open_batch("")).in_transaction(&mut transaction).await.unwrap();
    batch.add(part("ok")).in_transaction(&mut transaction).await.unwrap();
    batch.close().in_transaction(&mut transaction).await.unwrap();
    transaction.rollback().await.unwrap();

    assert!(tower.console().batch(batch.id()).await.unwrap_err().is_not_found());
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}

#[cfg(feature = "tokio-postgres-0_7")]
#[tokio::test]
async fn a_batch_that_is_committed_runs() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let running = tower.start().unwrap();
    let mut client = bed.connect().await;

    let mut transaction = client.transaction().await.unwrap();
    let batch = with_all_callbacks(tower.client().open_batch("")).in_transaction(&mut transaction).await.unwrap();
    batch.add(part("ok")).in_transaction(&mut transaction).await.unwrap();
    batch.close().in_transaction(&mut transaction).await.unwrap();
    transaction.commit().await.unwrap();

    let record = ended(&bed, &tower.console(), batch.id()).await;
    assert_eq!(numbers(&record), [1, 1, 0, 0]);
    assert_eq!(calls.of(batch.id()), ["finished", "success"]);
    running.stop().await;
}

#[cfg(feature = "tokio-postgres-0_7")]
#[tokio::test]
async fn refusals_are_told_apart_and_leave_nothing() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;
    batch.close().await.unwrap();
    let mut client = bed.connect().await;

    let mut transaction = client.transaction().await.unwrap();
    let closed = batch.add(part("ok")).in_transaction(&mut transaction).await.unwrap_err();
    transaction.rollback().await.unwrap();
    let mut transaction = client.transaction().await.unwrap();
    let twice = batch.close().in_transaction(&mut transaction).await.unwrap_err();
    transaction.rollback().await.unwrap();

    assert!(closed.is_conflict() && twice.is_conflict(), "{closed:?} {twice:?}");
}

/// It would end without the jobs that are about to come.
#[tokio::test]
async fn a_batch_is_not_closed_while_somebody_adds_to_it() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;
    let client = bed.connect().await;
    let add =
        format!("BEGIN; SELECT {}.enqueue('part', '{{\"act\": \"ok\"}}', batch_id => '{}')", bed.quoted(), batch.id());
    client.batch_execute(&add).await.unwrap();

    let closing = tokio::spawn(batch.close().into_future());
    let waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    until("it waits", async || bed.number(waits).await > 0 || closing.is_finished()).await;
    assert!(!closing.is_finished());
    client.batch_execute("COMMIT").await.unwrap();

    closing.await.unwrap().unwrap();
    let running = tower.start().unwrap();
    let record = ended(&bed, &tower.console(), batch.id()).await;
    assert_eq!(numbers(&record), [1, 1, 0, 0]);
    running.stop().await;
}

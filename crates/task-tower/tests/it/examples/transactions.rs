//! The examples that enqueue in a transaction, one for each driver whose feature is on, and the one that
//! completes in one.

#![cfg(any(feature = "diesel-async-0_9", feature = "sea-orm-2", feature = "sqlx-0_9", feature = "tokio-postgres-0_7"))]

use crate::support::example::Example;

/// The roll-back came first: a job of its would run first.
async fn assert_only_the_committed_order_has_its_receipt(mut example: Example) {
    example.until("rolled back").await;
    example.until("committed").await;
    example.until("receipt for order ").await;

    let printed = example.stop().await;
    let receipts: Vec<&String> = printed.iter().filter(|line| line.starts_with("receipt")).collect();
    assert_eq!(receipts, ["receipt for order 2: a book"]);
}

#[tokio::test]
#[cfg(feature = "diesel-async-0_9")]
async fn transaction_diesel_async_sends_the_committed_receipt_only() {
    assert_only_the_committed_order_has_its_receipt(Example::start("transaction_diesel_async").await).await;
}

#[tokio::test]
#[cfg(feature = "sea-orm-2")]
async fn transaction_sea_orm_sends_the_committed_receipt_only() {
    assert_only_the_committed_order_has_its_receipt(Example::start("transaction_sea_orm").await).await;
}

#[tokio::test]
#[cfg(feature = "sqlx-0_9")]
async fn transaction_sqlx_sends_the_committed_receipt_only() {
    assert_only_the_committed_order_has_its_receipt(Example::start("transaction_sqlx").await).await;
}

#[tokio::test]
#[cfg(feature = "tokio-postgres-0_7")]
async fn transaction_tokio_postgres_sends_the_committed_receipt_only() {
    assert_only_the_committed_order_has_its_receipt(Example::start("transaction_tokio_postgres").await).await;
}

#[tokio::test]
#[cfg(feature = "tokio-postgres-0_7")]
async fn transactional_completion_pays_once_in_two_attempts() {
    let mut example = Example::start("transactional_completion").await;

    let story = example.lines(3).await;

    assert_eq!(
        story,
        [
            "attempt 1: paid, and failed before the commit",
            "attempt 2: paid, committed, and failed after it",
            "the job is completed, 990 cents are on the account"
        ]
    );
    example.stop().await;
}

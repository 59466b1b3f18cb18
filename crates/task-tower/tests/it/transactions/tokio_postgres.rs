//! tokio-postgres 0.7.

use task_tower::{Completion, Enqueued, Error, JobId, Request};
use tokio_postgres::{Client, NoTls};

use super::completion::Completing;
use super::{Driver, End, Moment, Parcel};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

struct Transaction;

impl Driver for Transaction {
    async fn transact(url: &str, request: Request<Parcel>, at: impl AsyncFn(Moment), end: End) -> Result<JobId, Error> {
        let mut client = connect(url).await;
        let mut transaction = client.transaction().await.unwrap();
        at(Moment::Begun).await;
        let id = request.in_transaction(&mut transaction).await?;
        at(Moment::Enqueued).await;
        match end {
            End::Commit => transaction.commit().await.unwrap(),
            End::RollBack => transaction.rollback().await.unwrap(),
        }
        Ok(id)
    }
}

impl Completing for Transaction {
    async fn complete(url: &str, statement: &str, completion: Completion<'_>, end: End) -> Result<(), Error> {
        let mut client = connect(url).await;
        let mut transaction = client.transaction().await.unwrap();
        transaction.execute(statement, &[]).await.unwrap();
        completion.in_transaction(&mut transaction).await?;
        match end {
            End::Commit => transaction.commit().await.unwrap(),
            End::RollBack => transaction.rollback().await.unwrap(),
        }
        Ok(())
    }
}

struct Connection;

impl Driver for Connection {
    async fn transact(url: &str, request: Request<Parcel>, at: impl AsyncFn(Moment), end: End) -> Result<JobId, Error> {
        let mut client = connect(url).await;
        client.batch_execute("BEGIN").await.unwrap();
        at(Moment::Begun).await;
        let id = request.in_transaction(&mut client).await?;
        at(Moment::Enqueued).await;
        let last = if end == End::Commit { "COMMIT" } else { "ROLLBACK" };
        client.batch_execute(last).await.unwrap();
        Ok(id)
    }
}

impl Completing for Connection {
    async fn complete(url: &str, statement: &str, completion: Completion<'_>, end: End) -> Result<(), Error> {
        let mut client = connect(url).await;
        client.batch_execute("BEGIN").await.unwrap();
        client.batch_execute(statement).await.unwrap();
        completion.in_transaction(&mut client).await?;
        let last = if end == End::Commit { "COMMIT" } else { "ROLLBACK" };
        client.batch_execute(last).await.unwrap();
        Ok(())
    }
}

mod transaction {
    crate::transactions::test_driver!(super::Transaction);
    crate::transactions::completion::test_completion!(super::Transaction);
}

mod connection {
    crate::transactions::test_driver!(super::Connection);
    crate::transactions::completion::test_completion!(super::Connection);
}

#[tokio::test]
async fn a_transaction_goes_on_after_a_conflict_and_can_ask_which_job_it_was_with() {
    let bed = crate::support::TestBed::new().await;
    let tower = super::build(&bed).await;
    let request = || tower.client().enqueue(super::parcel()).unique_key("x");
    let holder = request().await.unwrap();
    let mut connection = bed.connect().await;
    let mut transaction = connection.transaction().await.unwrap();

    let error = request().or_conflict().in_transaction(&mut transaction).await.unwrap_err();
    let found = request().or_find().in_transaction(&mut transaction).await.unwrap();
    let other = tower.client().enqueue(super::parcel()).or_find().in_transaction(&mut transaction).await.unwrap();
    transaction.commit().await.unwrap();

    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(found, Enqueued::Existing(holder));
    assert!(other.is_new() && tower.console().job(other.id()).await.is_ok());
}

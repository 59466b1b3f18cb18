//! tokio-postgres 0.7.

use task_tower::{Completion, Error, JobId, Request};
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

//! sqlx 0.9.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use task_tower::{Completion, Error, JobId, Request};

use super::completion::Completing;
use super::{Driver, End, Moment, Parcel};

struct Transaction;

impl Driver for Transaction {
    async fn transact(url: &str, request: Request<Parcel>, at: impl AsyncFn(Moment), end: End) -> Result<JobId, Error> {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
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
        let mut connection = PgConnection::connect(url).await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await.unwrap();
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
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::query("BEGIN").execute(&mut connection).await.unwrap();
        at(Moment::Begun).await;
        let id = request.in_transaction(&mut connection).await?;
        at(Moment::Enqueued).await;
        let last = if end == End::Commit { "COMMIT" } else { "ROLLBACK" };
        sqlx::query(last).execute(&mut connection).await.unwrap();
        Ok(id)
    }
}

impl Completing for Connection {
    async fn complete(url: &str, statement: &str, completion: Completion<'_>, end: End) -> Result<(), Error> {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::query("BEGIN").execute(&mut connection).await.unwrap();
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        completion.in_transaction(&mut connection).await?;
        let last = if end == End::Commit { "COMMIT" } else { "ROLLBACK" };
        sqlx::query(last).execute(&mut connection).await.unwrap();
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

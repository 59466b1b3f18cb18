//! SeaORM 2.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, TransactionTrait};
use task_tower::{Completion, Error, JobId, Request};

use super::completion::Completing;
use super::{Driver, End, Moment, Parcel};

struct Transaction;

impl Driver for Transaction {
    async fn transact(url: &str, request: Request<Parcel>, at: impl AsyncFn(Moment), end: End) -> Result<JobId, Error> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1);
        let database = Database::connect(options).await.unwrap();
        let mut transaction = database.begin().await.unwrap();
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
        let mut options = ConnectOptions::new(url);
        options.max_connections(1);
        let database = Database::connect(options).await.unwrap();
        let mut transaction = database.begin().await.unwrap();
        transaction.execute_unprepared(statement).await.unwrap();
        completion.in_transaction(&mut transaction).await?;
        match end {
            End::Commit => transaction.commit().await.unwrap(),
            End::RollBack => transaction.rollback().await.unwrap(),
        }
        Ok(())
    }
}

crate::transactions::test_driver!(Transaction);
crate::transactions::completion::test_completion!(Transaction);

//! SeaORM 2.

use sea_orm::{ConnectOptions, Database, TransactionTrait};
use task_tower::{Error, JobId, Request};

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

crate::transactions::test_driver!(Transaction);

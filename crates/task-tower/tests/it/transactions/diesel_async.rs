//! diesel-async 0.9.

use diesel_async::{
    AnsiTransactionManager, AsyncConnection, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
};
use task_tower::{Completion, Error, JobId, Request};

use super::completion::Completing;
use super::{Driver, End, Moment, Parcel, build, count, parcel, url};
use crate::support::TestBed;

struct Connection;

impl Driver for Connection {
    async fn transact(url: &str, request: Request<Parcel>, at: impl AsyncFn(Moment), end: End) -> Result<JobId, Error> {
        let mut connection = AsyncPgConnection::establish(url).await.unwrap();
        AnsiTransactionManager::begin_transaction(&mut connection).await.unwrap();
        at(Moment::Begun).await;
        let id = request.in_transaction(&mut connection).await?;
        at(Moment::Enqueued).await;
        match end {
            End::Commit => AnsiTransactionManager::commit_transaction(&mut connection).await.unwrap(),
            End::RollBack => AnsiTransactionManager::rollback_transaction(&mut connection).await.unwrap(),
        }
        Ok(id)
    }
}

impl Completing for Connection {
    async fn complete(url: &str, statement: &str, completion: Completion<'_>, end: End) -> Result<(), Error> {
        let mut connection = AsyncPgConnection::establish(url).await.unwrap();
        AnsiTransactionManager::begin_transaction(&mut connection).await.unwrap();
        connection.batch_execute(statement).await.unwrap();
        completion.in_transaction(&mut connection).await?;
        match end {
            End::Commit => AnsiTransactionManager::commit_transaction(&mut connection).await.unwrap(),
            End::RollBack => AnsiTransactionManager::rollback_transaction(&mut connection).await.unwrap(),
        }
        Ok(())
    }
}

crate::transactions::test_driver!(Connection);
crate::transactions::completion::test_completion!(Connection);

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::test]
async fn a_closure_of_diesel_takes_the_job_along() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let client = tower.client();
    let mut connection = AsyncPgConnection::establish(&url(&bed)).await.unwrap();

    let id = connection
        .transaction::<_, Failure, _>(async |connection| {
            Ok(client.enqueue(parcel()).in_transaction(connection).await?)
        })
        .await
        .unwrap();

    assert_eq!(tower.console().job(id).await.unwrap().kind, "parcel");
}

#[tokio::test]
async fn a_closure_of_diesel_that_fails_leaves_no_job() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let client = tower.client();
    let mut connection = AsyncPgConnection::establish(&url(&bed)).await.unwrap();

    let failed = connection
        .transaction::<(), Failure, _>(async |connection| {
            client.enqueue(parcel()).in_transaction(connection).await?;
            Err("changed my mind".into())
        })
        .await;

    assert_eq!(failed.unwrap_err().to_string(), "changed my mind");
    assert_eq!(count(&tower.console()).await, 0);
}

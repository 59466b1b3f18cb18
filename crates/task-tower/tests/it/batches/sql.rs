//! Batches from any language: the documented functions.

use task_tower::{BatchId, JobId};
use tokio_postgres::Client;
use tokio_postgres::error::DbError;
use uuid::Uuid;

use super::{Calls, ended, numbers};
use crate::support::TestBed;

async fn ask(bed: &TestBed, client: &Client, sql: &str) -> Uuid {
    let sql = sql.replace("tower.", &format!("{}.", bed.quoted()));
    client.query_one(&sql, &[]).await.unwrap().get(0)
}

async fn refusal(bed: &TestBed, sql: &str) -> DbError {
    let sql = sql.replace("tower.", &format!("{}.", bed.quoted()));
    let error = bed.connect().await.query(&sql, &[]).await.unwrap_err();
    error.as_db_error().unwrap().clone()
}

#[tokio::test]
async fn a_batch_is_opened_filled_and_closed_in_one_transaction() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let running = tower.start().unwrap();
    let client = bed.connect().await;

    client.batch_execute("BEGIN").await.unwrap();
    let opened = "SELECT tower.open_batch('by SQL', on_finished => '{\"kind\": \"call\", \"payload\": {\"event\": \"finished\"}, \"queue\": \"mail\", \"priority\": 3}')";
    let id = ask(&bed, &client, opened).await;
    let member =
        ask(&bed, &client, &format!("SELECT tower.enqueue('part', '{{\"act\": \"ok\"}}', batch_id => '{id}')")).await;
    client.batch_execute(&format!("SELECT {}.close_batch('{id}'); COMMIT", bed.quoted())).await.unwrap();

    let (id, console) = (BatchId::from(id), tower.console());
    let record = ended(&bed, &console, id).await;
    assert_eq!((record.name.as_str(), numbers(&record)), ("by SQL", [1, 1, 0, 0]));
    assert_eq!(console.job(JobId::from(member)).await.unwrap().batch, Some(id));
    assert_eq!(calls.of(id), ["finished"]);
    let callback = console.job(console.batch_callbacks(id).await.unwrap()[0].job.unwrap()).await.unwrap();
    assert_eq!((callback.queue.as_str(), callback.priority), ("mail", 3));
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    calls.tower(&bed).await;
    let nobody = "00000000-0000-0000-0000-000000000007";

    let refusals = [
        (format!("SELECT tower.open_batch(parent => '{nobody}', id => '{nobody}')"), format!("batch {nobody} cannot be inside of itself")),
        (format!("SELECT tower.open_batch(parent => '{nobody}')"), format!("batch {nobody} does not exist")),
        (format!("SELECT tower.enqueue('part', batch_id => '{nobody}')"), format!("batch {nobody} does not exist")),
        (format!("SELECT tower.close_batch('{nobody}')"), format!("batch {nobody} does not exist")),
        ("SELECT tower.open_batch(repeat('x', 201))".to_owned(), "name has 201 bytes, at most 200 are allowed".to_owned()),
        ("SELECT tower.open_batch(on_death => '[]')".to_owned(), "job is of type array, an object is wanted".to_owned()),
        ("SELECT tower.open_batch(on_death => '{\"kind\": \"part\", \"que\": 1}')".to_owned(), "job has no \"que\", only kind, payload, queue, run_at, delay, priority, max_retries, tags, timeout, context, unique_key, unique_fields, id, after, if_parent_dies, trace_context".to_owned()),
        ("SELECT tower.open_batch(on_death => '{}')".to_owned(), "kind is empty".to_owned()),
        ("SELECT tower.open_batch(on_death => '{\"kind\": \"part\", \"unique_key\": \"x\"}')".to_owned(), "the job for \"death\" has a unique_key, unique_fields, an id or an after: it is enqueued once as it is".to_owned()),
    ];

    for (sql, message) in refusals {
        assert_eq!(refusal(&bed, &sql).await.message(), message, "{sql}");
    }
    assert_eq!(bed.number("SELECT (SELECT count(*) FROM tower.batch) + (SELECT count(*) FROM tower.job)").await, 0);
}

/// Its snapshot does not see that the batch was closed; it must not add to it all the same.
#[tokio::test]
async fn a_transaction_with_an_old_snapshot_does_not_add_to_a_batch_that_was_closed_since() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = tower.client().open_batch("").await.unwrap();
    let client = bed.connect().await;
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1").await.unwrap();

    batch.close().await.unwrap();
    let add = format!("SELECT {}.enqueue('part', batch_id => '{}')", bed.quoted(), batch.id());
    let error = client.query(&add, &[]).await.unwrap_err();

    assert_eq!(error.code().unwrap().code(), "40001", "{error}");
}

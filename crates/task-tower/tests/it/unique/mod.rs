//! Unique jobs: at most one with a key lives at a time, whoever asks, and whatever becomes of it.

mod bulk;
mod keys;
mod life;
mod requeue;
mod sql;
mod storm;
mod transaction;

use serde::{Deserialize, Serialize};
use task_tower::{Client, Enqueued, Job, JobId, Unique};

use crate::support::TestBed;

/// A job that says nothing of uniqueness itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sync {
    user: i64,
    reason: String,
}

impl Job for Sync {
    const KIND: &'static str = "sync";
}

fn sync(user: i64, reason: &str) -> Sync {
    Sync { user, reason: reason.to_owned() }
}

/// Enqueues with the user as the key.
async fn enqueue_sync(client: &Client, user: i64) -> Enqueued {
    client.enqueue(sync(user, "any")).unique(Unique::by_fields(&["user"])).or_find().await.unwrap()
}

async fn live(bed: &TestBed) -> i64 {
    bed.number("SELECT count(*) FROM tower.job").await
}

/// The answer of a call of `enqueue` with these arguments, as they stand in SQL.
async fn enqueue_by_sql(bed: &TestBed, connection: &tokio_postgres::Client, arguments: &str) -> JobId {
    let sql = format!("SELECT {}.enqueue({arguments})", bed.quoted());
    JobId::from(connection.query_one(&sql, &[]).await.unwrap().get::<_, uuid::Uuid>(0))
}

//! Moments that interceptors have still to be told of: deaths, cancellations, requeues.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::link::Link;
use super::statement;
use crate::error::Result;
use crate::record::{JobId, WorkerId};

/// A moment in the hands of this worker.
#[derive(Clone, Debug)]
pub(crate) struct Untold {
    pub(crate) id: i64,
    pub(crate) job_id: JobId,
    pub(crate) job_lease: i64,
    lease: i64,
    /// Which try this is, from 1.
    pub(crate) attempt: i32,
    /// The names of the interceptors that have been told.
    pub(crate) told: Vec<String>,
    pub(crate) happened_at: DateTime<Utc>,
    /// `death`, `cancel` or `requeue`.
    pub(crate) stage: String,
    pub(crate) reason: Option<String>,
}

/// Takes up to `limit` of them; `heard` are the stages and kinds that this worker tells (`stage:kind`), and `known`
/// the ids of those that it tells already.
pub(crate) async fn claim_untold(
    link: &Link,
    worker: WorkerId,
    heard: &[String],
    limit: usize,
    known: &[i64],
) -> Result<Vec<Untold>> {
    let rows = link.query(statement::CLAIM_UNTOLD, &[&worker.0, &heard, &(limit as i64), &known]).await?;
    Ok(rows
        .iter()
        .map(|row| Untold {
            id: row.get(0),
            job_id: JobId::from(row.get::<_, Uuid>(1)),
            job_lease: row.get(2),
            lease: row.get(3),
            attempt: row.get(4),
            told: row.get(5),
            happened_at: row.get(6),
            stage: row.get(7),
            reason: row.get(8),
        })
        .collect())
}

/// Keeps who has been told. False when another worker has it by now.
pub(crate) async fn keep_told(link: &Link, untold: &Untold, told: &[String]) -> Result<bool> {
    Ok(!link.query(statement::KEEP_TOLD, &[&untold.id, &untold.lease, &told]).await?.is_empty())
}

/// Leaves the rest for later.
pub(crate) async fn postpone_untold(link: &Link, untold: &Untold, delay: Duration) -> Result<()> {
    let delay_ms = delay.as_millis() as i64;
    link.query(statement::POSTPONE_UNTOLD, &[&untold.id, &untold.lease, &delay_ms]).await.map(drop)
}

/// Nobody has to be told any more.
pub(crate) async fn forget_told(link: &Link, untold: &Untold) -> Result<()> {
    link.query(statement::FORGET_TOLD, &[&untold.id, &untold.lease]).await.map(drop)
}

/// Forgets those that are older than this. Returns their jobs, each with its kind and the stage.
pub(crate) async fn forget_untold(link: &Link, keep: Duration) -> Result<Vec<(JobId, String, String)>> {
    let keep_ms = keep.as_millis() as i64;
    let rows = link.query(statement::FORGET_UNTOLD, &[&keep_ms]).await?;
    Ok(rows.iter().map(|row| (JobId::from(row.get::<_, Uuid>(0)), row.get(1), row.get(2))).collect())
}

/// Adds an event (JSON, see `Event`) to a job, wherever it is.
pub(crate) async fn note_event(link: &Link, id: JobId, event: &str) -> Result<()> {
    link.query(statement::NOTE_EVENT, &[&id.as_uuid(), &event]).await.map(drop)
}

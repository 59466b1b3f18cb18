//! Deaths that interceptors have still to be told of.

use std::time::Duration;

use uuid::Uuid;

use super::link::Link;
use super::statement;
use crate::error::Result;
use crate::record::{JobId, WorkerId};

/// A death in the hands of this worker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Death {
    pub(crate) job_id: JobId,
    pub(crate) lease: i64,
    /// Which try this is, from 1.
    pub(crate) attempt: i32,
    /// How many interceptors have been told.
    pub(crate) told: i32,
}

/// Takes up to `limit` deaths of these kinds; `known` are those that this worker tells already.
pub(crate) async fn claim_deaths(
    link: &Link,
    worker: WorkerId,
    kinds: &[String],
    limit: usize,
    known: &[JobId],
) -> Result<Vec<Death>> {
    let known: Vec<Uuid> = known.iter().map(JobId::as_uuid).collect();
    let rows = link.query(statement::CLAIM_DEATHS, &[&worker.0, &kinds, &(limit as i64), &known]).await?;
    Ok(rows
        .iter()
        .map(|row| Death {
            job_id: JobId::from(row.get::<_, Uuid>(0)),
            lease: row.get(1),
            attempt: row.get(2),
            told: row.get(3),
        })
        .collect())
}

/// Keeps how many interceptors have been told.
pub(crate) async fn death_told(link: &Link, death: &Death, told: i32) -> Result<()> {
    link.query(statement::DEATH_TOLD, &[&death.job_id.as_uuid(), &death.lease, &told]).await.map(drop)
}

/// Leaves the rest for later.
pub(crate) async fn postpone_death(link: &Link, death: &Death, delay: Duration) -> Result<()> {
    let delay_ms = delay.as_millis() as i64;
    link.query(statement::POSTPONE_DEATH, &[&death.job_id.as_uuid(), &death.lease, &delay_ms]).await.map(drop)
}

/// Nobody has to be told any more.
pub(crate) async fn forget_death(link: &Link, death: &Death) -> Result<()> {
    link.query(statement::FORGET_DEATH, &[&death.job_id.as_uuid(), &death.lease]).await.map(drop)
}

/// Adds an event (JSON, see `Event`) to a job, wherever it is.
pub(crate) async fn note_event(link: &Link, id: JobId, event: &str) -> Result<()> {
    link.query(statement::NOTE_EVENT, &[&id.as_uuid(), &event]).await.map(drop)
}

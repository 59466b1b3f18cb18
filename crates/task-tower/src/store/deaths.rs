//! Deaths that interceptors have still to be told of.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::link::Link;
use super::statement;
use crate::error::Result;
use crate::record::{JobId, WorkerId};

/// A death in the hands of this worker.
#[derive(Clone, Debug)]
pub(crate) struct Death {
    pub(crate) key: DeathKey,
    lease: i64,
    /// Which try this is, from 1.
    pub(crate) attempt: i32,
    /// The names of the interceptors that have been told.
    pub(crate) told: Vec<String>,
    pub(crate) died_at: DateTime<Utc>,
}

/// A job dies at most once in each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeathKey {
    pub(crate) job_id: JobId,
    pub(crate) job_lease: i64,
}

/// Takes up to `limit` deaths of these kinds; `known` are those that this worker tells already.
pub(crate) async fn claim_deaths(
    link: &Link,
    worker: WorkerId,
    kinds: &[String],
    limit: usize,
    known: &[DeathKey],
) -> Result<Vec<Death>> {
    let ids: Vec<Uuid> = known.iter().map(|death| death.job_id.as_uuid()).collect();
    let leases: Vec<i64> = known.iter().map(|death| death.job_lease).collect();
    let rows = link.query(statement::CLAIM_DEATHS, &[&worker.0, &kinds, &(limit as i64), &ids, &leases]).await?;
    Ok(rows
        .iter()
        .map(|row| Death {
            key: DeathKey { job_id: JobId::from(row.get::<_, Uuid>(0)), job_lease: row.get(1) },
            lease: row.get(2),
            attempt: row.get(3),
            told: row.get(4),
            died_at: row.get(5),
        })
        .collect())
}

/// Keeps who has been told. False when another worker has the death by now.
pub(crate) async fn death_told(link: &Link, death: &Death, told: &[String]) -> Result<bool> {
    let (id, job_lease) = (death.key.job_id.as_uuid(), death.key.job_lease);
    Ok(!link.query(statement::DEATH_TOLD, &[&id, &job_lease, &death.lease, &told]).await?.is_empty())
}

/// Leaves the rest for later.
pub(crate) async fn postpone_death(link: &Link, death: &Death, delay: Duration) -> Result<()> {
    let (id, job_lease) = (death.key.job_id.as_uuid(), death.key.job_lease);
    let delay_ms = delay.as_millis() as i64;
    link.query(statement::POSTPONE_DEATH, &[&id, &job_lease, &death.lease, &delay_ms]).await.map(drop)
}

/// Nobody has to be told any more.
pub(crate) async fn forget_death(link: &Link, death: &Death) -> Result<()> {
    let (id, job_lease) = (death.key.job_id.as_uuid(), death.key.job_lease);
    link.query(statement::FORGET_DEATH, &[&id, &job_lease, &death.lease]).await.map(drop)
}

/// Forgets the deaths that are older than this. Returns their jobs, each with its kind.
pub(crate) async fn forget_deaths(link: &Link, keep: Duration) -> Result<Vec<(JobId, String)>> {
    let keep_ms = keep.as_millis() as i64;
    let rows = link.query(statement::FORGET_DEATHS, &[&keep_ms]).await?;
    Ok(rows.iter().map(|row| (JobId::from(row.get::<_, Uuid>(0)), row.get(1))).collect())
}

/// Adds an event (JSON, see `Event`) to a job, wherever it is.
pub(crate) async fn note_event(link: &Link, id: JobId, event: &str) -> Result<()> {
    link.query(statement::NOTE_EVENT, &[&id.as_uuid(), &event]).await.map(drop)
}

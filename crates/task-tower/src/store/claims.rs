//! Jobs from the table to a worker, and their outcomes back.

use std::collections::HashMap;
use std::time::Instant;

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::fault::Remedy;
use super::link::{Link, Parameters};
use super::statement;
use crate::error::{Error, Result};
use crate::priority::{Lane, Plan};
use crate::record::{JobId, JobState, Likeness, WorkerId};

/// A job in the hands of this worker, for one run.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) id: JobId,
    pub(crate) lease: i64,
    pub(crate) queue: String,
    pub(crate) priority: i16,
    pub(crate) run_at: DateTime<Utc>,
    pub(crate) kind: String,
    pub(crate) attempt: i32,
    pub(crate) failures: i32,
    pub(crate) crashes: i32,
    pub(crate) max_retries: i32,
    pub(crate) timeout_ms: Option<i64>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) tags: Vec<String>,
    pub(crate) payload: String,
    /// JSON, what contextualizers stored.
    pub(crate) context: Option<String>,
    /// When it was claimed, by the database's clock.
    pub(crate) attempted_at: DateTime<Utc>,
    /// The same moment by ours, to count from.
    pub(crate) claimed: Instant,
    /// The trace that it was enqueued in.
    pub(crate) trace_context: Option<String>,
}

impl From<Row> for Claimed {
    fn from(row: Row) -> Self {
        Self {
            id: JobId::from(row.get::<_, Uuid>(0)),
            lease: row.get(1),
            queue: row.get(2),
            priority: row.get(3),
            run_at: row.get(4),
            kind: row.get(5),
            attempt: row.get(6),
            failures: row.get(7),
            crashes: row.get(8),
            max_retries: row.get(9),
            timeout_ms: row.get(10),
            created_at: row.get(11),
            // Whatever stands there, one odd row must not take the worker down.
            tags: row.try_get(12).unwrap_or_default(),
            payload: row.get(13),
            context: row.get(14),
            attempted_at: row.get(15),
            claimed: Instant::now(),
            // An odd one must not take the worker down.
            trace_context: row.try_get(16).unwrap_or_default(),
        }
    }
}

/// A lane with the place from which a claim looks.
pub(crate) type PlacedLane = HashMap<Lane, DateTime<Utc>>;

/// Claims up to `room` jobs by the plan. An error with [`Remedy::Reconnect`] may hide a claim that
/// took effect: see [`reclaim`](super::reclaim).
pub(crate) async fn claim(
    link: &Link,
    worker: WorkerId,
    plan: &Plan,
    bounds: &PlacedLane,
    kinds: &[String],
    room: usize,
) -> std::result::Result<Vec<Claimed>, (Error, Remedy)> {
    let rows = match plan {
        Plan::InOrder(shares) => {
            let quotas: Vec<i32> = shares.iter().map(|share| share.quota as i32).collect();
            let numbered = shares.iter().zip(1..);
            let lanes = numbered.flat_map(|(share, number)| share.lanes.iter().map(move |lane| (number, lane)));
            let lanes = LaneColumns::of(lanes, bounds);
            link.attempt(
                statement::CLAIM,
                &[
                    &quotas,
                    &lanes.numbers,
                    &lanes.queues,
                    &lanes.priorities,
                    &lanes.bounds,
                    &kinds,
                    &(room as i64),
                    &worker.0,
                ],
            )
            .await?
        }
        Plan::Oldest(lanes) => {
            let lanes = LaneColumns::of(lanes.iter().map(|(rank, lane)| (*rank, lane)), bounds);
            link.attempt(
                statement::CLAIM_OLDEST,
                &[&(room as i32), &lanes.numbers, &lanes.queues, &lanes.priorities, &lanes.bounds, &kinds, &worker.0],
            )
            .await?
        }
    };
    Ok(rows.into_iter().map(Claimed::from).collect())
}

struct LaneColumns<'a> {
    numbers: Vec<i32>,
    queues: Vec<&'a str>,
    priorities: Vec<i16>,
    bounds: Vec<DateTime<Utc>>,
}

impl<'a> LaneColumns<'a> {
    fn of(lanes: impl Iterator<Item = (i32, &'a Lane)>, bounds: &PlacedLane) -> Self {
        let mut columns = Self { numbers: vec![], queues: vec![], priorities: vec![], bounds: vec![] };
        for (number, lane) in lanes {
            columns.numbers.push(number);
            columns.queues.push(&lane.queue);
            columns.priorities.push(lane.priority);
            columns.bounds.push(bounds.get(lane).copied().unwrap_or(DateTime::UNIX_EPOCH));
        }
        columns
    }
}

/// What a worker learns before it sleeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// The database's clock.
    pub(crate) now: DateTime<Utc>,
    /// The oldest transaction still under way.
    pub(crate) oldest_transaction: i64,
    /// Whether a job of the lanes waits that is due, if not for us.
    pub(crate) is_due: bool,
    /// When the next job of the lanes will be due.
    pub(crate) next_due: Option<DateTime<Utc>>,
}

pub(crate) async fn look(link: &Link, lanes: &[Lane], bounds: &PlacedLane) -> Result<Look> {
    let lanes = LaneColumns::of(lanes.iter().map(|lane| (0, lane)), bounds);
    let rows = link.query(statement::LOOK, &[&lanes.queues, &lanes.priorities, &lanes.bounds]).await?;
    let row = rows.first().ok_or_else(|| Error::database("look: no row"))?;
    Ok(Look { now: row.get(0), oldest_transaction: row.get(1), is_due: row.get(2), next_due: row.get(3) })
}

pub(crate) async fn lanes(link: &Link) -> Result<Vec<Lane>> {
    let rows = link.query(statement::LANES, &[]).await?;
    Ok(rows.iter().map(|row| Lane { queue: row.get(0), priority: row.get(1) }).collect())
}

/// The first lanes that hold anything, up to this number.
pub(crate) async fn open_lanes(link: &Link, most: usize) -> Result<Vec<Lane>> {
    let rows = link.query(statement::OPEN_LANES, &[&(most as i64)]).await?;
    Ok(rows.iter().map(|row| Lane { queue: row.get(0), priority: row.get(1) }).collect())
}

/// Moves jobs to the history as completed. Returns those that were still ours.
pub(crate) async fn complete(link: &Link, done: &[(JobId, i64)]) -> std::result::Result<Vec<Written>, (Error, Remedy)> {
    let ids: Vec<Uuid> = done.iter().map(|(id, _)| id.as_uuid()).collect();
    let leases: Vec<i64> = done.iter().map(|(_, lease)| *lease).collect();
    ours(link.attempt(statement::COMPLETE, &[&ids, &leases]).await)
}

/// A job that goes back to wait.
#[derive(Clone, Debug)]
pub(crate) struct Postponement {
    pub(crate) id: JobId,
    pub(crate) lease: i64,
    pub(crate) delay_ms: i64,
    /// The run counts as failed, and how.
    pub(crate) failure: Option<Box<Likeness>>,
    /// The run does not count at all.
    pub(crate) refunded: bool,
    /// A JSON list, see `Event`.
    pub(crate) events: String,
}

pub(crate) async fn postpone(link: &Link, jobs: &[Postponement]) -> std::result::Result<Vec<Written>, (Error, Remedy)> {
    let ids: Vec<Uuid> = jobs.iter().map(|job| job.id.as_uuid()).collect();
    let leases: Vec<i64> = jobs.iter().map(|job| job.lease).collect();
    let delays: Vec<i64> = jobs.iter().map(|job| job.delay_ms).collect();
    let failed: Vec<bool> = jobs.iter().map(|job| job.failure.is_some()).collect();
    let groups = jobs.iter().map(|job| fingerprint(job.failure.as_deref())).collect::<Vec<_>>();
    let refunded: Vec<bool> = jobs.iter().map(|job| job.refunded).collect();
    let events: Vec<&str> = jobs.iter().map(|job| job.events.as_str()).collect();
    let parameters: Parameters<'_> = &[&ids, &leases, &delays, &failed, &refunded, &events, &groups];
    let rows = link.attempt(statement::POSTPONE, parameters).await?;
    Ok(rows.iter().map(|row| Written { is_cancelled: row.get(2), ..Written::new(row) }).collect())
}

/// A job that ends as dead or cancelled, or as completed with something to keep.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) id: JobId,
    pub(crate) lease: i64,
    pub(crate) kind: String,
    pub(crate) state: JobState,
    /// The run counts as failed, and how.
    pub(crate) failure: Option<Box<Likeness>>,
    pub(crate) reason: Option<String>,
    /// A JSON list, see `Event`.
    pub(crate) events: String,
    /// JSON, what the handler returned.
    pub(crate) result: Option<String>,
}

pub(crate) async fn finish(link: &Link, jobs: &[Ending]) -> std::result::Result<Vec<Written>, (Error, Remedy)> {
    let ids: Vec<Uuid> = jobs.iter().map(|job| job.id.as_uuid()).collect();
    let leases: Vec<i64> = jobs.iter().map(|job| job.lease).collect();
    let states: Vec<i16> = jobs.iter().filter_map(|job| job.state.finished_code()).collect();
    let failed: Vec<bool> = jobs.iter().map(|job| job.failure.is_some()).collect();
    let groups = jobs.iter().map(|job| fingerprint(job.failure.as_deref())).collect::<Vec<_>>();
    let reasons: Vec<Option<&str>> = jobs.iter().map(|job| job.reason.as_deref()).collect();
    let events: Vec<&str> = jobs.iter().map(|job| job.events.as_str()).collect();
    let results: Vec<Option<&str>> = jobs.iter().map(|job| job.result.as_deref()).collect();
    let parameters: Parameters<'_> = &[&ids, &leases, &states, &failed, &reasons, &events, &results, &groups];
    ours(link.attempt(statement::FINISH, parameters).await)
}

fn fingerprint(failure: Option<&Likeness>) -> Option<&str> {
    failure.map(|failure| failure.fingerprint.as_str())
}

/// A run whose outcome is written: the job was still ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    pub(crate) id: JobId,
    /// Others wait for this end: a batch, or jobs that follow.
    pub(crate) is_awaited: bool,
    /// In place of going back to wait, since somebody had asked for it.
    pub(crate) is_cancelled: bool,
}

impl Written {
    fn new(row: &Row) -> Self {
        Self { id: JobId::from(row.get::<_, Uuid>(0)), is_awaited: row.get(1), is_cancelled: false }
    }
}

fn ours(rows: std::result::Result<Vec<Row>, (Error, Remedy)>) -> std::result::Result<Vec<Written>, (Error, Remedy)> {
    Ok(rows?.iter().map(Written::new).collect())
}

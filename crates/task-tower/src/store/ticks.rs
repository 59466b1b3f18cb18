//! Times of recurring jobs that have come, as people look at them: what became of each, and of its job.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::readers::Readers;
use super::recurring::RecurringCriteria;
use super::statement;
use crate::error::Result;
use crate::record::{JobId, JobState, TickOutcome, TickRecord};

/// A job ends after its time was noted; clocks may differ by so much.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// The latest times that have come of each of these, the newest first, by name.
pub(crate) async fn ticks_of(
    readers: &Readers,
    names: &[&str],
    limit: i64,
) -> Result<BTreeMap<String, Vec<TickRecord>>> {
    let rows = readers.query(statement::TICKS_OF, &[&names, &limit]).await?;
    let mut ticks: BTreeMap<String, Vec<TickRecord>> = BTreeMap::new();
    for (row, tick) in rows.iter().zip(read(readers, &rows).await?) {
        ticks.entry(row.get("recurring")).or_default().extend(tick);
    }
    Ok(ticks)
}

/// A recurring job at a glance.
pub(crate) struct JudgedRecurring {
    pub(crate) name: String,
    pub(crate) is_paused: bool,
    /// Whether its latest run failed or is dead.
    pub(crate) is_failing: bool,
}

/// The first of those that fit, by name; their names and the page do not count.
pub(crate) async fn judge_recurring(
    readers: &Readers,
    criteria: &RecurringCriteria,
    limit: i64,
) -> Result<Vec<JudgedRecurring>> {
    let RecurringCriteria { part, is_paused, after, kinds, queues, .. } = criteria;
    let rows = readers.query(statement::JUDGE_RECURRING, &[part, is_paused, kinds, after, queues, &limit]).await?;
    let failures = |row: &Row| row.get::<_, Option<i32>>("failures");
    let ended = rows.iter().filter(|row| failures(row).is_none());
    let ended = ended.filter_map(|row| Some((row.get::<_, Option<Uuid>>("job_id")?, row.get("noted_at"))));
    let ends = find_ends(readers, ended.collect()).await?;
    let is_dead = |row: &Row| {
        let end = row.get::<_, Option<Uuid>>("job_id").and_then(|id| ends.get(&JobId::from(id)));
        end.and_then(state) == Some(JobState::Dead)
    };
    let judged = |row: &Row| JudgedRecurring {
        name: row.get("name"),
        is_paused: row.get("is_paused"),
        is_failing: failures(row).is_some() || is_dead(row),
    };
    Ok(rows.iter().map(judged).collect())
}

/// The time in each of these rows, if there is one.
pub(super) async fn read(readers: &Readers, rows: &[Row]) -> Result<Vec<Option<TickRecord>>> {
    let mut ticks: Vec<Option<TickRecord>> = rows.iter().map(tick).collect();
    let ends = ends_of(readers, rows, &ticks).await?;
    for tick in ticks.iter_mut().flatten() {
        if let Some(end) = tick.job.and_then(|id| ends.get(&id)) {
            (tick.state, tick.attempted_at) = (state(end), end.get("attempted_at"));
            tick.finished_at = end.get("finished_at");
        }
    }
    Ok(ticks)
}

/// How those of their jobs have ended that do not live.
async fn ends_of(readers: &Readers, rows: &[Row], ticks: &[Option<TickRecord>]) -> Result<HashMap<JobId, Row>> {
    let ended = rows.iter().zip(ticks).filter_map(|(row, tick)| {
        let tick = tick.as_ref().filter(|tick| tick.state.is_none())?;
        Some((tick.job?.as_uuid(), row.get("noted_at")))
    });
    find_ends(readers, ended.collect()).await
}

/// How these jobs have ended whose times were noted then. They are asked for apart from their times, since only who knows when the
/// first of them was noted can leave out the days of the history before.
async fn find_ends(readers: &Readers, jobs: Vec<(Uuid, DateTime<Utc>)>) -> Result<HashMap<JobId, Row>> {
    let (ids, since): (Vec<Uuid>, Vec<DateTime<Utc>>) =
        jobs.into_iter().map(|(id, noted_at)| (id, noted_at - CLOCKS_DIFFER)).unzip();
    let Some(first) = since.iter().min() else { return Ok(HashMap::new()) };
    let ends = readers.query(statement::ENDS_OF, &[&ids, &since, first]).await?;
    Ok(ends.into_iter().map(|end| (JobId::from(end.get::<_, Uuid>("id")), end)).collect())
}

fn tick(row: &Row) -> Option<TickRecord> {
    Some(TickRecord {
        at: row.get::<_, Option<_>>("tick_at")?,
        outcome: TickOutcome::of_word(row.get("outcome")),
        missed: row.get::<_, i32>("missed_count").unsigned_abs(),
        job: row.get::<_, Option<Uuid>>("job_id").map(JobId::from),
        state: state(row),
        attempted_at: row.get("attempted_at"),
        finished_at: None,
    })
}

fn state(row: &Row) -> Option<JobState> {
    row.get::<_, Option<&str>>("state").and_then(|state| state.parse().ok())
}

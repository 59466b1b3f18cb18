//! Queues: what is set for them, and what moves in them.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio_postgres::Row;

use super::desk::Change;
#[cfg(feature = "metrics")]
use super::link::Link;
use super::readers::Readers;
use super::statement;
use crate::error::{Error, Result};
use crate::record::{Census, KindShare};
#[cfg(feature = "metrics")]
use crate::telemetry::QueueGauges;

/// Over so many minutes a rate is taken.
const RECENT_MINUTES: f64 = 5.0;
const MINUTES: usize = 60;

/// What was counted of a queue.
pub(crate) struct QueueFlow {
    pub(crate) in_per_minute: f64,
    pub(crate) out_per_minute: f64,
    pub(crate) last_hour: Vec<u64>,
}

/// How a queue was set before and after a change, as JSON.
pub(crate) struct QueueChange {
    pub(crate) name: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Of those in which anything moved within the last hour.
pub(crate) async fn queue_flows(readers: &Readers) -> Result<BTreeMap<String, QueueFlow>> {
    let rows = readers.query(statement::QUEUE_ACTIVITY, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), QueueFlow::new(row))).collect())
}

/// What waits in the first queues by name.
#[cfg(feature = "metrics")]
pub(crate) async fn gauge_queues(link: &Link, limit: usize) -> Result<Vec<QueueGauges>> {
    let rows = link.query(statement::GAUGE_QUEUES, &[&(limit as i64)]).await?;
    let gauges = rows.iter().map(|row| QueueGauges {
        name: row.get(0),
        depth: row.get::<_, bool>(1).then(|| [row.get(2), row.get(3), row.get(4)]),
        oldest_age: Duration::from_millis(number(row, 5)),
        is_paused: row.get(6),
    });
    Ok(gauges.collect())
}

/// How many jobs of each queue ran in each of the last 60 minutes.
pub(crate) struct RunningOfHour {
    sampled: Vec<usize>,
    queues: BTreeMap<String, BTreeMap<usize, u64>>,
}

impl RunningOfHour {
    /// `None` where nobody looked.
    pub(crate) fn of(&self, queue: &str) -> Vec<Option<u64>> {
        let counts = self.queues.get(queue);
        let ran = |minute: &usize| counts.and_then(|counts| counts.get(minute)).copied().unwrap_or(0);
        let mut running = vec![None; MINUTES];
        for minute in &self.sampled {
            if let Some(place) = running.get_mut(*minute) {
                *place = Some(ran(minute));
            }
        }
        running
    }
}

pub(crate) async fn running_of_hour(readers: &Readers) -> Result<RunningOfHour> {
    let rows = readers.query(statement::RUNNING_OF_HOUR, &[]).await?;
    let counts = |row: &Row| -> BTreeMap<usize, u64> {
        let (minutes, running): (Vec<i32>, Vec<i32>) = (row.get(1), row.get(2));
        let minute = |minute: i32| usize::try_from(minute).ok();
        let pairs = minutes.into_iter().zip(running);
        pairs.filter_map(|(at, running)| Some((minute(at)?, u64::from(running.unsigned_abs())))).collect()
    };
    let mut queues: BTreeMap<String, _> = rows.iter().map(|row| (row.get(0), counts(row))).collect();
    let sampled = queues.remove("").unwrap_or_default();
    Ok(RunningOfHour { sampled: sampled.into_keys().collect(), queues })
}

/// How many jobs of each queue run.
pub(crate) async fn count_running(readers: &Readers) -> Result<BTreeMap<String, u64>> {
    let rows = readers.query(statement::COUNT_RUNNING, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), number(row, 1))).collect())
}

/// Of which kinds some jobs of a queue are, those with the most first.
pub(crate) async fn kinds_of_queue(readers: &Readers, queue: &str, limit: i64) -> Result<Vec<KindShare>> {
    let rows = readers.query(statement::KINDS_OF_QUEUE, &[&queue, &limit]).await?;
    Ok(rows.iter().map(|row| KindShare { kind: row.get(0), jobs: number(row, 1) }).collect())
}

pub(crate) async fn census(readers: &Readers) -> Result<Census> {
    let rows = readers.query(statement::CENSUS, &[]).await?;
    let row = rows.first().ok_or_else(|| Error::database("census: no row"))?;
    Ok(Census {
        queues: number(row, 0),
        kinds: number(row, 1),
        errors: number(row, 2),
        workers: number(row, 3),
        silent_workers: number(row, 4),
        operations: number(row, 5),
        recurring: number(row, 6),
    })
}

/// How a queue is set, as JSON; `None` if nothing is.
pub(crate) async fn queue_before(change: &Change<'_>, name: &str) -> Result<Option<String>> {
    Ok(change.query(statement::QUEUE_BEFORE, &[&name]).await?.first().map(|row| row.get(0)))
}

pub(crate) async fn pause_queue(change: &Change<'_>, name: &str, reason: Option<&str>, actor: &str) -> Result<()> {
    change.query(statement::PAUSE_QUEUE, &[&name, &reason, &actor]).await.map(drop)
}

/// Returns whether there was anything to resume.
pub(crate) async fn resume_queue(change: &Change<'_>, name: &str) -> Result<bool> {
    Ok(!change.query(statement::RESUME_QUEUE, &[&name]).await?.is_empty())
}

/// Says after how long a wait a queue is late, and returns what was said before.
pub(crate) async fn limit_queue(
    change: &Change<'_>,
    name: &str,
    late_after: Option<Duration>,
) -> Result<Option<Duration>> {
    let milliseconds = late_after.map(|limit| limit.as_millis() as i64);
    let rows = change.query(statement::LIMIT_QUEUE, &[&name, &milliseconds]).await?;
    let before = rows.first().and_then(|row| row.get::<_, Option<i64>>(0));
    Ok(before.map(|before| Duration::from_millis(before.unsigned_abs())))
}

/// Those of the queues that were not paused.
pub(crate) async fn pause_queues(
    change: &Change<'_>,
    names: &[String],
    reason: Option<&str>,
    actor: &str,
) -> Result<Vec<QueueChange>> {
    Ok(changed(&change.query(statement::PAUSE_QUEUES, &[&names, &reason, &actor]).await?))
}

/// Those of the queues that were paused.
pub(crate) async fn resume_queues(change: &Change<'_>, names: &[String]) -> Result<Vec<QueueChange>> {
    Ok(changed(&change.query(statement::RESUME_QUEUES, &[&names]).await?))
}

/// Sets queues as they were before that entry of the audit, and returns their names.
pub(crate) async fn restore_queues(change: &Change<'_>, entry: i64) -> Result<Vec<String>> {
    Ok(change.query(statement::RESTORE_QUEUES, &[&entry]).await?.iter().map(|row| row.get(0)).collect())
}

/// Gives a queue the limit that it had before that entry of the audit, and returns its name.
pub(crate) async fn restore_limit(change: &Change<'_>, entry: i64) -> Result<Option<String>> {
    Ok(change.query(statement::RESTORE_LIMIT, &[&entry]).await?.first().map(|row| row.get(0)))
}

fn changed(rows: &[Row]) -> Vec<QueueChange> {
    rows.iter().map(|row| QueueChange { name: row.get(0), before: row.get(1), after: row.get(2) }).collect()
}

impl QueueFlow {
    fn new(row: &Row) -> Self {
        let (minutes, counts): (Vec<i32>, Vec<i64>) = (row.get(3), row.get(4));
        let mut last_hour = vec![0; MINUTES];
        for (minute, count) in minutes.into_iter().zip(counts) {
            if let Some(place) = usize::try_from(minute).ok().and_then(|minute| last_hour.get_mut(minute)) {
                *place = count.unsigned_abs();
            }
        }
        let rate = |column| number(row, column) as f64 / RECENT_MINUTES;
        Self { in_per_minute: rate(1), out_per_minute: rate(2), last_hour }
    }
}

fn number(row: &Row, column: usize) -> u64 {
    row.get::<_, i64>(column).unsigned_abs()
}

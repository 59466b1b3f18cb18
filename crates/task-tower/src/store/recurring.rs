//! Recurring jobs: how they are set, and what becomes of their times.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::desk::Change;
use super::link::Link;
use super::operations::value;
use super::readers::Readers;
use super::{statement, ticks};
use crate::error::Result;
use crate::record::{JobId, MissedRuns, Overlap, RecurringRecord, TickOutcome, TickRecord};

/// How a recurring job is set.
#[derive(Clone, Debug)]
pub(crate) struct RecurringRow {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// JSON.
    pub(crate) payload: String,
    pub(crate) queue: String,
    pub(crate) priority: i16,
    pub(crate) max_retries: i32,
    pub(crate) tags: Vec<String>,
    pub(crate) timeout_ms: Option<i64>,
    pub(crate) expression: String,
    pub(crate) zone: String,
    pub(crate) missed: MissedRuns,
    pub(crate) overlap: Overlap,
    pub(crate) jitter_ms: i64,
    pub(crate) next_at: Option<DateTime<Utc>>,
    pub(crate) skips_next: bool,
    pub(crate) paused_at: Option<DateTime<Utc>>,
    pub(crate) paused_until: Option<DateTime<Utc>>,
    pub(crate) paused_by: Option<String>,
    pub(crate) paused_reason: Option<String>,
    pub(crate) source: Option<String>,
    /// JSON.
    pub(crate) code: Option<String>,
    pub(crate) is_edited: bool,
}

/// One that is held until the change is done.
pub(crate) struct HeldRecurring {
    pub(crate) row: RecurringRow,
    pub(crate) revision: i64,
}

/// One that comes next.
pub(crate) struct DueRecurring {
    pub(crate) name: String,
    pub(crate) expression: String,
    pub(crate) zone: String,
    pub(crate) missed: MissedRuns,
    pub(crate) jitter_ms: u64,
    pub(crate) next_at: DateTime<Utc>,
    pub(crate) skips_next: bool,
    pub(crate) revision: i64,
    pub(crate) now: DateTime<Utc>,
    /// How long it is until then; zero or less when it has come.
    pub(crate) due_in_ms: i64,
}

/// What comes next, the first of it first, and whether anything waits for the end of an earlier job.
pub(crate) struct ComingRecurring {
    pub(crate) soon: Vec<DueRecurring>,
    pub(crate) has_queued: bool,
}

/// What is to become of a time that has come.
pub(crate) struct NewTick {
    pub(crate) at: DateTime<Utc>,
    pub(crate) outcome: TickOutcome,
    /// The job that is made, where one is.
    pub(crate) id: JobId,
    pub(crate) run_at: DateTime<Utc>,
    pub(crate) missed: i32,
}

/// Which to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecurringCriteria {
    pub(crate) part: Option<String>,
    pub(crate) is_paused: Option<bool>,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) after: Option<String>,
    /// Names, or beginnings of names with a star behind; `None` for any.
    pub(crate) kinds: Option<Vec<String>>,
    pub(crate) queues: Option<Vec<String>>,
    /// Those that come next, the first of them first, in place of all by name.
    pub(crate) by_time: bool,
    pub(crate) limit: i64,
}

pub(crate) async fn coming_recurring(link: &Link) -> Result<ComingRecurring> {
    let rows = link.query(statement::DUE_RECURRING, &[]).await?;
    let (last, soon) = rows.split_last().map_or((None, rows.as_slice()), |(last, soon)| (Some(last), soon));
    let has_queued = last.is_some_and(|row| row.get("skips_next"));
    Ok(ComingRecurring { soon: soon.iter().map(due).collect(), has_queued })
}

fn due(row: &Row) -> DueRecurring {
    DueRecurring {
        name: row.get("name"),
        expression: row.get("expression"),
        zone: row.get("zone"),
        missed: MissedRuns::from_parts(row.get("missed"), row.get("missed_max")),
        jitter_ms: row.get::<_, i64>("jitter_ms").unsigned_abs(),
        next_at: row.get("next_at"),
        skips_next: row.get("skips_next"),
        revision: row.get("revision"),
        now: row.get("now"),
        due_in_ms: row.get("due_in_ms"),
    }
}

/// Deals with times that have come, as long as the job is as it was seen. Returns how many jobs were made; `None` when
/// somebody else was faster.
pub(crate) async fn tick(
    link: &Link,
    seen: &DueRecurring,
    ticks: &[NewTick],
    next: Option<DateTime<Utc>>,
) -> Result<Option<u64>> {
    let times: Vec<DateTime<Utc>> = ticks.iter().map(|tick| tick.at).collect();
    let outcomes: Vec<&str> = ticks.iter().map(|tick| tick.outcome.as_str()).collect();
    let ids: Vec<Uuid> = ticks.iter().map(|tick| tick.id.as_uuid()).collect();
    let run_ats: Vec<DateTime<Utc>> = ticks.iter().map(|tick| tick.run_at).collect();
    let missed: Vec<i32> = ticks.iter().map(|tick| tick.missed).collect();
    let rows = link
        .query(
            statement::TICK,
            &[&seen.name, &seen.revision, &seen.next_at, &next, &times, &outcomes, &ids, &run_ats, &missed],
        )
        .await?;
    Ok(rows.first().map(|row| row.get::<_, i64>(0).unsigned_abs()))
}

/// Enqueues what waited for the end of an earlier job. Returns how many.
pub(crate) async fn release_ticks(link: &Link) -> Result<usize> {
    Ok(link.query(statement::RELEASE_TICKS, &[]).await?.len())
}

/// Forgets old times, a thousand at a time: answers the last that was looked at.
pub(crate) async fn forget_ticks(
    link: &Link,
    keep: Duration,
    after: &(String, DateTime<Utc>),
) -> Result<Option<(String, DateTime<Utc>)>> {
    let keep_ms = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
    let rows = link.query(statement::FORGET_TICKS, &[&keep_ms, &after.0, &after.1]).await?;
    Ok(rows.first().map(|row| (row.get(0), row.get(1))))
}

/// Those that the code of a program says otherwise than they are set, and those that it says no more.
pub(crate) async fn differing_recurring(
    link: &Link,
    source: &str,
    said: &[(&str, &str)],
) -> Result<Vec<(String, bool)>> {
    let (names, codes): (Vec<&str>, Vec<&str>) = said.iter().copied().unzip();
    let rows = link.query(statement::DIFFERING_RECURRING, &[&source, &names, &codes]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

pub(crate) async fn lock_recurring(change: &Change<'_>) -> Result<()> {
    change.query(statement::LOCK_RECURRING, &[]).await.map(drop)
}

/// The time in the database, and the job as it is set, if there is one: it stays so until the change is done.
pub(crate) async fn hold_recurring(change: &Change<'_>, name: &str) -> Result<(DateTime<Utc>, Option<HeldRecurring>)> {
    let rows = change.query(statement::HOLD_RECURRING, &[&name]).await?;
    if let Some(row) = rows.first() {
        let held = HeldRecurring { row: setting(row), revision: row.get("revision") };
        return Ok((row.get("now"), Some(held)));
    }
    let rows = change.query(statement::CLOCK, &[]).await?;
    Ok((rows[0].get(0), None))
}

pub(crate) async fn write_recurring(change: &Change<'_>, row: &RecurringRow) -> Result<i64> {
    let rows = change
        .query(
            statement::WRITE_RECURRING,
            &[
                &row.name,
                &row.kind,
                &row.payload,
                &row.queue,
                &row.priority,
                &row.max_retries,
                &row.tags,
                &row.timeout_ms,
                &row.expression,
                &row.zone,
                &row.missed.word(),
                &row.missed.most(),
                &row.overlap.as_str(),
                &row.jitter_ms,
                &row.next_at,
                &row.skips_next,
                &row.paused_at,
                &row.paused_until,
                &row.paused_by,
                &row.paused_reason,
                &row.source,
                &row.code,
                &row.is_edited,
            ],
        )
        .await?;
    Ok(rows[0].get(0))
}

pub(crate) async fn remove_recurring(change: &Change<'_>, name: &str) -> Result<()> {
    change.query(statement::REMOVE_RECURRING, &[&name]).await.map(drop)
}

pub(crate) async fn run_recurring(change: &Change<'_>, name: &str, id: JobId) -> Result<()> {
    change.query(statement::RUN_RECURRING, &[&name, &id.as_uuid()]).await.map(drop)
}

/// Workers look again once the change is committed.
pub(crate) async fn announce_recurring(change: &Change<'_>) -> Result<()> {
    change.query(statement::ANNOUNCE_RECURRING, &[]).await.map(drop)
}

pub(crate) async fn list_recurring(
    readers: &Readers,
    criteria: &RecurringCriteria,
) -> Result<Vec<(RecurringRecord, DateTime<Utc>)>> {
    let RecurringCriteria { part, is_paused, names, after, kinds, queues, by_time, limit } = criteria;
    let rows = readers
        .query(statement::LIST_RECURRING, &[part, is_paused, names, after, limit, kinds, queues, by_time])
        .await?;
    let latest = ticks::read(readers, &rows).await?;
    Ok(rows.iter().zip(latest).map(|(row, latest)| (record(row, latest), row.get("now"))).collect())
}

pub(crate) async fn recurring_of_job(readers: &Readers, id: JobId) -> Result<Option<(String, DateTime<Utc>)>> {
    let rows = readers.query(statement::RECURRING_OF_JOB, &[&id.as_uuid()]).await?;
    Ok(rows.first().map(|row| (row.get(0), row.get(1))))
}

fn setting(row: &Row) -> RecurringRow {
    RecurringRow {
        name: row.get("name"),
        kind: row.get("kind"),
        payload: row.get("payload"),
        queue: row.get("queue"),
        priority: row.get("priority"),
        max_retries: row.get("max_retries"),
        tags: row.get("tags"),
        timeout_ms: row.get("timeout_ms"),
        expression: row.get("expression"),
        zone: row.get("zone"),
        missed: MissedRuns::from_parts(row.get("missed"), row.get("missed_max")),
        overlap: overlap(row),
        jitter_ms: row.get("jitter_ms"),
        next_at: row.get("next_at"),
        skips_next: row.get("skips_next"),
        paused_at: row.get("paused_at"),
        paused_until: row.get("paused_until"),
        paused_by: row.get("paused_by"),
        paused_reason: row.get("paused_reason"),
        source: row.get("source"),
        code: row.get("code"),
        is_edited: row.get("is_edited"),
    }
}

fn record(row: &Row, latest: Option<TickRecord>) -> RecurringRecord {
    // What a pause that is over has left is taken away with its next time.
    let is_paused: bool = row.get("is_paused");
    RecurringRecord {
        name: row.get("name"),
        kind: row.get("kind"),
        payload: value(row.get("payload")),
        queue: row.get("queue"),
        priority: row.get("priority"),
        max_retries: row.get::<_, i32>("max_retries").unsigned_abs(),
        tags: row.get("tags"),
        timeout_ms: row.get("timeout_ms"),
        expression: row.get("expression"),
        zone: row.get("zone"),
        missed: MissedRuns::from_parts(row.get("missed"), row.get("missed_max")),
        overlap: overlap(row),
        jitter_ms: row.get::<_, i64>("jitter_ms").unsigned_abs(),
        next_at: row.get("next_at"),
        skips_next: row.get("skips_next"),
        paused_at: row.get::<_, Option<_>>("paused_at").filter(|_| is_paused),
        paused_until: row.get::<_, Option<_>>("paused_until").filter(|_| is_paused),
        paused_by: row.get::<_, Option<_>>("paused_by").filter(|_| is_paused),
        paused_reason: row.get::<_, Option<_>>("paused_reason").filter(|_| is_paused),
        source: row.get("source"),
        is_edited: row.get("is_edited"),
        created_at: row.get("created_at"),
        changed_at: row.get("changed_at"),
        revision: row.get::<_, i64>("revision").to_string(),
        latest,
    }
}

fn overlap(row: &Row) -> Overlap {
    row.get::<_, &str>("overlap").parse().unwrap_or_default()
}

//! What handlers logged, and how far they said they are: written by workers, read by people, forgotten with the job.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::fault::Remedy;
use super::link::{Link, Parameters};
use super::readers::Readers;
use super::statement;
use crate::error::{Error, Result};
use crate::record::{JobId, JobState, LogCursor, LogLevel, LogLine, WorkerId};

/// A line on its way to the database.
#[derive(Debug)]
pub(crate) struct NewLine {
    pub(crate) job: JobId,
    pub(crate) cursor: LogCursor,
    pub(crate) attempt: i32,
    /// The worker of the run.
    pub(crate) worker: WorkerId,
    pub(crate) at: DateTime<Utc>,
    pub(crate) level: LogLevel,
    pub(crate) target: Cow<'static, str>,
    pub(crate) message: String,
}

/// How far a run is, on its way to the database.
#[derive(Debug)]
pub(crate) struct NewProgress {
    pub(crate) job: JobId,
    pub(crate) lease: i64,
    pub(crate) attempt: i32,
    pub(crate) worker: WorkerId,
    pub(crate) done: u64,
    pub(crate) total: u64,
    pub(crate) text: Option<String>,
}

/// Which lines of a job to read.
#[derive(Clone, Debug)]
pub(crate) struct LogCriteria {
    pub(crate) from: Option<LogCursor>,
    /// From there towards the beginning, not towards the end.
    pub(crate) backwards: bool,
    pub(crate) attempt: Option<i32>,
    pub(crate) level: LogLevel,
    pub(crate) limit: i64,
}

/// Returns how many were added: none of a worker that was declared dead.
pub(crate) async fn write_log(link: &Link, lines: &[NewLine]) -> std::result::Result<i64, (Error, Remedy)> {
    let jobs: Vec<Uuid> = lines.iter().map(|line| line.job.as_uuid()).collect();
    let leases: Vec<i64> = lines.iter().map(|line| line.cursor.lease).collect();
    let numbers: Vec<i32> = lines.iter().map(|line| line.cursor.number).collect();
    let attempts: Vec<i32> = lines.iter().map(|line| line.attempt).collect();
    let times: Vec<DateTime<Utc>> = lines.iter().map(|line| line.at).collect();
    let levels: Vec<i16> = lines.iter().map(|line| line.level.number()).collect();
    let targets: Vec<&str> = lines.iter().map(|line| &*line.target).collect();
    let messages: Vec<&str> = lines.iter().map(|line| line.message.as_str()).collect();
    let workers: Vec<i64> = lines.iter().map(|line| line.worker.0).collect();
    let parameters: Parameters<'_> =
        &[&jobs, &leases, &numbers, &attempts, &times, &levels, &targets, &messages, &workers];
    let rows = link.attempt(statement::WRITE_LOG, parameters).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

/// Nothing of a worker that was declared dead.
pub(crate) async fn write_progress(link: &Link, told: &[NewProgress]) -> std::result::Result<(), (Error, Remedy)> {
    let jobs: Vec<Uuid> = told.iter().map(|told| told.job.as_uuid()).collect();
    let leases: Vec<i64> = told.iter().map(|told| told.lease).collect();
    let attempts: Vec<i32> = told.iter().map(|told| told.attempt).collect();
    let done: Vec<i64> = told.iter().map(|told| i64::try_from(told.done).unwrap_or(i64::MAX)).collect();
    let totals: Vec<i64> = told.iter().map(|told| i64::try_from(told.total).unwrap_or(i64::MAX)).collect();
    let texts: Vec<Option<&str>> = told.iter().map(|told| told.text.as_deref()).collect();
    let workers: Vec<i64> = told.iter().map(|told| told.worker.0).collect();
    let parameters: Parameters<'_> = &[&jobs, &leases, &attempts, &done, &totals, &texts, &workers];
    link.attempt(statement::WRITE_PROGRESS, parameters).await.map(drop)
}

/// In the order in which they are read: from the place that was asked for.
pub(crate) async fn list_log(readers: &Readers, id: JobId, criteria: &LogCriteria) -> Result<Vec<LogLine>> {
    let statement = if criteria.backwards { statement::LOG_BEFORE } else { statement::LOG_AFTER };
    let (lease, number) = (criteria.from.map(|line| line.lease), criteria.from.map(|line| line.number));
    let level = criteria.level.number();
    let parameters: Parameters<'_> = &[&id.as_uuid(), &lease, &number, &criteria.attempt, &level, &criteria.limit];
    Ok(readers.query(statement, parameters).await?.iter().map(line).collect())
}

fn line(row: &Row) -> LogLine {
    LogLine {
        cursor: LogCursor { lease: row.get(0), number: row.get(1) },
        attempt: row.get(2),
        at: row.get(3),
        level: LogLevel::from_number(row.get(4)),
        target: row.get(5),
        message: row.get(6),
    }
}

/// Removes the log of jobs whose day is about to be dropped: of a number of them, after that id. Returns the last one.
pub(crate) async fn forget_log(link: &Link, state: JobState, keep: Duration, after: Uuid) -> Result<Option<Uuid>> {
    let (code, keep_ms) = (state.finished_code().unwrap_or_default(), keep.as_millis() as i64);
    let rows = link.query(statement::FORGET_LOG, &[&code, &keep_ms, &after]).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// Removes lines of jobs that are gone, of a number of jobs older than this, after that id. Returns the last one.
pub(crate) async fn forget_stray_log(link: &Link, age: Duration, after: Uuid) -> Result<Option<Uuid>> {
    let rows = link.query(statement::FORGET_STRAY_LOG, &[&(age.as_millis() as i64), &after]).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

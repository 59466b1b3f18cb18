//! Reads what was counted.

use chrono::{DateTime, Utc};
use tokio_postgres::Row;

use super::readers::Readers;
use super::statement;
use crate::error::{Error, Result};
use crate::record::{Axis, Counts, Deploy, Depth, Histogram, Tallied, Window};

/// Rows with the times at which they begin.
pub(crate) type Rows<T> = Vec<(DateTime<Utc>, T)>;

/// The rows of a window, and when its first step begins.
pub(crate) async fn tallied(readers: &Readers, axis: &Axis, window: Window) -> Result<(DateTime<Utc>, Rows<Tallied>)> {
    let (steps, step_seconds) = size(window);
    let rows =
        readers.query(statement::SERIES, &[&axis.word(), &axis.name(), &window.grain(), &steps, &step_seconds]).await?;
    Ok((first(&rows)?, rows.iter().filter_map(|row| Some((row.get::<_, Option<_>>(1)?, counted(row, 2)))).collect()))
}

/// What was in the queue, or in all of them, in each minute that was sampled.
pub(crate) async fn depths(
    readers: &Readers,
    queue: Option<&str>,
    window: Window,
) -> Result<(DateTime<Utc>, Rows<Depth>)> {
    let (steps, step_seconds) = size(window);
    let rows = readers.query(statement::DEPTHS, &[&queue, &steps, &step_seconds]).await?;
    Ok((first(&rows)?, rows.iter().filter_map(|row| Some((row.get::<_, Option<_>>(1)?, depth(row)))).collect()))
}

/// The versions of the program that first ran since then.
pub(crate) async fn deploys(readers: &Readers, since: DateTime<Utc>) -> Result<Vec<Deploy>> {
    let rows = readers.query(statement::LIST_DEPLOYS, &[&since]).await?;
    Ok(rows.iter().map(|row| Deploy { app_version: row.get(0), at: row.get(1) }).collect())
}

/// The time, and how many runs of the last ten minutes there were, and how many of them failed.
pub(crate) async fn recent_runs(readers: &Readers) -> Result<(DateTime<Utc>, (u64, u64))> {
    let rows = readers.query(statement::RECENT_RUNS, &[]).await?;
    let row = rows.first().ok_or_else(|| Error::database("recent runs: no row"))?;
    Ok((row.get(0), (number(row, 1), number(row, 2))))
}

pub(super) fn size(window: Window) -> (i64, i64) {
    (window.steps() as i64, window.step().as_secs() as i64)
}

/// Stands in every row.
fn first(rows: &[Row]) -> Result<DateTime<Utc>> {
    rows.first().map(|row| row.get(0)).ok_or_else(|| Error::database("statistics: no row"))
}

/// The columns from there on; null where there is no row.
pub(super) fn counted(row: &Row, column: usize) -> Tallied {
    let counts = Counts {
        enqueued: number(row, column),
        completed: number(row, column + 1),
        failed: number(row, column + 2),
        dead: number(row, column + 3),
        cancelled: number(row, column + 4),
    };
    Tallied { counts, waits: histogram(row, column + 5), runs: histogram(row, column + 6) }
}

fn histogram(row: &Row, column: usize) -> Histogram {
    let mut histogram = Histogram::default();
    histogram.add_all(&row.get::<_, Option<Vec<i32>>>(column).unwrap_or_default());
    histogram
}

fn depth(row: &Row) -> Depth {
    Depth { scheduled: number(row, 2), enqueued: number(row, 3), processing: number(row, 4), failed: number(row, 5) }
}

fn number(row: &Row, column: usize) -> u64 {
    row.get::<_, Option<i64>>(column).unwrap_or(0).unsigned_abs()
}

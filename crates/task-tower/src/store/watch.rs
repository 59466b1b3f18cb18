//! What there is to watch: workers, and runs that take long.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::readers::Readers;
use super::statement;
use crate::error::Result;
use crate::record::{JobId, WorkerId};

/// What one look brought.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    pub(crate) workers: Vec<WatchedWorker>,
    pub(crate) runs: Vec<WatchedRun>,
}

/// A worker that lives, or fell silent lately.
#[derive(Clone, Debug)]
pub(crate) struct WatchedWorker {
    pub(crate) id: WorkerId,
    pub(crate) host: String,
    pub(crate) process_id: i64,
    pub(crate) heard_at: DateTime<Utc>,
    pub(crate) died_at: Option<DateTime<Utc>>,
    /// Another worker has found it dead, and takes its jobs.
    pub(crate) is_buried: bool,
    /// It should have been heard.
    pub(crate) is_silent: bool,
    pub(crate) rescued: u64,
    /// When it was looked at.
    pub(crate) now: DateTime<Utc>,
}

/// A run that takes longer than its kind says, or than runs take for which nothing is said.
#[derive(Clone, Debug)]
pub(crate) struct WatchedRun {
    pub(crate) job: JobId,
    pub(crate) lease: i64,
    pub(crate) kind: String,
    pub(crate) queue: String,
    pub(crate) worker: WorkerId,
    pub(crate) started_at: DateTime<Utc>,
    /// How long it has run.
    pub(crate) took: Duration,
    /// What its kind says.
    pub(crate) expected: Option<Duration>,
}

/// Looks at workers, and at runs that take longer than their kind says, or longer than `least`. `late` is the part of
/// its time after which a worker that was not heard is silent.
pub(crate) async fn watch(readers: &Readers, least: Duration, late: f64) -> Result<Watched> {
    let least_ms = least.as_millis() as i64;
    let rows = readers.query(statement::WATCH, &[&least_ms, &late]).await?;
    let runs = rows.iter().filter_map(run).collect();
    // A worker has a row for each of its runs.
    let workers: BTreeMap<i64, WatchedWorker> = rows.iter().map(|row| (row.get("id"), worker(row))).collect();
    Ok(Watched { workers: workers.into_values().collect(), runs })
}

/// In which of these queues a run ended lately.
pub(crate) async fn queues_that_move(readers: &Readers, queues: &[&str], within: Duration) -> Result<BTreeSet<String>> {
    let within_ms = within.as_millis() as i64;
    let rows = readers.query(statement::QUEUES_THAT_MOVE, &[&queues, &within_ms]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

fn worker(row: &Row) -> WatchedWorker {
    WatchedWorker {
        id: WorkerId(row.get("id")),
        host: row.get("host"),
        process_id: row.get("process_id"),
        heard_at: row.get("heard_at"),
        died_at: row.get("died_at"),
        is_buried: row.get("is_buried"),
        is_silent: row.get("is_silent"),
        rescued: u64::from(row.get::<_, i32>("rescued").unsigned_abs()),
        now: row.get("now"),
    }
}

fn run(row: &Row) -> Option<WatchedRun> {
    let (now, started_at): (DateTime<Utc>, Option<DateTime<Utc>>) = (row.get("now"), row.get("attempted_at"));
    let expected: Option<i64> = row.get("expected_ms");
    Some(WatchedRun {
        job: JobId::from(row.get::<_, Option<Uuid>>("job_id")?),
        lease: row.get("lease"),
        kind: row.get("kind"),
        queue: row.get("queue"),
        worker: WorkerId(row.get("id")),
        started_at: started_at?,
        took: (now - started_at?).to_std().unwrap_or_default(),
        expected: expected.map(|milliseconds| Duration::from_millis(milliseconds.unsigned_abs())),
    })
}

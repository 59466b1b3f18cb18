//! What the doctor found: checks with reasons and remedies, and the figures behind them.

mod check;
mod latency;
mod sentence;
mod text;

pub use check::{Check, Level};
pub use latency::StartLatency;
pub use sentence::{Fact, Sentence};

use chrono::{DateTime, Utc};
use serde::Serialize;

/// How a tower fares, from [`Console::doctor`](crate::Console::doctor). Shown as text, it is what `task-tower
/// doctor` prints.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// When it was made, by the database's clock.
    pub at: DateTime<Utc>,
    /// The version of PostgreSQL.
    pub postgres: String,
    /// What was looked at: problems first, then warnings, then what is in order.
    pub checks: Vec<Check>,
    /// What could not be looked at, and why.
    pub notes: Vec<Sentence>,
    /// The transaction of another session in this database that is open for the longest time; one that holds
    /// back cleaning comes before one that does not.
    pub oldest_transaction: Option<OpenTransaction>,
    /// For how many milliseconds the oldest transaction was open in each of the last 60 minutes, 0 for none; `None` where no
    /// worker has sampled it. Of sessions of other roles only one knows whose role has `pg_read_all_stats`.
    pub oldest_transaction_course_ms: Vec<Option<u64>>,
    /// How long jobs that were due waited for their start within the last hour; `None` when none started.
    pub start_latency: Option<StartLatency>,
    /// The tables of the schema, largest first. The days of the history are summed up for each outcome.
    pub tables: Vec<TableRecord>,
    /// Those of our statements that took most time, at most ten; `None` when `pg_stat_statements` is not there
    /// or may not be read.
    pub statements: Option<Vec<StatementRecord>>,
    /// Queues with due jobs that no living worker serves, at most 100.
    pub queues_without_worker: Vec<Unserved>,
    /// Kinds of due jobs that no living worker knows, at most 100, as found among the 1,000 jobs that wait
    /// longest in each queue.
    pub kinds_without_worker: Vec<Unserved>,
}

impl Report {
    /// How many checks came out like this.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.checks.iter().filter(|check| check.level == level).count()
    }

    /// How much room the tables and their indexes take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.tables.iter().map(|table| table.table_bytes + table.index_bytes).sum()
    }
}

/// A transaction that is open.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OpenTransaction {
    /// The process id of its session, for `pg_terminate_backend`.
    pub pid: i32,
    /// The role that it runs as.
    pub role: String,
    /// What the program calls itself; empty when it does not say.
    pub application: String,
    /// What the session does: `active`, `idle in transaction` and so on.
    pub state: String,
    /// When the transaction began.
    pub since: DateTime<Utc>,
    /// Whether it keeps dead rows from being removed.
    pub holds_back: bool,
}

/// A table, and how full it is.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TableRecord {
    /// Its name; for days of the history, that of their outcome.
    pub name: String,
    /// How many partitions are summed up here; 0 for a table without any.
    pub partitions: u64,
    /// The room of its rows, in bytes.
    pub table_bytes: u64,
    /// The room of its indexes, in bytes.
    pub index_bytes: u64,
    /// How many rows it has, as the statistics estimate.
    pub rows: u64,
    /// How many dead rows it has, as the statistics estimate.
    pub dead_rows: u64,
    /// When it was last vacuumed, by autovacuum or by hand.
    pub vacuumed_at: Option<DateTime<Utc>>,
}

impl TableRecord {
    /// How many of its rows are dead, in percent.
    #[must_use]
    pub fn dead_percent(&self) -> f64 {
        let all = self.rows + self.dead_rows;
        if all == 0 { 0.0 } else { self.dead_rows as f64 * 100.0 / all as f64 }
    }
}

/// One of our statements, as `pg_stat_statements` counts it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StatementRecord {
    /// What it does, in the words of its first line.
    pub name: String,
    /// How often it ran.
    pub calls: u64,
    /// How long all its runs took together, in milliseconds.
    pub total_ms: f64,
    /// How long one took, on average.
    pub mean_ms: f64,
}

/// Jobs of [`Unserved`] are counted up to this for each priority: of so many or more there may be more.
pub const UNSERVED_MAX: u64 = 1_000;

/// A queue or a kind whose jobs are due, and that nobody takes.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Unserved {
    /// The queue, or the kind.
    pub name: String,
    /// How many of its jobs are due, counted up to [`UNSERVED_MAX`] for each priority.
    pub jobs: u64,
    /// Since when the oldest of them waits.
    pub oldest_since: DateTime<Utc>,
    /// Whether living workers leave this queue only because they are
    /// [`Strict`](crate::QueuePrioritization::Strict), and it has no priority with them.
    pub is_unlisted: bool,
}

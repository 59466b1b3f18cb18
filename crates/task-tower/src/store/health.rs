//! How the server, the tables and the workers fare: what the doctor looks at.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio_postgres::Row;

use super::link::Link;
use super::statement;
use crate::error::{Error, Result};
use crate::record::{Histogram, OpenTransaction, StatementRecord, TableRecord, Unserved};

/// The server, what is set there, and what we may see of it.
#[derive(Clone, Debug)]
pub(crate) struct ServerFacts {
    pub(crate) at: DateTime<Utc>,
    pub(crate) postgres: String,
    pub(crate) recovering: bool,
    pub(crate) schema_version: i32,
    /// The part of the notification queue that is in use, from 0 to 1.
    pub(crate) notifications: f64,
    pub(crate) connections: u64,
    pub(crate) connections_max: u64,
    pub(crate) role: String,
    /// Whether other roles' sessions are shown.
    pub(crate) sees_all: bool,
    /// Whether `pg_stat_statements` can be read.
    pub(crate) counts_statements: bool,
    /// Whether the size of the log can be asked for.
    pub(crate) sees_log: bool,
    pub(crate) settings: HashMap<String, String>,
    /// The process that answered.
    pub(crate) backend: i32,
}

/// A replication slot that nobody reads from.
#[derive(Clone, Debug)]
pub(crate) struct IdleSlot {
    pub(crate) name: String,
    pub(crate) holds_back: bool,
    pub(crate) kept_bytes: u64,
}

/// A worker that lives, or should.
#[derive(Clone, Debug)]
pub(crate) struct WorkerFacts {
    pub(crate) host: String,
    pub(crate) process_id: i64,
    pub(crate) alive: bool,
    pub(crate) heard_at: DateTime<Utc>,
    /// Whether the session in which it listens is there; `None` before its first heartbeat.
    pub(crate) listens: Option<bool>,
    /// When it was last notified of anything, as of its last heartbeat.
    pub(crate) notified_at: Option<DateTime<Utc>>,
    /// Whether it was subscribed in Redis at its last heartbeat; `None` when it has no Redis.
    pub(crate) by_redis: Option<bool>,
    /// How far its clock is ahead of the database's.
    pub(crate) clock_skew: Option<TimeDelta>,
}

/// The days of the history that have partitions.
#[derive(Clone, Debug)]
pub(crate) struct HistoryFacts {
    pub(crate) today: NaiveDate,
    pub(crate) first_day: Option<NaiveDate>,
    pub(crate) last_day: Option<NaiveDate>,
    /// Jobs that lie outside of them, counted up to a limit.
    pub(crate) outside: u64,
    /// The process that answered.
    pub(crate) backend: i32,
}

/// How much room is taken, and where.
#[derive(Clone, Debug)]
pub(crate) struct RoomFacts {
    pub(crate) database_bytes: u64,
    /// Those in which our tables and indexes lie, with commas.
    pub(crate) tablespaces: String,
}

pub(crate) async fn server_facts(link: &Link) -> Result<ServerFacts> {
    let rows = link.query(statement::DOCTOR_SERVER, &[]).await?;
    let row = rows.first().ok_or_else(|| Error::database("doctor_server: no row"))?;
    let (names, values): (Vec<String>, Vec<Option<String>>) = (row.get("names"), row.get("values"));
    Ok(ServerFacts {
        at: row.get("at"),
        postgres: row.get("postgres"),
        recovering: row.get("recovering"),
        schema_version: row.get("schema_version"),
        notifications: row.get("notifications"),
        connections: number(row, "connections"),
        connections_max: number(row, "connections_max"),
        role: row.get("role"),
        sees_all: row.get("sees_all"),
        counts_statements: row.get("counts_statements"),
        sees_log: row.get("sees_log"),
        settings: names.into_iter().zip(values.into_iter().map(Option::unwrap_or_default)).collect(),
        backend: row.get("backend"),
    })
}

/// The oldest transaction of another session.
pub(crate) async fn open_transaction(link: &Link) -> Result<Option<OpenTransaction>> {
    let rows = link.query(statement::DOCTOR_TRANSACTIONS, &[]).await?;
    Ok(rows.first().map(|row| OpenTransaction {
        pid: row.get("pid"),
        role: row.get("role"),
        application: row.get("application"),
        state: row.get("state"),
        since: row.get("since"),
        holds_back: row.get("holds_back"),
    }))
}

/// How long the oldest one was open, in milliseconds, in each of the last 60 minutes; `None` where nobody sampled it.
pub(crate) async fn transaction_course(link: &Link) -> Result<Vec<Option<u64>>> {
    let rows = link.query(statement::DOCTOR_COURSE, &[]).await?;
    let mut course = vec![None; 60];
    for row in &rows {
        let minute = usize::try_from(row.get::<_, i32>(0)).ok();
        if let Some(place) = minute.and_then(|minute| course.get_mut(minute)) {
            *place = Some(number(row, "oldest_transaction_ms"));
        }
    }
    Ok(course)
}

/// The oldest prepared transaction: its name, and when it was prepared.
pub(crate) async fn prepared_transaction(link: &Link) -> Result<Option<(String, DateTime<Utc>)>> {
    let rows = link.query(statement::DOCTOR_PREPARED, &[]).await?;
    Ok(rows.first().map(|row| (row.get("gid"), row.get("since"))))
}

pub(crate) async fn idle_slots(link: &Link) -> Result<Vec<IdleSlot>> {
    let rows = link.query(statement::DOCTOR_SLOTS, &[]).await?;
    let slot = |row: &Row| IdleSlot {
        name: row.get("name"),
        holds_back: row.get("holds_back"),
        kept_bytes: number(row, "kept_bytes"),
    };
    Ok(rows.iter().map(slot).collect())
}

/// The tables, and whether autovacuum is switched off for each.
pub(crate) async fn table_facts(link: &Link) -> Result<Vec<(TableRecord, bool)>> {
    let rows = link.query(statement::DOCTOR_TABLES, &[]).await?;
    let table = |row: &Row| TableRecord {
        name: row.get("name"),
        partitions: number(row, "partitions"),
        table_bytes: number(row, "table_bytes"),
        index_bytes: number(row, "index_bytes"),
        rows: number(row, "rows"),
        dead_rows: number(row, "dead_rows"),
        vacuumed_at: row.get("vacuumed_at"),
    };
    Ok(rows.iter().map(|row| (table(row), row.get::<_, Option<bool>>("unattended") == Some(true))).collect())
}

pub(crate) async fn room_facts(link: &Link) -> Result<RoomFacts> {
    let rows = link.query(statement::DOCTOR_ROOM, &[]).await?;
    let row = rows.first().ok_or_else(|| Error::database("doctor_room: no row"))?;
    Ok(RoomFacts {
        database_bytes: number(row, "database_bytes"),
        tablespaces: row.get::<_, Option<String>>("tablespaces").unwrap_or_default(),
    })
}

/// How much log the server keeps, for who may see it.
pub(crate) async fn log_bytes(link: &Link) -> Result<u64> {
    let rows = link.query(statement::DOCTOR_LOG, &[]).await?;
    Ok(rows.first().map_or(0, |row| number(row, "log_bytes")))
}

pub(crate) async fn slowest_statements(link: &Link) -> Result<Vec<StatementRecord>> {
    let rows = link.query(statement::DOCTOR_STATEMENTS, &[]).await?;
    let record = |row: &Row| StatementRecord {
        name: row.get::<_, &str>("name").trim_start_matches("-- ").to_owned(),
        calls: number(row, "calls"),
        total_ms: row.get("total_ms"),
        mean_ms: row.get("mean_ms"),
    };
    Ok(rows.iter().map(record).collect())
}

pub(crate) async fn worker_facts(link: &Link) -> Result<Vec<WorkerFacts>> {
    let rows = link.query(statement::DOCTOR_WORKERS, &[]).await?;
    let worker = |row: &Row| WorkerFacts {
        host: row.get("host"),
        process_id: row.get("process_id"),
        alive: row.get("alive"),
        heard_at: row.get("heard_at"),
        listens: row.get("listens"),
        notified_at: row.get("notified_at"),
        by_redis: row.get("by_redis"),
        clock_skew: row.get::<_, Option<i64>>("clock_skew_ms").map(TimeDelta::milliseconds),
    };
    Ok(rows.iter().map(worker).collect())
}

/// How long jobs waited for their start within the last hour.
pub(crate) async fn start_waits(link: &Link) -> Result<Histogram> {
    let rows = link.query(statement::DOCTOR_LATENCY, &[]).await?;
    let mut waits = Histogram::default();
    rows.iter().for_each(|row| waits.add_all(&row.get::<_, Vec<i32>>("waits")));
    Ok(waits)
}

/// Queues with due jobs and no worker, with up to `limit` jobs of each priority.
pub(crate) async fn queues_without_worker(link: &Link, limit: i64) -> Result<Vec<Unserved>> {
    Ok(unserved(&link.query(statement::DOCTOR_QUEUES, &[&limit]).await?))
}

/// Kinds that no worker knows, among the first `limit` jobs of each queue and priority.
pub(crate) async fn kinds_without_worker(link: &Link, limit: i64) -> Result<Vec<Unserved>> {
    Ok(unserved(&link.query(statement::DOCTOR_KINDS, &[&limit]).await?))
}

pub(crate) async fn history_facts(link: &Link, limit: i64) -> Result<HistoryFacts> {
    let rows = link.query(statement::DOCTOR_HISTORY, &[&limit]).await?;
    let row = rows.first().ok_or_else(|| Error::database("doctor_history: no row"))?;
    Ok(HistoryFacts {
        today: row.get("today"),
        first_day: row.get("first_day"),
        last_day: row.get("last_day"),
        outside: number(row, "outside"),
        backend: row.get("backend"),
    })
}

fn unserved(rows: &[Row]) -> Vec<Unserved> {
    let record = |row: &Row| Unserved {
        name: row.get("name"),
        jobs: number(row, "jobs"),
        oldest_since: row.get("oldest_since"),
        is_unlisted: row.get("is_unlisted"),
    };
    rows.iter().map(record).collect()
}

fn number(row: &Row, column: &str) -> u64 {
    row.get::<_, i64>(column).max(0).unsigned_abs()
}

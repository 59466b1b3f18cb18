//! How the tower fares: the checks of the doctor, and the figures behind them.

use serde::Serialize;
use task_tower::{Check, Level, OpenTransaction, Report, StatementRecord, TableRecord, Unserved};

use super::answer::{Json, Moment};
use super::ask::{Asked, Nothing};
use super::call::Call;
use crate::fault::Fault;
use crate::pages::{doctor_report, may_be_more};

#[derive(Serialize)]
pub(super) struct Findings {
    at: Moment,
    postgres: String,
    checks: Vec<Checked>,
    notes: Vec<String>,
    oldest_transaction: Option<Oldest>,
    oldest_transaction_course_ms: Vec<Option<u64>>,
    start_latency: Option<Latency>,
    tables: Vec<Table>,
    statements: Option<Vec<StatementRecord>>,
    queues_without_worker: Vec<Waiting>,
    kinds_without_worker: Vec<Waiting>,
}

#[derive(Serialize)]
struct Checked {
    name: &'static str,
    level: Level,
    title: String,
    reason: String,
    remedy: Option<String>,
}

#[derive(Serialize)]
struct Oldest {
    pid: i32,
    role: String,
    application: String,
    state: String,
    since: Moment,
    holds_back: bool,
}

#[derive(Serialize)]
struct Latency {
    starts: u64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
}

#[derive(Serialize)]
struct Table {
    name: String,
    partitions: u64,
    table_bytes: u64,
    index_bytes: u64,
    rows: u64,
    dead_rows: u64,
    vacuumed_at: Option<Moment>,
}

#[derive(Serialize)]
struct Waiting {
    name: String,
    jobs: u64,
    at_least: bool,
    oldest_since: Moment,
}

pub(super) async fn doctor(call: Call, _: Asked<Nothing>) -> Result<Json<Findings>, Fault> {
    Ok(Json(doctor_report(&call.desk, &call.visitor).await?.into()))
}

impl From<Report> for Findings {
    fn from(report: Report) -> Self {
        Self {
            at: Moment(report.at),
            postgres: report.postgres,
            checks: report.checks.iter().map(Checked::from).collect(),
            notes: report.notes.iter().map(ToString::to_string).collect(),
            oldest_transaction: report.oldest_transaction.map(Oldest::from),
            oldest_transaction_course_ms: report.oldest_transaction_course_ms,
            start_latency: report.start_latency.map(|latency| Latency {
                starts: latency.starts,
                p50_ms: latency.p50_ms,
                p95_ms: latency.p95_ms,
                p99_ms: latency.p99_ms,
            }),
            tables: report.tables.into_iter().map(Table::from).collect(),
            statements: report.statements,
            queues_without_worker: report.queues_without_worker.into_iter().map(Waiting::from).collect(),
            kinds_without_worker: report.kinds_without_worker.into_iter().map(Waiting::from).collect(),
        }
    }
}

impl From<&Check> for Checked {
    fn from(check: &Check) -> Self {
        Self {
            name: check.name,
            level: check.level,
            title: check.title.to_string(),
            reason: check.reason.to_string(),
            remedy: check.remedy.as_ref().map(ToString::to_string),
        }
    }
}

impl From<OpenTransaction> for Oldest {
    fn from(open: OpenTransaction) -> Self {
        let OpenTransaction { pid, role, application, state, since, holds_back, .. } = open;
        Self { pid, role, application, state, since: Moment(since), holds_back }
    }
}

impl From<TableRecord> for Table {
    fn from(table: TableRecord) -> Self {
        Self {
            name: table.name,
            partitions: table.partitions,
            table_bytes: table.table_bytes,
            index_bytes: table.index_bytes,
            rows: table.rows,
            dead_rows: table.dead_rows,
            vacuumed_at: table.vacuumed_at.map(Moment),
        }
    }
}

impl From<Unserved> for Waiting {
    fn from(waiting: Unserved) -> Self {
        let at_least = may_be_more(&waiting);
        Self { name: waiting.name, jobs: waiting.jobs, at_least, oldest_since: Moment(waiting.oldest_since) }
    }
}

//! Looks how everything fares: the server, its sessions, the tables, the workers, and whether each job has somebody
//! who takes it. Here the facts are gathered; the rules, a file for each subject, say what they mean.

mod history;
mod limits;
mod room;
mod server;
mod sessions;
mod tables;
mod work;

pub use limits::DoctorLimits;

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, timeout_at};

use super::Console;
use crate::error::{Error, Result};
use crate::record::{
    Histogram, Level, OpenTransaction, Report, Sentence, StartLatency, StatementRecord, TableRecord, UNSERVED_MAX,
    Unserved,
};
use crate::store::{self, HistoryFacts, IdleSlot, Link, Purpose, RoomFacts, ServerFacts, WorkerFacts};

/// Nobody waits longer for the doctor; what is not known by then is left out, and the report says so.
const PATIENCE: Duration = Duration::from_secs(2);
/// Jobs without a worker are counted up to here.
const WAITING_MAX: i64 = UNSERVED_MAX.cast_signed();

/// What there is to judge. `None` for what could not be looked at.
struct Facts {
    schema: String,
    server: ServerFacts,
    oldest: Option<OpenTransaction>,
    course: Option<Vec<Option<u64>>>,
    prepared: Option<Option<(String, DateTime<Utc>)>>,
    slots: Option<Vec<IdleSlot>>,
    tables: Option<Vec<(TableRecord, bool)>>,
    workers: Option<Vec<WorkerFacts>>,
    queues: Option<Vec<Unserved>>,
    kinds: Option<Vec<Unserved>>,
    history: Option<HistoryFacts>,
    room: Option<RoomFacts>,
    /// How much log the server keeps.
    log_bytes: Option<u64>,
    statements: Option<Vec<StatementRecord>>,
    waits: Option<Histogram>,
    /// What could not be looked at, and why.
    notes: Vec<Sentence>,
}

impl Console {
    /// Looks how everything fares, and says what is wrong and what to do about it. It changes nothing, takes two
    /// seconds at the most, opens a connection of its own while it looks, and counts no large table: it may be
    /// asked at any time, by a role that may do no more than read the tables.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn doctor(&self) -> Result<Report> {
        self.doctor_with(&DoctorLimits::default()).await
    }

    /// The same, with other limits of what is in order.
    ///
    /// # Errors
    ///
    /// As for [`doctor`](Console::doctor).
    pub async fn doctor_with(&self, limits: &DoctorLimits) -> Result<Report> {
        let deadline = Instant::now() + PATIENCE;
        let own = self.link.beside(Purpose::Examine);
        // When no further connection is to be had, the console still has its own.
        let link = if own.session().await.is_ok() { own } else { self.link.clone() };
        let asking = timeout_at(deadline, store::server_facts(&link)).await;
        let server = asking.map_err(|_| Error::unavailable("doctor: no answer within 2 s"))??;
        // Boxed: it asks a dozen questions, each with a future of its own.
        Ok(report(Box::pin(gather(&link, server, deadline)).await, limits))
    }
}

/// All questions go at once, so that a distant database is asked in one round.
async fn gather(link: &Link, server: ServerFacts, deadline: Instant) -> Facts {
    let (counts_statements, sees_log) = (server.counts_statements, server.sees_log);
    let statements = async {
        match counts_statements {
            true => store::slowest_statements(link).await.map(Some),
            false => Ok(None),
        }
    };
    let log = async {
        match sees_log {
            true => store::log_bytes(link).await.map(Some),
            false => Ok(None),
        }
    };
    let (oldest, course, prepared, slots, tables, workers, queues, kinds, history, room, log, statements, waits) = tokio::join!(
        ask(deadline, store::open_transaction(link)),
        ask(deadline, store::transaction_course(link)),
        ask(deadline, store::prepared_transaction(link)),
        ask(deadline, store::idle_slots(link)),
        ask(deadline, store::table_facts(link)),
        ask(deadline, store::worker_facts(link)),
        ask(deadline, store::queues_without_worker(link, WAITING_MAX)),
        ask(deadline, store::kinds_without_worker(link, WAITING_MAX)),
        ask(deadline, store::history_facts(link, WAITING_MAX)),
        ask(deadline, store::room_facts(link)),
        ask(deadline, log),
        ask(deadline, statements),
        ask(deadline, store::start_waits(link)),
    );
    let mut notes = Vec::new();
    Facts {
        schema: link.schema_name().to_owned(),
        server,
        oldest: known(oldest, "Open transactions could not be looked at: {why}.", &mut notes).flatten(),
        course: known(course, "How long transactions were open could not be looked at: {why}.", &mut notes),
        prepared: known(prepared, "Prepared transactions could not be looked at: {why}.", &mut notes),
        slots: known(slots, "Replication slots could not be looked at: {why}.", &mut notes),
        tables: known(tables, "Tables could not be looked at: {why}.", &mut notes),
        workers: known(workers, "Workers could not be looked at: {why}.", &mut notes),
        queues: known(queues, "Queues without a worker could not be looked for: {why}.", &mut notes),
        kinds: known(kinds, "Kinds without a worker could not be looked for: {why}.", &mut notes),
        history: known(history, "The days of the history could not be looked at: {why}.", &mut notes),
        room: known(room, "The room that is taken could not be looked at: {why}.", &mut notes),
        log_bytes: known(log, "The log could not be looked at: {why}.", &mut notes).flatten(),
        statements: known(statements, "Statements could not be looked at: {why}.", &mut notes).flatten(),
        waits: known(waits, "Waits could not be looked at: {why}.", &mut notes),
        notes,
    }
}

async fn ask<T>(deadline: Instant, question: impl Future<Output = Result<T>>) -> Result<T> {
    let answer = timeout_at(deadline, question).await;
    answer.unwrap_or_else(|_| Err(Error::unavailable("no answer within 2 s")))
}

/// What was answered; or a note.
fn known<T>(answer: Result<T>, text: &'static str, notes: &mut Vec<Sentence>) -> Option<T> {
    answer.map_err(|error| notes.push(Sentence::from(text).name("why", error.to_string()))).ok()
}

fn report(facts: Facts, limits: &DoctorLimits) -> Report {
    let mut checks = [
        work::checks(&facts, limits),
        sessions::checks(&facts, limits),
        tables::checks(&facts, limits),
        server::checks(&facts.server, limits),
        facts.history.iter().flat_map(history::checks).collect(),
        facts.room.iter().map(|room| room::check(room, &facts, limits)).collect(),
        facts.history.iter().map(|history| server::pooler(&[facts.server.backend, history.backend])).collect(),
    ]
    .concat();
    checks.sort_by_key(|check| check.level);
    let mut notes = facts.notes;
    notes.extend(server::sight(&facts.server));
    Report {
        at: facts.server.at,
        postgres: facts.server.postgres,
        checks,
        notes,
        oldest_transaction: facts.oldest,
        oldest_transaction_course_ms: facts.course.unwrap_or_default(),
        start_latency: facts.waits.as_ref().and_then(StartLatency::of),
        tables: facts.tables.unwrap_or_default().into_iter().map(|(table, _)| table).collect(),
        statements: facts.statements,
        queues_without_worker: facts.queues.unwrap_or_default(),
        kinds_without_worker: facts.kinds.unwrap_or_default(),
    }
}

/// At its limit it is a warning, at six times that a problem.
fn level(value: f64, limit: f64) -> Level {
    match value {
        value if value >= limit * 6.0 => Level::Problem,
        value if value >= limit => Level::Warning,
        _ => Level::Passed,
    }
}

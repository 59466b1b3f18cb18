//! Workers: their registration, their heartbeats, their sleep, and the rescue of what they leave.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::desk::Change;
use super::link::{Link, Session};
use super::statement;
use crate::error::{Error, Result};
use crate::record::{JobId, WorkerCommand, WorkerId};

/// Who a worker says it is.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) host: String,
    pub(crate) process_id: i64,
    pub(crate) slots: i32,
    pub(crate) kinds: Vec<String>,
    /// Of each kind, in the same order.
    pub(crate) display_names: Vec<Option<String>>,
    /// How long a run of each kind takes at the most when all is well, in the same order.
    pub(crate) expected_ms: Vec<Option<i64>>,
    /// The kinds of whose deaths, cancellations and requeues an interceptor wants to hear.
    pub(crate) death_kinds: Vec<String>,
    pub(crate) cancel_kinds: Vec<String>,
    pub(crate) requeue_kinds: Vec<String>,
    /// JSON: how it runs each kind, by name.
    pub(crate) kind_setups: String,
    pub(crate) queues: Vec<String>,
    /// How it chooses among them, in a word.
    pub(crate) queue_prioritization: &'static str,
    /// JSON: priorities or weights by queue.
    pub(crate) queue_priorities: String,
    pub(crate) dead_after: Duration,
    pub(crate) app_version: Option<String>,
    /// What it was asked to do, before it had to register anew.
    pub(crate) command: Option<WorkerCommand>,
}

pub(crate) async fn register_worker(
    session: &Session,
    worker: &Registration,
) -> Result<WorkerId, tokio_postgres::Error> {
    let dead_after_ms = worker.dead_after.as_millis() as i64;
    let rows = session
        .query(
            statement::REGISTER_WORKER,
            &[
                &worker.host,
                &worker.process_id,
                &env!("CARGO_PKG_VERSION"),
                &worker.slots,
                &worker.kinds,
                &worker.display_names,
                &worker.death_kinds,
                &worker.queues,
                &dead_after_ms,
                &worker.app_version,
                &worker.command.map(|command| command.as_str()),
                &worker.queue_prioritization,
                &worker.queue_priorities,
                &worker.kind_setups,
                &worker.cancel_kinds,
                &worker.requeue_kinds,
                &worker.expected_ms,
            ],
        )
        .await?;
    Ok(WorkerId(rows.first().map_or(0, |row| row.get(0))))
}

/// What a worker tells with a heartbeat.
#[derive(Clone, Debug)]
pub(crate) struct Beat {
    pub(crate) busy: i32,
    pub(crate) running: Vec<JobId>,
    /// By its own clock.
    pub(crate) clock: DateTime<Utc>,
    /// How long ago it was last notified.
    pub(crate) notified: Option<Duration>,
    /// What its process takes, where that is known.
    pub(crate) memory_bytes: Option<i64>,
    /// Whether it is subscribed in Redis; `None` when it has no Redis.
    pub(crate) by_redis: Option<bool>,
}

/// What a worker hears when it says that it is alive.
pub(crate) struct Answer {
    /// What it is asked to do.
    pub(crate) command: Option<WorkerCommand>,
    /// Others are silent, and have to be declared dead.
    pub(crate) others_silent: bool,
}

/// Says that the worker is alive. `None` when it was declared dead.
pub(crate) async fn heartbeat(
    session: &Session,
    worker: WorkerId,
    beat: &Beat,
) -> Result<Option<Answer>, tokio_postgres::Error> {
    let running: Vec<Uuid> = beat.running.iter().map(JobId::as_uuid).collect();
    let notified_ms = beat.notified.map(|ago| ago.as_millis() as i64);
    let rows = session
        .query(
            statement::HEARTBEAT,
            &[&worker.0, &beat.busy, &running, &beat.clock, &notified_ms, &beat.memory_bytes, &beat.by_redis],
        )
        .await?;
    Ok(rows.first().map(|row| Answer {
        command: row.get::<_, Option<&str>>(0).and_then(WorkerCommand::from_word),
        others_silent: row.get(1),
    }))
}

/// Asks a worker to do something, or nothing any more. False when it does not live.
pub(crate) async fn command_worker(
    change: &Change<'_>,
    worker: WorkerId,
    command: Option<WorkerCommand>,
) -> Result<bool> {
    let word = command.map(|command| command.as_str());
    Ok(!change.query(statement::COMMAND_WORKER, &[&worker.0, &word]).await?.is_empty())
}

/// Takes a worker off the list that no longer lives and holds no jobs. Returns its host, `None` when it is not such a one.
pub(crate) async fn remove_worker(change: &Change<'_>, worker: WorkerId) -> Result<Option<String>> {
    Ok(change.query(statement::REMOVE_WORKER, &[&worker.0]).await?.first().map(|row| row.get(0)))
}

/// Which of these runs, by job and lease, were asked to stop (true), and which belong to another by now (false).
pub(crate) async fn revoked(
    session: &Session,
    held: &[(JobId, i64)],
) -> Result<Vec<(JobId, i64, bool)>, tokio_postgres::Error> {
    let ids: Vec<Uuid> = held.iter().map(|(id, _)| id.as_uuid()).collect();
    let leases: Vec<i64> = held.iter().map(|(_, lease)| *lease).collect();
    let rows = session.query(statement::REVOKED, &[&ids, &leases]).await?;
    Ok(rows.iter().map(|row| (JobId::from(row.get::<_, Uuid>(0)), row.get(1), row.get(2))).collect())
}

pub(crate) async fn end_worker(link: &Link, worker: WorkerId) -> Result<()> {
    link.query(statement::END_WORKER, &[&worker.0]).await.map(drop)
}

/// Asks to be woken for these queues, by Redis or by NOTIFY.
pub(crate) async fn arm(link: &Link, worker: WorkerId, queues: &[String], by_redis: bool) -> Result<()> {
    link.query(statement::ARM, &[&queues, &worker.0, &by_redis]).await.map(drop)
}

pub(crate) async fn disarm(link: &Link, worker: WorkerId) -> Result<()> {
    link.query(statement::DISARM, &[&worker.0]).await.map(drop)
}

/// How many workers are awake that serve these queues, or any where none is named.
pub(crate) async fn company(link: &Link, queues: &[String]) -> Result<usize> {
    let rows = link.query(statement::COMPANY, &[&queues]).await?;
    Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0)) as usize)
}

/// The first transaction that begins after this question.
pub(crate) async fn gate(link: &Link) -> Result<i64> {
    let rows = link.query(statement::GATE, &[]).await?;
    rows.first().map(|row| row.get(0)).ok_or_else(|| Error::database("gate: no row"))
}

/// Declares silent workers dead. Returns them with host and process id.
pub(crate) async fn bury_workers(link: &Link) -> Result<Vec<(WorkerId, String, i64)>> {
    let rows = link.query(statement::BURY_WORKERS, &[]).await?;
    Ok(rows.iter().map(|row| (WorkerId(row.get(0)), row.get(1), row.get(2))).collect())
}

/// A job taken from a dead worker.
#[derive(Clone, Debug)]
pub(crate) struct Rescued {
    pub(crate) id: JobId,
    pub(crate) kind: String,
    pub(crate) queue: String,
    /// Why it ended instead of going back to its queue.
    pub(crate) ended: Option<String>,
    /// Of the program of the worker that died, as long as that is known.
    pub(crate) version: Option<String>,
}

/// Takes up to 1,000 jobs from dead workers.
pub(crate) async fn rescue(link: &Link, poison_after: u32) -> Result<Vec<Rescued>> {
    let rows = link.query(statement::RESCUE, &[&(poison_after as i32)]).await?;
    Ok(rows
        .iter()
        .map(|row| Rescued {
            id: JobId::from(row.get::<_, Uuid>(0)),
            kind: row.get(1),
            queue: row.get(2),
            ended: row.get(3),
            version: row.get(4),
        })
        .collect())
}

/// Gives back what the database holds for this worker beyond what it knows of.
pub(crate) async fn reclaim(link: &Link, worker: WorkerId, known: &[JobId]) -> Result<usize> {
    let known: Vec<Uuid> = known.iter().map(JobId::as_uuid).collect();
    Ok(link.query(statement::RECLAIM, &[&worker.0, &known]).await?.len())
}

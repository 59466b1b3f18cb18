//! What people ask, and what they change by hand.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::link::Link;
use super::readers::Readers;
use super::statement;
use crate::error::{Error, Result};
use crate::record::{
    BatchId, Event, JobId, JobRecord, JobState, LATE_AFTER, Progress, Pulse, QueueRecord, ReadOnly, RunRecord,
    RunningJob, Server, WorkerCommand, WorkerId, WorkerRecord,
};

pub(crate) async fn show_job(link: &Link, id: JobId) -> Result<Option<JobRecord>> {
    let rows = link.query(statement::SHOW_JOB, &[&id.as_uuid()]).await?;
    Ok(rows.first().map(job))
}

/// The same for somebody who only looks.
pub(crate) async fn read_job(readers: &Readers, id: JobId) -> Result<Option<JobRecord>> {
    let rows = readers.query(statement::SHOW_JOB, &[&id.as_uuid()]).await?;
    Ok(rows.first().map(job))
}

/// All queues, or that of a name.
pub(crate) async fn list_queues(readers: &Readers, name: Option<&str>, limit: i64) -> Result<Vec<QueueRecord>> {
    let rows = readers.query(statement::LIST_QUEUES, &[&limit, &name]).await?;
    Ok(rows
        .iter()
        .map(|row| QueueRecord {
            name: row.get(0),
            enqueued: row.get::<_, i64>(1).unsigned_abs(),
            scheduled: row.get::<_, i64>(2).unsigned_abs(),
            failed: row.get::<_, i64>(3).unsigned_abs(),
            oldest_since: row.get(4),
            paused_at: row.get(5),
            paused_reason: row.get(6),
            paused_by: row.get(7),
            late_after: late_after(row.get(8)),
        })
        .collect())
}

fn late_after(milliseconds: Option<i64>) -> Duration {
    milliseconds.map_or(LATE_AFTER, |milliseconds| Duration::from_millis(milliseconds.unsigned_abs()))
}

/// After how long a wait those queues are late for which somebody has said so.
pub(crate) async fn queue_limits(readers: &Readers) -> Result<BTreeMap<String, Duration>> {
    let rows = readers.query(statement::QUEUE_LIMITS, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), late_after(row.get(1)))).collect())
}

/// Of each of these workers the jobs that began first: `most` of each, and `limit` in all.
pub(crate) async fn running_jobs(readers: &Readers, workers: &[i64], most: i32, limit: i64) -> Result<Vec<RunningJob>> {
    let rows = readers.query(statement::RUNNING_JOBS, &[&workers, &most, &limit]).await?;
    Ok(rows
        .iter()
        .map(|row| RunningJob {
            worker: WorkerId(row.get(0)),
            id: JobId::from(row.get::<_, Uuid>(1)),
            kind: row.get(2),
            display_name: row.get(3),
            queue: row.get(4),
            started_at: row.get(5),
        })
        .collect())
}

/// All workers, or that one.
pub(crate) async fn list_workers(readers: &Readers, id: Option<WorkerId>) -> Result<Vec<WorkerRecord>> {
    let rows = readers.query(statement::LIST_WORKERS, &[&id.map(|id| id.as_i64())]).await?;
    Ok(rows
        .iter()
        .map(|row| WorkerRecord {
            id: WorkerId(row.get(0)),
            host: row.get(1),
            process_id: row.get(2),
            version: row.get(3),
            slots: row.get(4),
            busy: row.get(5),
            kinds: row.get(6),
            queues: row.get(7),
            started_at: row.get(8),
            heartbeat_at: row.get(9),
            ended_at: row.get(10),
            ended_how: row.get(11),
            app_version: row.get(12),
            running: row.get::<_, Vec<Uuid>>(13).into_iter().map(JobId::from).collect(),
            command: row.get::<_, Option<&str>>(14).and_then(WorkerCommand::from_word),
            queue_prioritization: row.get(15),
            // Whatever stands there, one odd row must not hide the others.
            queue_priorities: serde_json::from_str(row.get(16)).unwrap_or_default(),
            memory_bytes: row.get(17),
            by_redis: row.get(18),
        })
        .collect())
}

/// Which server answers, and whether it takes changes.
pub(crate) async fn server(link: &Link) -> Result<Server> {
    let rows = link.query(statement::SERVER, &[]).await?;
    let row = rows.first().ok_or_else(|| Error::database("server: no row"))?;
    let setting = row.get::<_, bool>("is_read_only").then_some(ReadOnly::Setting);
    let read_only = if row.get("is_standby") { Some(ReadOnly::Standby) } else { setting };
    Ok(Server { postgres: row.get("version"), read_only })
}

pub(crate) async fn pulse(readers: &Readers) -> Result<Pulse> {
    let rows = readers.query(statement::PULSE, &[]).await?;
    let pulse = rows.first().map(|row| Pulse {
        jobs: row.get(0),
        queues: row.get(1),
        workers: row.get(2),
        operations: row.get(3),
        logs: row.get(4),
        is_active: row.get(5),
    });
    Ok(pulse.unwrap_or_default())
}

/// The latest finished runs of a kind, the newest first.
pub(crate) async fn runs_of_kind(readers: &Readers, kind: &str, limit: i64) -> Result<Vec<RunRecord>> {
    let rows = readers.query(statement::RUNS_OF_KIND, &[&kind, &limit]).await?;
    let run = |row: &Row| {
        let state = if row.get::<_, i16>(1) == 3 { JobState::Completed } else { JobState::Dead };
        RunRecord { id: id(row), state, took: TimeDelta::milliseconds(row.get(2)) }
    };
    Ok(rows.iter().map(run).collect())
}

/// The live job that has this unique key of a kind.
pub(crate) async fn holder(link: &Link, kind: &str, unique_key: &str) -> Result<Option<JobId>> {
    Ok(link.query(statement::HOLDER, &[&kind, &unique_key]).await?.first().map(id))
}

/// Adds tags to a job; not found when there is none.
pub(crate) async fn tag_job(link: &Link, id: JobId, tags: &[String]) -> Result<()> {
    link.query(statement::TAG_JOB, &[&id.as_uuid(), &tags]).await.map(drop)
}

fn id(row: &Row) -> JobId {
    JobId::from(row.get::<_, Uuid>(0))
}

/// The state that has this number.
pub(super) fn by_number(wanted: i16) -> Option<JobState> {
    JobState::ALL.into_iter().find(|state| number(*state) == wanted)
}

/// The numbers of states in what is put together by `search`.
pub(super) fn number(state: JobState) -> i16 {
    match state {
        JobState::Scheduled => 0,
        JobState::Enqueued => 1,
        JobState::Processing => 2,
        JobState::Completed => 3,
        JobState::Dead => 4,
        JobState::Cancelled => 5,
        JobState::Failed => 6,
        JobState::Awaiting => 7,
    }
}

pub(super) fn job(row: &Row) -> JobRecord {
    let attempt: i32 = row.get("attempt");
    let finished_at: Option<DateTime<Utc>> = row.get("finished_at");
    JobRecord {
        id: id(row),
        kind: row.get("kind"),
        display_name: row.get("display_name"),
        queue: row.get("queue"),
        state: state(row, finished_at),
        priority: row.get("priority"),
        attempt,
        failures: row.get("failures"),
        crashes: row.get("crashes"),
        max_retries: row.get("max_retries"),
        // Whatever stands there, one odd row must not hide the others.
        tags: row.try_get("tags").unwrap_or_default(),
        batch: row.get::<_, Option<Uuid>>("batch_id").map(BatchId::from),
        // A list does not know of those that were awaited.
        is_follower: row.try_get("is_follower").unwrap_or_else(|_| row.get("is_awaiting")),
        unique_key: row.get("unique_key"),
        timeout_ms: row.get("timeout_ms"),
        created_at: row.get("created_at"),
        run_at: row.get("run_at"),
        attempted_at: (attempt > 0).then(|| row.get("attempted_at")),
        finished_at,
        worker_id: Some(WorkerId(row.get("worker_id"))).filter(|worker| worker.0 != 0),
        cancel_requested: row.get("cancel_requested"),
        reason: row.get("reason"),
        error_group: row.try_get("error_group").unwrap_or_default(),
        progress: progress(row),
        payload: json(row, "payload").unwrap_or(Value::Null),
        context: json(row, "context"),
        result: json(row, "result"),
        events: events(row),
        revision: row.try_get("revision").ok(),
        trace_context: row.try_get("trace_context").unwrap_or_default(),
    }
}

/// A list does not have it.
fn progress(row: &Row) -> Option<Progress> {
    let number = |column| Some(row.try_get::<_, Option<i64>>(column).ok()??.unsigned_abs());
    Some(Progress {
        done: number("progress_done")?,
        total: number("progress_total")?,
        attempt: row.get("progress_attempt"),
        text: row.get("progress_text"),
        at: row.get("progress_at"),
    })
}

fn state(row: &Row, finished_at: Option<DateTime<Utc>>) -> JobState {
    let (state, due): (i16, bool) = (row.get("state"), row.get("due"));
    match (finished_at, state) {
        (Some(_), 3) => JobState::Completed,
        (Some(_), 4) => JobState::Dead,
        (Some(_), _) => JobState::Cancelled,
        (None, 1) => JobState::Processing,
        (None, _) if row.get("is_awaiting") => JobState::Awaiting,
        (None, _) if due => JobState::Enqueued,
        (None, _) if row.get("retrying") => JobState::Failed,
        (None, _) => JobState::Scheduled,
    }
}

/// A list carries only the beginning of a long payload, which then is a text.
fn json(row: &Row, column: &str) -> Option<Value> {
    let text: String = row.get::<_, Option<String>>(column)?;
    Some(serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// An event that a later version wrote in another form is left out, not the job.
fn events(row: &Row) -> Vec<Event> {
    let Some(Value::Array(events)) = json(row, "events") else { return Vec::new() };
    events.into_iter().filter_map(|event| serde_json::from_value(event).ok()).collect()
}

/// What time it is, by the database's clock.
pub(crate) async fn clock(link: &Link) -> Result<DateTime<Utc>> {
    let rows = link.query(statement::CLOCK, &[]).await?;
    Ok(rows.first().map_or_else(Utc::now, |row| row.get(0)))
}

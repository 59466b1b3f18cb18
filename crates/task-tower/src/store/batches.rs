//! Batches: opened and closed, added up by workers, looked at by people.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio_postgres::Row;
use uuid::Uuid;

use super::call::Parameter;
use super::inserts::NewJob;
use super::link::Link;
use super::readers::Readers;
use super::statement;
use crate::error::{Error, Result};
use crate::record::{BatchCallback, BatchEvent, BatchId, BatchRecord, JobId};

/// The batch that a job comes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) batch: BatchId,
    /// A job of the batch on whose behalf it comes: until that ends, the batch takes it though it is closed.
    pub(crate) from_job: Option<JobId>,
}

/// A batch before it is in the table.
#[derive(Debug)]
pub(crate) struct NewBatch {
    pub(crate) id: BatchId,
    pub(crate) name: String,
    pub(crate) parent: Option<Entry>,
    pub(crate) callbacks: Vec<(BatchEvent, NewJob)>,
}

/// A job as the SQL function `enqueue_json` takes it.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<JobId>,
    kind: &'a str,
    payload: &'a RawValue,
    queue: &'a str,
    priority: i16,
    max_retries: i32,
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unique_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unique_fields: Option<&'static [&'static str]>,
    #[serde(skip_serializing_if = "<[JobId]>::is_empty")]
    after: &'a [JobId],
    #[serde(skip_serializing_if = "Option::is_none")]
    if_parent_dies: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_context: Option<&'a str>,
}

/// A job in that form, with its own id and all that makes it wait.
pub(super) fn written(job: &NewJob) -> Result<String> {
    write(job, true)
}

fn write(job: &NewJob, is_whole: bool) -> Result<String> {
    let unreadable = |error| Error::invalid(format!("payload of \"{}\" is not JSON", job.kind)).because(error);
    let raw = |text| serde_json::from_str::<&RawValue>(text).map_err(unreadable);
    let written = Written {
        id: is_whole.then_some(job.id),
        kind: job.kind,
        payload: raw(&job.payload)?,
        queue: &job.queue,
        priority: job.priority,
        max_retries: job.max_retries,
        tags: &job.tags,
        timeout: job.timeout_ms.map(|milliseconds| format!("{milliseconds} milliseconds")),
        context: job.context.as_deref().map(raw).transpose()?,
        run_at: job.due.at(),
        delay: job.due.delay(),
        unique_key: job.unique_text(),
        unique_fields: job.unique_fields(),
        after: &job.follows,
        if_parent_dies: is_whole.then(|| job.if_parent_dies.as_str()),
        trace_context: job.trace_context.as_deref(),
    };
    serde_json::to_string(&written).map_err(unreadable)
}

/// What the statement `open_batch` binds.
pub(crate) fn open_parameters(new: &NewBatch) -> Result<Vec<Parameter>> {
    let callback = |event| {
        let found = new.callbacks.iter().find(|(wanted, _)| *wanted == event);
        found.map(|(_, job)| write(job, false)).transpose().map(Parameter::Text)
    };
    let parent = new.parent.map(|parent| parent.batch.to_string());
    let from_job = new.parent.and_then(|parent| parent.from_job).map(|job| job.to_string());
    Ok(vec![
        new.name.clone().into(),
        callback(BatchEvent::Finished)?,
        callback(BatchEvent::Success)?,
        callback(BatchEvent::Death)?,
        Parameter::Text(parent),
        Parameter::Text(from_job),
        new.id.to_string().into(),
    ])
}

/// The batch of which this running job is a member, or whose callback it is.
pub(crate) async fn batch_of_job(link: &Link, job: JobId) -> Result<Option<BatchId>> {
    let rows = link.query(statement::BATCH_OF_JOB, &[&job.as_uuid()]).await?;
    Ok(rows.first().and_then(|row| row.get::<_, Option<Uuid>>(0)).map(BatchId::from))
}

/// Whether there is anything to settle, for batches or for jobs that others await.
pub(crate) async fn settling_is_due(link: &Link) -> Result<bool> {
    let rows = link.query(statement::SETTLE_IS_DUE, &[]).await?;
    Ok(rows.iter().any(|row| row.get(0) || row.get(1)))
}

/// What a round of settling did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settled {
    pub(crate) batches: i64,
    pub(crate) callbacks: i64,
}

/// Adds up what was noted for up to `limit` batches, and enqueues the callbacks that follow.
pub(crate) async fn settle_batches(link: &Link, limit: i64) -> Result<Settled> {
    let rows = link.query(statement::SETTLE_BATCHES, &[&limit]).await?;
    Ok(rows.first().map_or_else(Settled::default, |row| Settled { batches: row.get(0), callbacks: row.get(1) }))
}

/// Forgets batches that ended longer ago than this.
pub(crate) async fn forget_batches(link: &Link, keep: Duration) -> Result<()> {
    let keep_ms = keep.as_millis() as i64;
    link.query(statement::FORGET_BATCHES, &[&keep_ms]).await.map(drop)
}

/// Batches before that one, the newest first.
pub(crate) async fn list_batches(readers: &Readers, before: Option<BatchId>, limit: i64) -> Result<Vec<BatchRecord>> {
    let before = before.map(|id| id.as_uuid());
    let rows = readers.query(statement::LIST_BATCHES, &[&None::<Uuid>, &before, &limit]).await?;
    Ok(rows.iter().map(record).collect())
}

pub(crate) async fn show_batch(readers: &Readers, id: BatchId) -> Result<Option<BatchRecord>> {
    let rows = readers.query(statement::LIST_BATCHES, &[&id.as_uuid(), &None::<Uuid>, &1_i64]).await?;
    Ok(rows.first().map(record))
}

pub(crate) async fn batch_callbacks(readers: &Readers, id: BatchId) -> Result<Vec<BatchCallback>> {
    let rows = readers.query(statement::BATCH_CALLBACKS, &[&id.as_uuid()]).await?;
    let callback = |row: &Row| {
        Some(BatchCallback {
            event: BatchEvent::from_word(row.get(0))?,
            kind: row.get(1),
            job: row.get::<_, Option<Uuid>>(2).map(JobId::from),
            enqueued_at: row.get(3),
        })
    };
    Ok(rows.iter().filter_map(callback).collect())
}

pub(super) fn record(row: &Row) -> BatchRecord {
    // Never below nothing, whatever was done to the tables by hand.
    let number = |column| u64::try_from(row.get::<_, i64>(column)).unwrap_or(0);
    BatchRecord {
        id: BatchId::from(row.get::<_, Uuid>(0)),
        parent: row.get::<_, Option<Uuid>>(1).map(BatchId::from),
        name: row.get(2),
        created_at: row.get(3),
        closed_at: row.get(4),
        ended_at: row.get(5),
        total: number(6),
        completed: number(7),
        dead: number(8),
        cancelled: number(9),
    }
}

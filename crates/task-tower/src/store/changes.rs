//! What people change by hand in jobs, queues and operations, inside a [`Change`].

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::desk::Change;
use super::statement;
use crate::error::Result;
use crate::record::{Action, JobId};

/// What to change in a job; `None` leaves a thing as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct JobChange {
    pub(crate) queue: Option<String>,
    pub(crate) priority: Option<i16>,
    pub(crate) run_at: Option<DateTime<Utc>>,
    /// JSON.
    pub(crate) payload: Option<String>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) max_retries: Option<i32>,
}

impl JobChange {
    /// What an action changes in jobs that go on waiting; `None` if it is not of that sort.
    pub(crate) fn of(action: &Action) -> Option<Self> {
        match action {
            Action::Move { queue } => Some(Self { queue: Some(queue.clone()), ..Self::default() }),
            Action::Prioritize { priority } => Some(Self { priority: Some(*priority), ..Self::default() }),
            Action::Reschedule { run_at } => Some(Self { run_at: Some(*run_at), ..Self::default() }),
            _ => None,
        }
    }
}

/// A job to which an action was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changed {
    pub(crate) id: Uuid,
    /// Whether it is over, or was only asked for: a running job ends later.
    pub(crate) at_once: bool,
}

/// Does the action to those of the jobs that are in a state for it. Ids come sorted.
pub(crate) async fn act(change: &Change<'_>, action: &Action, ids: &[Uuid]) -> Result<Vec<Changed>> {
    if let Some(wanted) = JobChange::of(action) {
        return change_jobs(change, ids, &wanted).await;
    }
    let note: Option<&str> = None;
    let rows = match action {
        Action::Requeue => change.query(statement::REQUEUE, &[&ids, &note]).await?,
        Action::RunNow => change.query(statement::HURRY_JOBS, &[&ids]).await?,
        Action::Cancel { reason } => change.query(statement::CANCEL, &[&ids, reason]).await?,
        Action::Discard { reason } => change.query(statement::DISCARD, &[&ids, reason]).await?,
        _ => change.query(statement::DELETE_JOBS, &[&ids]).await?,
    };
    change.query(statement::RING_SETTLERS, &[]).await?;
    let is_cancel = matches!(action, Action::Cancel { .. });
    Ok(rows.iter().map(|row| Changed { id: row.get(0), at_once: !is_cancel || row.get(1) }).collect())
}

pub(crate) async fn change_jobs(change: &Change<'_>, ids: &[Uuid], wanted: &JobChange) -> Result<Vec<Changed>> {
    let JobChange { queue, priority, run_at, payload, tags, max_retries } = wanted;
    let rows =
        change.query(statement::CHANGE_JOBS, &[&ids, queue, priority, run_at, payload, tags, max_retries]).await?;
    Ok(all(&rows))
}

/// Changes a dead job; its time is given by a requeue.
pub(crate) async fn change_dead(change: &Change<'_>, id: JobId, wanted: &JobChange) -> Result<bool> {
    let JobChange { queue, priority, payload, tags, max_retries, .. } = wanted;
    let rows =
        change.query(statement::CHANGE_DEAD, &[&id.as_uuid(), queue, priority, payload, tags, max_retries]).await?;
    Ok(!rows.is_empty())
}

/// What a person wants enqueued. Whatever is not said is as usual.
#[derive(Clone, Debug)]
pub(crate) struct NewDraft<'a> {
    pub(crate) kind: &'a str,
    /// JSON.
    pub(crate) payload: String,
    pub(crate) queue: Option<&'a str>,
    pub(crate) run_at: Option<DateTime<Utc>>,
    pub(crate) delay_ms: Option<i64>,
    pub(crate) priority: Option<i16>,
    pub(crate) max_retries: Option<i32>,
    pub(crate) tags: &'a [String],
    pub(crate) timeout_ms: Option<i64>,
    /// JSON.
    pub(crate) context: Option<String>,
    pub(crate) unique_key: Option<&'a str>,
}

/// Makes a job of this id. Answers it, or the id of the live job that has its unique key.
pub(crate) async fn enqueue_draft(change: &Change<'_>, id: JobId, draft: &NewDraft<'_>) -> Result<JobId> {
    let NewDraft {
        kind,
        payload,
        queue,
        run_at,
        delay_ms,
        priority,
        max_retries,
        tags,
        timeout_ms,
        context,
        unique_key,
    } = draft;
    let id = id.as_uuid();
    let rows = change
        .query(
            statement::ENQUEUE_DRAFT,
            &[
                kind,
                payload,
                queue,
                run_at,
                delay_ms,
                priority,
                max_retries,
                tags,
                timeout_ms,
                context,
                unique_key,
                &id,
            ],
        )
        .await?;
    Ok(JobId::from(rows[0].get::<_, Uuid>(0)))
}

/// The version of a job's row, which stays as it is until the change is done; `None` if there is none.
pub(crate) async fn revision(change: &Change<'_>, id: JobId) -> Result<Option<String>> {
    Ok(change.query(statement::REVISION, &[&id.as_uuid()]).await?.first().map(|row| row.get(0)))
}

fn all(rows: &[Row]) -> Vec<Changed> {
    rows.iter().map(|row| Changed { id: row.get(0), at_once: true }).collect()
}

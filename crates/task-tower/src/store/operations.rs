//! Operations on many jobs, and the images by which they can be undone.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::changes::JobChange;
use super::desk::Change;
use super::link::Link;
use super::questions::by_number;
use super::statement;
use crate::error::Result;
use crate::record::{Action, OperationId, OperationRecord};

/// An operation as it begins.
pub(crate) struct NewOperation<'a> {
    pub(crate) name: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) action: &'a Action,
    pub(crate) filter: Option<String>,
    /// JSON.
    pub(crate) scope: Option<String>,
    pub(crate) created_before: Option<DateTime<Utc>>,
    pub(crate) expected: i64,
    pub(crate) undoes: Option<OperationId>,
}

/// An operation as whoever works on it needs it.
pub(crate) struct OpenOperation {
    pub(crate) record: OperationRecord,
    /// JSON.
    pub(crate) scope: Option<String>,
    pub(crate) last_job: Option<Uuid>,
}

/// What came of a chunk.
pub(crate) struct Step {
    pub(crate) done: i64,
    pub(crate) skipped: i64,
    /// Of all chunks so far.
    pub(crate) skipped_states: BTreeMap<String, u64>,
    pub(crate) last_job: Option<Uuid>,
    pub(crate) ended: bool,
    pub(crate) can_be_undone: bool,
}

pub(crate) async fn begin_operation(change: &Change<'_>, new: &NewOperation<'_>) -> Result<OperationId> {
    let action = serde_json::to_string(new.action).unwrap_or_default();
    let undoes = new.undoes.map(|id| id.0);
    let NewOperation { name, actor, filter, scope, created_before, expected, .. } = new;
    let rows = change
        .query(statement::BEGIN_OPERATION, &[name, actor, &action, filter, scope, created_before, expected, &undoes])
        .await?;
    Ok(OperationId(rows[0].get(0)))
}

/// Keeps the jobs as they are, and holds them until the change is done; finished ones only if asked.
pub(crate) async fn keep_images(change: &Change<'_>, id: OperationId, jobs: &[Uuid], finished: bool) -> Result<()> {
    change.query(statement::KEEP_IMAGES, &[&id.0, &jobs, &finished]).await.map(drop)
}

/// Forgets the images of those of the jobs that were not changed.
pub(crate) async fn drop_images(change: &Change<'_>, id: OperationId, jobs: &[Uuid], changed: &[Uuid]) -> Result<()> {
    change.query(statement::DROP_IMAGES, &[&id.0, &jobs, &changed]).await.map(drop)
}

/// In which states jobs are; `gone` for those that do not exist.
pub(crate) async fn states_of(change: &Change<'_>, jobs: &[Uuid]) -> Result<BTreeMap<String, u64>> {
    let rows = change.query(statement::STATES_OF, &[&jobs]).await?;
    let named = |row: &Row| {
        let state = row.get::<_, Option<i16>>(0).and_then(by_number);
        (state.map_or("gone", |state| state.as_str()).to_owned(), row.get::<_, i64>(1).unsigned_abs())
    };
    Ok(rows.iter().map(named).collect())
}

pub(crate) async fn step_operation(change: &Change<'_>, id: OperationId, step: &Step) -> Result<()> {
    let states = serde_json::to_string(&step.skipped_states).unwrap_or_default();
    let Step { done, skipped, last_job, ended, can_be_undone, .. } = step;
    change
        .query(statement::STEP_OPERATION, &[&id.0, done, skipped, &states, last_job, ended, can_be_undone])
        .await
        .map(drop)
}

/// The oldest open operation that nobody works on; it is held until the change is done.
pub(crate) async fn next_operation(change: &Change<'_>) -> Result<Option<OpenOperation>> {
    let rows = change.query(statement::NEXT_OPERATION, &[]).await?;
    Ok(rows.first().map(|row| OpenOperation { record: operation(row), scope: row.get(5), last_job: row.get(14) }))
}

/// Those before an id, the newest first.
pub(crate) async fn list_operations(link: &Link, before: i64, limit: i64) -> Result<Vec<OperationRecord>> {
    Ok(link.query(statement::LIST_OPERATIONS, &[&before, &limit]).await?.iter().map(operation).collect())
}

pub(crate) async fn show_operation(link: &Link, id: OperationId) -> Result<Option<OperationRecord>> {
    Ok(link.query(statement::SHOW_OPERATION, &[&id.0]).await?.first().map(operation))
}

/// Returns whether it was open.
pub(crate) async fn stop_operation(change: &Change<'_>, id: OperationId) -> Result<bool> {
    Ok(!change.query(statement::STOP_OPERATION, &[&id.0]).await?.is_empty())
}

pub(crate) async fn fail_operation(change: &Change<'_>, id: OperationId, why: &str) -> Result<()> {
    change.query(statement::FAIL_OPERATION, &[&id.0, &why]).await.map(drop)
}

/// Whether it can be undone, and nobody has begun to: then it is ours to undo.
pub(crate) async fn claim_undo(change: &Change<'_>, id: OperationId) -> Result<bool> {
    Ok(!change.query(statement::CLAIM_UNDO, &[&id.0]).await?.is_empty())
}

/// The next jobs that an operation changed.
pub(crate) async fn images_page(
    change: &Change<'_>,
    id: OperationId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let rows = change.query(statement::IMAGES_PAGE, &[&id.0, &after, &limit]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Brings jobs back to where an operation found them, and returns which.
pub(crate) async fn restore(change: &Change<'_>, id: OperationId, action: &Action, jobs: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows = match JobChange::of(action) {
        Some(JobChange { queue, priority, run_at, .. }) => {
            change.query(statement::RESTORE_CHANGED, &[&id.0, &jobs, &queue, &priority, &run_at]).await?
        }
        None => change.query(statement::RESTORE_ENDED, &[&id.0, &jobs]).await?,
    };
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Forgets what can be undone no more, and what is older than a year.
pub(crate) async fn forget_operations(link: &Link) -> Result<()> {
    link.query(statement::FORGET_OPERATIONS, &[]).await.map(drop)
}

fn operation(row: &Row) -> OperationRecord {
    let count = |column: usize| row.get::<_, i64>(column).unsigned_abs();
    let states: Option<BTreeMap<String, u64>> = serde_json::from_str(row.get(13)).ok();
    OperationRecord {
        id: OperationId(row.get(0)),
        name: row.get(1),
        actor: row.get(2),
        // One of a later version is shown as what it is most like: nothing that could be done again.
        action: serde_json::from_str(row.get(3)).unwrap_or(Action::Requeue),
        filter: row.get(4),
        created_before: row.get(6),
        created_at: row.get(7),
        stepped_at: row.get(8),
        ended_at: row.get(9),
        expected: count(10),
        done: count(11),
        skipped: count(12),
        skipped_states: states.unwrap_or_default(),
        cancel_requested: row.get(15),
        failure: row.get(16),
        undoes: row.get::<_, Option<i64>>(17).map(OperationId),
        undo_until: row.get(18),
        undone_at: row.get(19),
    }
}

/// Parsed leniently: a row that a person wrote by hand must not hide the others.
pub(super) fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

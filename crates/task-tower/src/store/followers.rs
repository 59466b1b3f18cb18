//! Jobs that await others.

use std::time::Duration;

use tokio_postgres::Row;
use uuid::Uuid;

use super::batches::written;
use super::call::{Parameter, call};
use super::fault::Remedy;
use super::inserts::NewJob;
use super::link::Link;
use super::questions::by_number;
use super::readers::Readers;
use super::statement;
use crate::error::{Error, Result};
use crate::record::{JobId, JobState, Relations, Relative};

/// What the statement `enqueue_chain` binds. All jobs go into the batch of the first.
pub(crate) fn chain_parameters(jobs: &[NewJob]) -> Result<Vec<Parameter>> {
    let chain = jobs.iter().map(written).collect::<Result<Vec<_>>>()?;
    let entry = jobs.first().and_then(|job| job.entry);
    let batch = entry.map(|entry| entry.batch.to_string());
    let from_job = entry.and_then(|entry| entry.from_job).map(|job| job.to_string());
    Ok(vec![format!("[{}]", chain.join(",")).into(), Parameter::Text(batch), Parameter::Text(from_job)])
}

/// Enqueues a chain, all of it or nothing. Returns the ids of its jobs, or of those that have their unique keys.
pub(crate) async fn insert_chain(
    link: &Link,
    parameters: &[Parameter],
) -> std::result::Result<Vec<JobId>, (Error, Remedy)> {
    let answer = call(link, statement::ENQUEUE_CHAIN, parameters).await?;
    read_chain(answer.as_deref()).map_err(|error| (error, Remedy::GiveUp))
}

/// The ids in the answer of the function.
pub(crate) fn read_chain(answer: Option<&str>) -> Result<Vec<JobId>> {
    answer.unwrap_or_default().split(',').map(str::parse).collect()
}

/// What a job returned that another one followed.
#[derive(Debug)]
pub(crate) struct ParentOutcome {
    pub(crate) id: JobId,
    /// `None` when it has not ended: somebody let the follower run all the same.
    pub(crate) state: Option<JobState>,
    /// It is still kept as completed.
    pub(crate) is_kept: bool,
    /// JSON; `None` when it returned nothing.
    pub(crate) result: Option<String>,
}

pub(crate) async fn parent_results(link: &Link, child: JobId) -> Result<Vec<ParentOutcome>> {
    let rows = link.query(statement::PARENT_RESULTS, &[&child.as_uuid()]).await?;
    let outcome = |row: &Row| ParentOutcome {
        id: JobId::from(row.get::<_, Uuid>(0)),
        state: row.get::<_, Option<i16>>(1).and_then(by_number),
        is_kept: row.get(2),
        result: row.get(3),
    };
    Ok(rows.iter().map(outcome).collect())
}

/// Lets followers of up to `limit` jobs begin, or cancels them. Returns whether there was anything to do.
pub(crate) async fn settle_followers(link: &Link, limit: i32) -> Result<bool> {
    let rows = link.query(statement::SETTLE_FOLLOWERS, &[&limit]).await?;
    Ok(rows.iter().any(|row| row.get::<_, i32>(0) > 0))
}

pub(crate) async fn relations(readers: &Readers, id: JobId, limit: i64) -> Result<Relations> {
    let rows = readers.query(statement::RELATIONS, &[&id.as_uuid(), &limit]).await?;
    let (parents, children): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.get(0));
    let all = |rows: Vec<&Row>| rows.into_iter().map(relative).collect();
    Ok(Relations { parents: all(parents), children: all(children) })
}

fn relative(row: &Row) -> Relative {
    Relative {
        id: JobId::from(row.get::<_, Uuid>(1)),
        outcome: row.get::<_, Option<i16>>(2).and_then(by_number),
        kind: row.get(3),
        display_name: row.get(4),
        state: row.get::<_, Option<i16>>(5).and_then(by_number),
        queue: row.get(6),
    }
}

/// Forgets which job followed which longer ago than this.
pub(crate) async fn forget_dependencies(link: &Link, keep: Duration) -> Result<()> {
    let keep_ms = keep.as_millis() as i64;
    link.query(statement::FORGET_DEPENDENCIES, &[&keep_ms]).await.map(drop)
}

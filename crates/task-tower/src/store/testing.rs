//! What only tests ask of the database.

use std::time::Duration;

use super::fault::from_statement;
use super::link::Link;
use super::questions::job;
use super::statement;
use crate::error::Result;
use crate::record::JobRecord;

/// Lets the time pass for everything that waits.
pub(crate) async fn advance(link: &Link, time: Duration) -> Result<()> {
    let microseconds = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    link.query(statement::ADVANCE, &[&microseconds]).await.map(drop)
}

/// All jobs of the kind, in the order in which they came, each with whether its payload is this one.
pub(crate) async fn jobs_of_kind(link: &Link, kind: &str, payload: &str) -> Result<Vec<(JobRecord, bool)>> {
    let rows = link.query(statement::JOBS_OF_KIND, &[&kind, &payload]).await?;
    Ok(rows.iter().map(|row| (job(row), row.get("same"))).collect())
}

/// Drops the schema with everything in it. Gives up when somebody holds a lock on it for seconds.
pub(crate) async fn drop_schema(link: &Link) -> Result<()> {
    let mut session = link.open(None).await?;
    let drop = format!("DROP SCHEMA IF EXISTS {} CASCADE", session.schema().identifier());
    let sql = format!("SET lock_timeout = '2s'; SET client_min_messages = warning; {drop}");
    session.client_mut().batch_execute(&sql).await.map_err(|error| from_statement("drop schema", error))
}

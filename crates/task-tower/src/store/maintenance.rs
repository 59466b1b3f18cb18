//! What keeps the tables in order: partitions made ahead and dropped in time, an index kept quick.

use std::time::Duration;

use super::link::Link;
use super::statement;
use crate::error::Result;
use crate::record::{JobState, WorkerId};

/// Makes the history's partitions of today and `days_ahead` more days, a day at a time: meanwhile no job ends, and
/// nobody reads the history.
pub(crate) async fn make_partitions(link: &Link, days_ahead: i32) -> Result<()> {
    for ahead in 0..=days_ahead {
        link.query(statement::MAKE_PARTITIONS, &[&ahead]).await?;
    }
    Ok(())
}

/// Drops partitions whose jobs all ended longer ago than `keep`. Returns how many.
pub(crate) async fn drop_partitions(link: &Link, state: JobState, keep: Duration) -> Result<i32> {
    let keep_ms = keep.as_millis() as i64;
    let rows = link.query(statement::DROP_PARTITIONS, &[&state.as_str(), &keep_ms]).await?;
    Ok(rows.first().and_then(|row| row.get::<_, Option<i32>>(0)).unwrap_or(0))
}

/// Whether all live jobs can be read in a moment.
pub(crate) async fn is_backlog_small(link: &Link) -> Result<bool> {
    Ok(link.query(statement::IS_BACKLOG_SMALL, &[]).await?.iter().any(|row| row.get(0)))
}

/// Whether this worker is to merge what is pending, as nobody did for so long.
pub(crate) async fn merging_is_due(link: &Link, worker: WorkerId, since: Duration, is_overdue: bool) -> Result<bool> {
    let since_s = since.as_secs() as i32;
    let rows = link.query(statement::MERGING_IS_DUE, &[&worker.0, &since_s, &is_overdue]).await?;
    Ok(rows.iter().any(|row| row.get(0)))
}

/// Empties the pending lists of the history's inverted index.
pub(crate) async fn merge_pending(link: &Link) -> Result<()> {
    link.query(statement::MERGE_PENDING, &[]).await.map(drop)
}

/// Removes statistics that are old enough, and error groups that were not seen for so long.
pub(crate) async fn forget_tallies(link: &Link, keep_groups: Duration) -> Result<()> {
    let keep_ms = keep_groups.as_millis() as i64;
    link.query(statement::FORGET_TALLIES, &[&keep_ms]).await.map(drop)
}

pub(crate) async fn forget_deploys(link: &Link) -> Result<()> {
    link.query(statement::FORGET_DEPLOYS, &[]).await.map(drop)
}

pub(crate) async fn forget_workers(link: &Link) -> Result<()> {
    link.query(statement::FORGET_WORKERS, &[]).await.map(drop)
}

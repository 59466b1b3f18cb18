//! What announcing by Redis needs of the database: the name of the channel there, and NOTIFY where Redis fails.

use super::link::Link;
use super::statement;
use crate::error::{Error, Result};

/// The channel in Redis of this schema.
pub(crate) async fn redis_channel(link: &Link) -> Result<String> {
    let rows = link.query(statement::REDIS_CHANNEL, &[]).await?;
    rows.first().map(|row| row.get(0)).ok_or_else(|| Error::database("redis_channel: no row"))
}

/// Wakes the workers of these queues by NOTIFY, after the jobs were committed.
pub(crate) async fn notify_queues(link: &Link, queues: &[String]) -> Result<()> {
    link.query(statement::NOTIFY_QUEUES, &[&queues]).await.map(drop)
}

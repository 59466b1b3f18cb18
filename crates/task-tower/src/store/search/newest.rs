//! What people may want to find: the kinds, and a sample of the newest jobs.

use serde_json::Value;

use crate::error::Result;
use crate::store::{Readers, statement};

/// What a job of the sample can be found by.
pub(crate) struct Newest {
    pub(crate) queue: String,
    pub(crate) kind: String,
    pub(crate) tags: Vec<String>,
    /// None when it is large.
    pub(crate) payload: Option<Value>,
}

/// At most 10,000.
pub(crate) async fn newest_jobs(readers: &Readers) -> Result<Vec<Newest>> {
    let rows = readers.query(statement::NEWEST_JOBS, &[]).await?;
    let newest =
        rows.iter().map(|row| Newest { queue: row.get(0), kind: row.get(1), tags: row.get(2), payload: row.get(3) });
    Ok(newest.collect())
}

pub(crate) async fn kinds(readers: &Readers) -> Result<Vec<String>> {
    Ok(readers.query(statement::KINDS, &[]).await?.iter().map(|row| row.get(0)).collect())
}

//! The inverted index of the history, by which values of payloads and tags are found. It can do without.

use super::{Binds, Question};
use crate::error::Result;
use crate::store::Readers;

/// Whether the index is there and whole.
pub(crate) async fn has_index(readers: &Readers) -> Result<bool> {
    let sql = include_str!("../sql/has_search_index.sql").to_owned();
    let rows = readers.ask(&Question { name: "has_search_index", sql, binds: Binds::default() }).await?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

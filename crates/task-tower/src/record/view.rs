//! A list of jobs that somebody wants to see again.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The id of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ViewId(pub i64);

impl fmt::Display for ViewId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A view that was saved: a filter with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SavedView {
    /// Its id.
    pub id: ViewId,
    /// What it is called. Each actor has one by a name.
    pub name: String,
    /// The filter, as [`JobFilter`](crate::JobFilter) reads it.
    pub filter: String,
    /// The columns of the list, by their names with commas; empty for the usual ones.
    pub columns: String,
    /// Who saved it.
    pub actor: String,
    /// Whether all see it, and may rename and delete it.
    pub is_shared: bool,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

//! Finds the jobs that a filter means: puts statements together from conditions and bound values. They are
//! never prepared, so that what people think of does not pile up in the server.

mod binds;
mod clause;
mod count;
mod ids;
mod index;
mod newest;
mod page;
mod plan;
mod source;

pub(crate) use binds::Binds;
pub(crate) use count::{Counted, count_jobs};
pub(crate) use ids::page_of_ids;
pub(crate) use index::has_index;
pub(crate) use newest::{Newest, kinds, newest_jobs};
pub(crate) use page::{Found, Nature, Reach, list_jobs, nature};

use super::questions::number;

/// A statement with its values.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) sql: String,
    pub(crate) binds: Binds,
}

/// The parts as one table, or none that has no rows.
fn union(parts: &[String]) -> String {
    parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join("\n    UNION ALL\n    ")
}

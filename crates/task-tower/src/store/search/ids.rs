//! The ids of all jobs that a filter means, in their order: for what is done to many jobs, step by step.

use chrono::{DateTime, Utc};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::binds::Binds;
use super::plan::branches;
use super::{Question, union};
use crate::error::Result;
use crate::filter::JobFilter;
use crate::record::JobState;
use crate::store::{Session, fault, questions};

/// The first `limit` jobs that fit and were created until `created_until`, after an id, each with its state.
/// They come in the order of their ids; pages and orders of the filter do not count. In a transaction it sees
/// what that has changed.
pub(crate) async fn page_of_ids(
    session: &Session,
    filter: &JobFilter,
    created_until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<(Uuid, JobState)>> {
    let Some(question) = question(filter, created_until, after, limit) else { return Ok(Vec::new()) };
    let rows = session.ask(&question).await.map_err(|error| fault::from_statement(question.name, error))?;
    Ok(rows.iter().filter_map(|row| Some((row.get(0), questions::by_number(row.get(1))?))).collect())
}

pub(super) fn question(
    filter: &JobFilter,
    created_until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: usize,
) -> Option<Question> {
    let mut binds = Binds::default();
    // Ages are those at the bound: what was meant does not change while the steps are made.
    let mut branches = branches(filter, created_until, &mut binds);
    let mut bounds = vec![format!("created_at <= {}", binds.add(created_until, Type::TIMESTAMPTZ))];
    bounds.extend(after.map(|id| format!("id > {}", binds.add(id, Type::UUID))));
    branches.iter_mut().for_each(|branch| branch.index.extend_from_slice(&bounds));
    let tail = format!("ORDER BY id LIMIT {limit}");
    let parts: Vec<String> = branches.iter().map(|branch| format!("{} {tail}", branch.with_states())).collect();
    let sql = include_str!("../sql/ids_of_jobs.sql")
        .replace("{found}", &union(&parts))
        .replace("{limit}", &limit.to_string());
    (!parts.is_empty()).then_some(Question { name: "ids_of_jobs", sql, binds })
}

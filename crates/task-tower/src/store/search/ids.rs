//! The ids of all jobs that a filter means, in their order: for what is done to many jobs, step by step.

use chrono::{DateTime, Utc};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::binds::Binds;
use super::page::MATCHES_MAX;
use super::plan::{Branch, branches};
use super::{Question, union};
use crate::error::Result;
use crate::filter::JobFilter;
use crate::record::JobState;
use crate::store::{Change, questions};

/// The first `limit` jobs that fit and were created until `created_until`, after an id, each with its state.
/// They come in the order of their ids; pages and orders of the filter do not count.
pub(crate) async fn page_of_ids(
    change: &Change<'_>,
    filter: &JobFilter,
    created_until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<(Uuid, JobState)>> {
    let Some(question) = question(filter, created_until, after, limit) else { return Ok(Vec::new()) };
    let rows = change.ask(&question).await?;
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
    let (inverted, plain): (Vec<_>, Vec<_>) = branches.into_iter().partition(|branch| branch.is_inverted);
    let mut parts: Vec<String> = plain.iter().map(|branch| format!("{} {tail}", branch.with_states(&[]))).collect();
    if !inverted.is_empty() {
        parts.push(format!("SELECT id, state FROM matched WHERE NOT (SELECT are_too_many FROM matches) {tail}"));
    }
    // If they are that frequent, they are soon met in the order of ids.
    let are_too_many = ["(SELECT are_too_many FROM matches)".to_owned()];
    parts.extend(inverted.iter().map(|branch| format!("{} {tail}", branch.with_states(&are_too_many))));
    let sql = include_str!("../sql/ids_of_jobs.sql")
        .replace("{matched}", &matched(&inverted))
        .replace("{matches_max}", &MATCHES_MAX.to_string())
        .replace("{found}", &union(&parts))
        .replace("{limit}", &limit.to_string());
    (!parts.is_empty()).then_some(Question { name: "ids_of_jobs", sql, binds })
}

/// What the inverted index finds, in no order.
fn matched(branches: &[Branch]) -> String {
    let parts: Vec<String> = branches.iter().map(|branch| branch.with_states(&[])).collect();
    match parts.is_empty() {
        true => "SELECT NULL::uuid AS id, NULL::smallint AS state WHERE false".to_owned(),
        false => format!("SELECT id, state FROM ({}) AS found LIMIT {MATCHES_MAX}", union(&parts)),
    }
}

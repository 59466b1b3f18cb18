//! Groups of errors: lists of them, and what people say of them.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use super::desk::Change;
use super::readers::Readers;
use super::statement;
use crate::error::Result;
use crate::filter::{self, GroupKey, GroupTerm};
use crate::record::{ErrorCounts, ErrorGroup, JobId};

/// Which groups to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct ErrorCriteria {
    /// `unresolved`, `muted` or `resolved`.
    pub(crate) status: Option<&'static str>,
    /// All of these.
    pub(crate) terms: Vec<GroupTerm>,
    pub(crate) fingerprint: Option<String>,
    pub(crate) limit: i64,
    /// Jobs of a group are counted up to this.
    pub(crate) count_max: i64,
}

pub(crate) async fn list_errors(readers: &Readers, criteria: &ErrorCriteria) -> Result<Vec<ErrorGroup>> {
    let rows = readers
        .query(
            statement::LIST_ERRORS,
            &[&criteria.status, &told(&criteria.terms), &criteria.fingerprint, &criteria.limit, &criteria.count_max],
        )
        .await?;
    Ok(rows.iter().map(group).collect())
}

/// Terms as the statements read them: each with its key and its patterns.
fn told(terms: &[GroupTerm]) -> String {
    let term = |term: &GroupTerm| {
        let patterns: Vec<String> = term.values.iter().map(|value| pattern(term.key, value)).collect();
        json!({ "key": term.key.as_str(), "negated": term.negated, "patterns": patterns })
    };
    terms.iter().map(term).collect::<Value>().to_string()
}

/// A pattern of LIKE; those of words are for texts in lowercase.
fn pattern(key: GroupKey, value: &filter::Value) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    match (key, value.prefix) {
        (GroupKey::Word, _) => format!("%{}%", escaped(&value.text.to_lowercase())),
        (_, true) => format!("{}%", escaped(&value.text)),
        (_, false) => escaped(&value.text),
    }
}

fn group(row: &Row) -> ErrorGroup {
    let number = |column: &str| row.get::<_, i64>(column).unsigned_abs();
    ErrorGroup {
        fingerprint: row.get("fingerprint"),
        kind: row.get("kind"),
        class: row.get("class"),
        message: row.get("message"),
        first_seen_at: row.get("first_seen_at"),
        last_seen_at: row.get("last_seen_at"),
        first_version: row.get("first_version"),
        last_version: row.get("last_version"),
        occurrences: number("occurrences"),
        sample_job: JobId::from(row.get::<_, Uuid>("sample_job")),
        queues: row.get("queues"),
        resolved_at: row.get("resolved_at"),
        resolved_by: row.get("resolved_by"),
        regressed_at: row.get("regressed_at"),
        muted_until: row.get("muted_until"),
        counts: ErrorCounts {
            hour: number("hour"),
            three_hours: number("three_hours"),
            day: number("day"),
            three_days: number("three_days"),
            week: number("week"),
        },
        last_hour: row.get::<_, Vec<i64>>("minutes").into_iter().map(i64::unsigned_abs).collect(),
        dead: number("dead"),
        retrying: number("retrying"),
    }
}

/// What a group can be told by, and who may see it.
pub(crate) struct FoundErrors {
    pub(crate) fingerprint: String,
    pub(crate) kind: String,
    pub(crate) class: String,
    pub(crate) message: String,
    pub(crate) queues: Vec<String>,
    pub(crate) first_version: Option<String>,
}

/// Those with this text in their fingerprint, class or message, those that occurred last first.
pub(crate) async fn find_errors(readers: &Readers, text: &str) -> Result<Vec<FoundErrors>> {
    let rows = readers.query(statement::FIND_ERRORS, &[&text.to_lowercase()]).await?;
    let found = rows.iter().map(|row| FoundErrors {
        fingerprint: row.get(0),
        kind: row.get(1),
        class: row.get(2),
        message: row.get(3),
        queues: row.get(4),
        first_version: row.get(5),
    });
    Ok(found.collect())
}

/// How many groups of those that the terms ask for are unresolved, muted and resolved.
pub(crate) async fn count_errors(readers: &Readers, terms: &[GroupTerm]) -> Result<[u64; 3]> {
    let rows = readers.query(statement::COUNT_ERRORS, &[&told(terms)]).await?;
    let number = |column| rows.first().map_or(0, |row| row.get::<_, i64>(column).unsigned_abs());
    Ok([number(0), number(1), number(2)])
}

/// How many jobs of the group have completed since, up to so many.
pub(crate) async fn count_recovered(readers: &Readers, fingerprint: &str, count_max: i64) -> Result<u64> {
    let rows = readers.query(statement::COUNT_RECOVERED, &[&fingerprint, &count_max]).await?;
    Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()))
}

/// What a person says of groups.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Judgement<'a> {
    Resolved { by: &'a str },
    Muted { until: DateTime<Utc> },
    Open,
}

/// Returns those that there are.
pub(crate) async fn judge_errors(
    change: &Change<'_>,
    fingerprints: &[String],
    judgement: Judgement<'_>,
) -> Result<Vec<String>> {
    let (resolved_by, muted_until) = match judgement {
        Judgement::Resolved { by } => (Some(by), None),
        Judgement::Muted { until } => (None, Some(until)),
        Judgement::Open => (None, None),
    };
    let rows = change.query(statement::JUDGE_ERRORS, &[&fingerprints, &resolved_by, &muted_until]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

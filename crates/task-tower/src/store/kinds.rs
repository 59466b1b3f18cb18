//! Kinds of jobs: lists of them, with what was counted.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use super::readers::Readers;
use super::statement;
use super::statistics::{counted, size};
use crate::error::Result;
use crate::record::{AttemptCount, KindRecord, KindRegistration, Tallied, Window, WorkerId};

/// Which kinds to list.
#[derive(Clone, Debug)]
pub(crate) struct KindCriteria {
    pub(crate) window: Window,
    /// `name`, `runs`, `failed`, `dead` or `success`.
    pub(crate) sort: &'static str,
    /// A part of the name.
    pub(crate) part: String,
    /// Names, or beginnings of names with a star behind; `None` for any.
    pub(crate) patterns: Option<Vec<String>>,
    pub(crate) after: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) limit: i64,
}

/// Some kinds, and where they stand among all that fit.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlacedKinds {
    pub(crate) kinds: Vec<KindRecord>,
    /// The place of the first one, from 1.
    pub(crate) first: u64,
    pub(crate) total: u64,
    /// The runs of the kind with the most.
    pub(crate) most: u64,
}

/// Of each kind that is known or has run, what was counted in the window.
pub(crate) async fn kinds(readers: &Readers, window: Window) -> Result<Vec<KindRecord>> {
    let (steps, step_seconds) = size(window);
    let rows = readers.query(statement::LIST_KINDS, &[&window.grain(), &steps, &step_seconds]).await?;
    let mut kinds: BTreeMap<&str, (Option<String>, Tallied)> = BTreeMap::new();
    for row in &rows {
        let (_, tallied) = kinds.entry(row.get(0)).or_insert_with(|| (row.get(1), Tallied::default()));
        tallied.add(&counted(row, 2));
    }
    Ok(kinds.into_iter().map(|(name, (called, tallied))| KindRecord::new(name.to_owned(), called, &tallied)).collect())
}

pub(crate) async fn page_of_kinds(readers: &Readers, criteria: &KindCriteria) -> Result<PlacedKinds> {
    let (steps, step_seconds) = size(criteria.window);
    let KindCriteria { window, sort, part, patterns, after, before, limit } = criteria;
    let rows = readers
        .query(
            statement::PAGE_OF_KINDS,
            &[&window.grain(), &steps, &step_seconds, sort, part, patterns, after, before, limit],
        )
        .await?;
    Ok(placed(&rows))
}

/// The rows of a kind stand together.
fn placed(rows: &[Row]) -> PlacedKinds {
    let Some(first) = rows.first() else { return PlacedKinds::default() };
    let number = |name: &str| first.get::<_, Option<i64>>(name).unwrap_or(0).unsigned_abs();
    let kinds = rows.chunk_by(|one, next| one.get::<_, &str>(0) == next.get::<_, &str>(0));
    let kind = |rows: &[Row]| {
        let mut tallied = Tallied::default();
        rows.iter().for_each(|row| tallied.add(&counted(row, 2)));
        KindRecord::new(rows[0].get(0), rows[0].get(1), &tallied)
    };
    PlacedKinds {
        first: number("place"),
        total: number("total"),
        most: number("most"),
        kinds: kinds.map(kind).collect(),
    }
}

/// The ways in which workers run a kind, at most so many. What a later version tells in another form is left out.
pub(crate) async fn setups_of_kind(readers: &Readers, kind: &str, limit: i64) -> Result<Vec<KindRegistration>> {
    let rows = readers.query(statement::SETUPS_OF_KIND, &[&kind, &limit]).await?;
    let registration = |row: &Row| {
        let workers: Vec<i64> = row.get("workers");
        Some(KindRegistration {
            setup: serde_json::from_str(row.get("setup")).ok()?,
            workers: workers.into_iter().map(WorkerId).collect(),
            versions: row.get("versions"),
            lives: row.get("lives"),
        })
    };
    Ok(rows.iter().filter_map(registration).collect())
}

/// How many runs the newest jobs of a kind took, of so many jobs; those with more than `most` count as with so many.
pub(crate) async fn attempts_of_kind(readers: &Readers, kind: &str, jobs: i64, most: i32) -> Result<Vec<AttemptCount>> {
    let rows = readers.query(statement::ATTEMPTS_OF_KIND, &[&kind, &jobs, &most]).await?;
    let count = |row: &Row| AttemptCount {
        attempts: row.get::<_, i32>("attempts").unsigned_abs(),
        completed: row.get::<_, i64>("completed").unsigned_abs(),
        dead: row.get::<_, i64>("dead").unsigned_abs(),
    };
    Ok(rows.iter().map(count).collect())
}

//! Which tables a search reads, and by which index: one branch for each table, and for each value of the
//! key by which it is read.

use chrono::{DateTime, Utc};
use tokio_postgres::types::Type;

use super::binds::Binds;
use super::clause::{BATCH, Clause, clause, ids_created, text};
use super::source::Source;
use crate::filter::{Arg, Condition, FilterTerm, Id, JobFilter, Text};
use crate::record::JobState;

/// More values of a key than this are looked for among all jobs.
const BRANCHES_MAX: usize = 8;

/// A table, and what is asked of its rows.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) source: Source,
    /// What an index answers, or the dates of partitions.
    pub(super) index: Vec<String>,
    /// What has to be asked of each row.
    pub(super) rest: Vec<String>,
    /// The rest is of states only, which is quickly read.
    pub(super) is_light: bool,
    /// An inverted index answers a part of the rest.
    pub(super) is_inverted: bool,
    /// Running jobs are asked for.
    pub(super) is_of_running: bool,
}

/// What a condition is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// The index of ids answers it, or the dates of partitions do.
    Index,
    /// An index that has the key first, if it is the key.
    Key,
    Inverted,
    State,
    Nothing,
}

/// One thing that is asked: a term, or a part of the scope.
struct Asked<'a> {
    condition: &'a Condition,
    negated: bool,
}

impl Branch {
    /// Whether rows have to be read that may not fit.
    pub(super) fn is_bounded(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Its rows by id, with what tells where each lies.
    pub(super) fn rows(&self, more: &[String]) -> String {
        format!(
            "SELECT id, {}::smallint AS source, {} AS finished_at FROM {}{}",
            self.source.number(),
            self.source.finished(),
            self.source.table(),
            filtered(&[&self.index, &self.rest, more]),
        )
    }

    /// The first ids that an index leads to. Each part has its own order and limit, or the planner would sort the
    /// union of all: it does not see that those of one kind lie in their order.
    pub(super) fn walked(&self, more: &[String], order: &str, rows: u64) -> String {
        let (table, conditions) = (self.source.table(), filtered(&[&self.index, more]));
        format!("SELECT id FROM {table}{conditions} ORDER BY {order} LIMIT {rows}")
    }

    pub(super) fn counted(&self, more: &[String]) -> String {
        format!("SELECT FROM {}{}", self.source.table(), filtered(&[&self.index, &self.rest, more]))
    }

    pub(super) fn with_states(&self, more: &[String]) -> String {
        let (state, table) = (self.source.state_number(), self.source.table());
        format!("SELECT id, {state} AS state FROM {table}{}", filtered(&[&self.index, &self.rest, more]))
    }
}

fn filtered(conditions: &[&[String]]) -> String {
    let conditions = conditions.concat();
    match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", conditions.join(" AND ")),
    }
}

pub(super) fn branches(filter: &JobFilter, now: DateTime<Utc>, binds: &mut Binds) -> Vec<Branch> {
    Source::ALL.into_iter().flat_map(|source| of_source(filter, source, now, binds)).collect()
}

fn of_source(filter: &JobFilter, source: Source, now: DateTime<Utc>, binds: &mut Binds) -> Vec<Branch> {
    let key = key(filter, source);
    let mut branch = Branch {
        source,
        index: Vec::new(),
        rest: Vec::new(),
        is_light: true,
        is_inverted: false,
        is_of_running: source == Source::Live && asks_for_running(filter),
    };
    for term in filter.terms() {
        if key.as_ref().is_some_and(|key| key.condition == Some(term.condition()) && !term.is_negated()) {
            continue;
        }
        match clause(term, filter.guard(), source, binds) {
            Clause::Always => {}
            Clause::Never => return Vec::new(),
            Clause::Sql(sql) => branch.ask(sql, Asked::from(term).used(source)),
        }
        branch.index.extend(bounds_of_ids(term, now, binds));
    }
    let (queues, kinds) = filter.scope();
    for (column, names) in [("queue", queues), ("kind", kinds)] {
        let is_key = key.as_ref().is_some_and(|key| key.condition.is_none() && key.column == column);
        if let Some(names) = names.filter(|_| !is_key) {
            branch.ask(text(column, names, binds), Use::Nothing);
        }
    }
    match key {
        Some(key) => key.names.iter().map(|name| branch.of(key.column, name, binds)).collect(),
        None => vec![branch],
    }
}

impl Branch {
    fn ask(&mut self, sql: String, used: Use) {
        match used {
            Use::Index => self.index.push(sql),
            _ => self.rest.push(sql),
        }
        self.is_light &= matches!(used, Use::Index | Use::State);
        self.is_inverted |= used == Use::Inverted;
    }

    fn of(&self, column: &str, name: &Text, binds: &mut Binds) -> Self {
        let mut branch = self.clone();
        branch.index.push(text(column, std::slice::from_ref(name), binds));
        branch
    }
}

fn asks_for_running(filter: &JobFilter) -> bool {
    filter.terms().iter().any(|term| match term.condition() {
        Condition::States(states) => !term.is_negated() && states.contains(&JobState::Processing),
        _ => false,
    })
}

/// The column by which a table is read, and its values.
struct ByKey<'a> {
    column: &'static str,
    names: &'a [Text],
    /// The term; none when it is the scope's.
    condition: Option<&'a Condition>,
}

/// The columns that an index has first, the best ones first: an error group is of one kind, a queue has many.
const KEYS: [&str; 4] = [BATCH, "error_group", "kind", "queue"];

/// Live jobs have no index for kinds nor for queues, which every enqueue would have to keep.
const KEYS_OF_LIVE: [&str; 2] = [BATCH, "error_group"];

fn key(filter: &JobFilter, source: Source) -> Option<ByKey<'_>> {
    let columns: &[&str] = if source == Source::Live { &KEYS_OF_LIVE } else { &KEYS };
    let of_terms = filter.terms().iter().filter(|term| !term.is_negated()).filter_map(|term| {
        let (column, names) = match term.condition() {
            Condition::Batches(names) => (BATCH, names),
            Condition::Errors(names) => ("error_group", names),
            Condition::Kinds(names) => ("kind", names),
            Condition::Queues(names) => ("queue", names),
            _ => return None,
        };
        Some(ByKey { column, names, condition: Some(term.condition()) })
    });
    let (queues, kinds) = filter.scope();
    let of_scope = [("kind", kinds), ("queue", queues)]
        .into_iter()
        .filter_map(|(column, names)| Some(ByKey { column, names: names?, condition: None }));
    let rank = |key: &ByKey<'_>| columns.iter().position(|column| *column == key.column);
    let usable = |key: &ByKey<'_>| rank(key).is_some() && is_list(key.names);
    of_terms.chain(of_scope).filter(usable).min_by_key(rank)
}

fn is_list(names: &[Text]) -> bool {
    let distinct = names.iter().enumerate().all(|(index, name)| !names[..index].contains(name));
    distinct && names.len() <= BRANCHES_MAX && names.iter().all(|name| matches!(name, Text::Is(_)))
}

impl<'a> From<&'a FilterTerm> for Asked<'a> {
    fn from(term: &'a FilterTerm) -> Self {
        Self { condition: term.condition(), negated: term.is_negated() }
    }
}

impl Asked<'_> {
    fn used(&self, source: Source) -> Use {
        match self.condition {
            Condition::States(_) => Use::State,
            _ if self.negated => Use::Nothing,
            Condition::Batches(_) | Condition::Errors(_) => Use::Key,
            Condition::Parents(_) => Use::Index,
            Condition::Created(_) | Condition::Finished(_) => Use::Index,
            Condition::Recurring(names) if names.iter().all(|name| matches!(name, Text::Is(_))) => Use::Index,
            Condition::Ids(ids) if !ids.iter().any(|id| matches!(id, Id::BeginsOrEnds(_))) => Use::Index,
            _ if source == Source::Live => Use::Nothing,
            Condition::Kinds(_) | Condition::Queues(_) => Use::Key,
            Condition::Tags(tags) if tags.iter().all(|tag| matches!(tag, Text::Is(_))) => Use::Inverted,
            Condition::Args { values, .. } if values.iter().all(|value| matches!(value, Arg::Is(_))) => Use::Inverted,
            _ => Use::Nothing,
        }
    }
}

/// The time in the ids spares the walk over all that were created before or after.
fn bounds_of_ids(term: &FilterTerm, now: DateTime<Utc>, binds: &mut Binds) -> Vec<String> {
    let Condition::Created(ranges) = term.condition() else { return Vec::new() };
    if term.is_negated() {
        return Vec::new();
    }
    let (from, to) = ids_created(ranges, now);
    let from = from.map(|from| format!("id >= {}", binds.add(from, Type::UUID)));
    let to = to.map(|to| format!("id <= {}", binds.add(to, Type::UUID)));
    from.into_iter().chain(to).collect()
}

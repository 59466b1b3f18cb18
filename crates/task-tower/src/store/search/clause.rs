//! From what a term asks for to a condition in SQL, for each table. Values are bound.

use std::ops::Bound;
use std::time::Duration;

use tokio_postgres::types::Type;
use uuid::Uuid;

use super::binds::Binds;
use super::source::{LIVE, Source};
use crate::filter::{Arg, Condition, FilterTerm, Id, Moment, Range, Text, Word, Worker};
use crate::record::JobState;

/// A condition, or that there is nothing to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    Always,
    Never,
    Sql(String),
}

impl Clause {
    fn certain(holds: bool) -> Self {
        if holds { Clause::Always } else { Clause::Never }
    }

    /// What is not known does not fit, so that its contrary does.
    fn negate(self) -> Self {
        match self {
            Clause::Always => Clause::Never,
            Clause::Never => Clause::Always,
            Clause::Sql(sql) => Clause::Sql(format!("({sql}) IS NOT TRUE")),
        }
    }
}

/// `guard` is what must not be in a job of which parts are compared.
pub(super) fn clause(term: &FilterTerm, guard: Option<&str>, source: Source, binds: &mut Binds) -> Clause {
    let clause = match (condition(term.condition(), source, binds), guard) {
        (Clause::Sql(sql), Some(guard)) if term.compares_parts() => Clause::Sql(guarded(&sql, guard, source, binds)),
        (clause, _) => clause,
    };
    if term.is_negated() { clause.negate() } else { clause }
}

fn condition(condition: &Condition, source: Source, binds: &mut Binds) -> Clause {
    let alternatives: Vec<String> = match condition {
        Condition::Sort(_) => return Clause::Always,
        Condition::States(states) => return in_states(states, source),
        Condition::Finished(_) if source == Source::Live => return Clause::Never,
        Condition::Run(_) if source == Source::Cancelled => return Clause::Never,
        Condition::Words(words) => words.iter().map(|word| a_word(word, binds)).collect(),
        Condition::Queues(queues) => vec![text("queue", queues, binds)],
        Condition::Kinds(kinds) => vec![text("kind", kinds, binds)],
        Condition::Errors(errors) => vec![text("error_group", errors, binds)],
        Condition::Batches(batches) => vec![text(BATCH, batches, binds)],
        Condition::Parents(parents) => parents.iter().map(|parent| a_parent(*parent, binds)).collect(),
        Condition::Tags(tags) => tags.iter().map(|tag| a_tag(tag, binds)).collect(),
        Condition::Args { path, values } => values.iter().map(|value| an_arg(path, value, binds)).collect(),
        Condition::Ids(ids) => ids.iter().map(|id| an_id(id, binds)).collect(),
        Condition::Recurring(names) => vec![a_recurring(names, binds)],
        Condition::Workers(workers) => workers.iter().map(|worker| a_worker(worker, binds)).collect(),
        Condition::Attempts(ranges) => numbers("attempt", ranges, binds),
        Condition::Priority(ranges) => numbers("priority", ranges, binds),
        Condition::Created(ranges) => times("created_at", ranges, binds),
        Condition::Finished(ranges) => times("finished_at", ranges, binds),
        Condition::Run(ranges) => spans(source.run(), ranges, binds),
        Condition::Wait(ranges) => spans(source.wait(), ranges, binds),
    };
    Clause::Sql(any(alternatives))
}

/// All that the job has is read only where the rest fits.
fn guarded(sql: &str, guard: &str, source: Source, binds: &mut Binds) -> String {
    let data = format!("lower(concat_ws(' ', {}, array_to_string(tags, ' ')))", source.data());
    format!("CASE WHEN {sql} THEN {data} !~ {} ELSE false END", binds.text(guard))
}

/// The only column of names that are ids.
pub(super) const BATCH: &str = "batch_id";

/// Whether one of the names is that of the column.
pub(super) fn text(column: &str, texts: &[Text], binds: &mut Binds) -> String {
    let alternatives = texts.iter().map(|text| match text {
        Text::Is(id) if column == BATCH => format!("{column} = {}::uuid", binds.text(id)),
        Text::Is(name) => format!("{column} = {}", binds.text(name)),
        Text::Begins(begin) => format!("starts_with({column}, {})", binds.text(begin)),
    });
    any(alternatives.collect())
}

fn any(mut alternatives: Vec<String>) -> String {
    match alternatives.len() {
        0 => "false".to_owned(),
        1 => alternatives.remove(0),
        _ => format!("({})", alternatives.join(" OR ")),
    }
}

fn in_states(states: &[JobState], source: Source) -> Clause {
    if let Some(state) = source.state() {
        return Clause::certain(states.contains(&state));
    }
    let told = LIVE.iter().filter(|(state, _)| states.contains(state)).map(|(_, told)| format!("({told})"));
    let told: Vec<String> = told.collect();
    match told.len() {
        0 => Clause::Never,
        all if all == LIVE.len() => Clause::Always,
        _ => Clause::Sql(any(told)),
    }
}

fn a_word(word: &Word, binds: &mut Binds) -> String {
    let text = binds.text(&word.text.to_lowercase());
    let kind = match word.prefix {
        true => format!("starts_with(lower(kind), {text})"),
        false => format!("position({text} IN lower(kind)) > 0"),
    };
    match &word.id {
        Some(Id::Is(id)) => an_id(&Id::Is(*id), binds),
        Some(id) => format!("({} OR {kind})", an_id(id, binds)),
        None => kind,
    }
}

fn a_tag(tag: &Text, binds: &mut Binds) -> String {
    match tag {
        Text::Is(tag) => format!("tags @> ARRAY[{}]", binds.text(tag)),
        Text::Begins(begin) => {
            format!("EXISTS (SELECT FROM unnest(tags) AS tag WHERE starts_with(tag, {}))", binds.text(begin))
        }
    }
}

fn an_arg(path: &[String], arg: &Arg, binds: &mut Binds) -> String {
    match arg {
        Arg::Is(values) => {
            let contains = |value: &String| format!("payload @> {}::jsonb", binds.text(&nest(path, value)));
            any(values.iter().map(contains).collect())
        }
        Arg::Begins(begin) if begin.is_empty() => format!("payload #> {} IS NOT NULL", binds.texts(path.to_vec())),
        Arg::Begins(begin) => {
            format!("starts_with(payload #>> {}, {})", binds.texts(path.to_vec()), binds.text(begin))
        }
        Arg::Between(range) => {
            let place = binds.texts(path.to_vec());
            let number = format!("(payload #>> {place})::numeric");
            let between = within(&number, range, |number| format!("{}::numeric", binds.text(number)));
            // Only a number is cast: the order of conditions alone would not see to that.
            format!("CASE WHEN jsonb_typeof(payload #> {place}) = 'number' THEN {between} ELSE false END")
        }
    }
}

/// `{"user": {"id": 42}}` for `user.id` and 42.
fn nest(path: &[String], value: &str) -> String {
    let key = |field: &String| serde_json::Value::from(field.as_str()).to_string();
    path.iter().rev().fold(value.to_owned(), |inner, field| format!("{{{}:{inner}}}", key(field)))
}

fn an_id(id: &Id, binds: &mut Binds) -> String {
    match id {
        Id::Is(id) => format!("id = {}", binds.add(*id, Type::UUID)),
        Id::Begins(digits) => {
            let (low, high) = ids_from(digits);
            format!("id BETWEEN {} AND {}", binds.add(low, Type::UUID), binds.add(high, Type::UUID))
        }
        Id::BeginsOrEnds(digits) => {
            let begins = an_id(&Id::Begins(digits.clone()), binds);
            let end = format!("right(encode(uuid_send(id), 'hex'), {})", digits.len());
            format!("({begins} OR {end} = {})", binds.text(digits))
        }
    }
}

/// The first and the last id that begin with these digits.
fn ids_from(digits: &str) -> (Uuid, Uuid) {
    let fill = |filler: &str| {
        let text = format!("{digits}{}", filler.repeat(32 - digits.len()));
        Uuid::try_parse(&text).expect("32 hexadecimal digits are an id")
    };
    (fill("0"), fill("f"))
}

fn a_parent(parent: Uuid, binds: &mut Binds) -> String {
    let parent = binds.add(parent, Type::UUID);
    format!("id IN (SELECT child_id FROM task_tower.dependency WHERE parent_id = {parent})")
}

fn a_worker(worker: &Worker, binds: &mut Binds) -> String {
    match worker {
        Worker::Number(number) => format!("worker_id = {}", binds.add(*number, Type::INT8)),
        Worker::Host(host) => {
            let host = text("worker.host", std::slice::from_ref(host), binds);
            format!("worker_id IN (SELECT worker.id FROM task_tower.worker WHERE {host})")
        }
    }
}

/// The ids of the latest jobs of each are looked up one by one. Beginnings of names are asked of each job.
fn a_recurring(names: &[Text], binds: &mut Binds) -> String {
    let latest = |name: &Text| match name {
        Text::Is(name) => Some(format!(
            "id = ANY (ARRAY(SELECT tick.job_id FROM task_tower.tick WHERE tick.recurring = {} AND tick.job_id IS NOT NULL \
             ORDER BY tick.tick_at DESC LIMIT {RECURRING_JOBS_MAX}))",
            binds.text(name)
        )),
        Text::Begins(_) => None,
    };
    let exact: Option<Vec<String>> = names.iter().map(latest).collect();
    exact.map_or_else(|| of_any_time(names, binds), any)
}

fn of_any_time(names: &[Text], binds: &mut Binds) -> String {
    let named = text("tick.recurring", names, binds);
    format!("EXISTS (SELECT FROM task_tower.tick WHERE tick.job_id = id AND {named})")
}

/// Of one recurring job, so many of the latest jobs are found.
const RECURRING_JOBS_MAX: usize = 1_000;

fn numbers(column: &str, ranges: &[Range<i64>], binds: &mut Binds) -> Vec<String> {
    ranges.iter().map(|range| within(column, range, |number| binds.add(*number, Type::INT8))).collect()
}

fn times(column: &str, ranges: &[Range<Moment>], binds: &mut Binds) -> Vec<String> {
    let mut moment = |moment: &Moment| match moment {
        Moment::At(time) => binds.add(*time, Type::TIMESTAMPTZ),
        Moment::Ago(age) => format!("statement_timestamp() - {}", binds.interval(*age)),
    };
    ranges.iter().map(|range| within(column, range, &mut moment)).collect()
}

fn spans(span: &str, ranges: &[Range<Duration>], binds: &mut Binds) -> Vec<String> {
    let span = format!("({span})");
    ranges.iter().map(|range| within(&span, range, |duration| binds.interval(*duration))).collect()
}

fn within<T>(what: &str, range: &Range<T>, mut value: impl FnMut(&T) -> String) -> String {
    let from = match &range.0 {
        Bound::Included(from) => Some(format!("{what} >= {}", value(from))),
        Bound::Excluded(from) => Some(format!("{what} > {}", value(from))),
        Bound::Unbounded => None,
    };
    let to = match &range.1 {
        Bound::Included(to) => Some(format!("{what} <= {}", value(to))),
        Bound::Excluded(to) => Some(format!("{what} < {}", value(to))),
        Bound::Unbounded => None,
    };
    let ends: Vec<String> = from.into_iter().chain(to).collect();
    format!("({})", ends.join(" AND "))
}

/// The ids that jobs of these times of creation can have: a UUID v7 carries the time of its maker's clock,
/// which may be wrong by an hour.
pub(super) fn ids_created(
    ranges: &[Range<Moment>],
    now: chrono::DateTime<chrono::Utc>,
) -> (Option<Uuid>, Option<Uuid>) {
    let time = |moment: &Moment| match moment {
        Moment::At(time) => *time,
        Moment::Ago(age) => now - *age,
    };
    let bound = |bound: &Bound<Moment>| match bound {
        Bound::Included(moment) | Bound::Excluded(moment) => Some(time(moment)),
        Bound::Unbounded => None,
    };
    let from = ranges.iter().map(|range| bound(&range.0)).min().flatten();
    let to: Option<Vec<_>> = ranges.iter().map(|range| bound(&range.1)).collect();
    let to = to.and_then(|to| to.into_iter().max());
    (from.map(|from| id_at(from - CLOCKS_DIFFER_MAX, 0)), to.map(|to| id_at(to + CLOCKS_DIFFER_MAX, u128::MAX)))
}

const CLOCKS_DIFFER_MAX: chrono::TimeDelta = chrono::TimeDelta::hours(1);

fn id_at(time: chrono::DateTime<chrono::Utc>, rest: u128) -> Uuid {
    let milliseconds = u128::from(time.timestamp_millis().max(0).unsigned_abs());
    Uuid::from_u128(milliseconds << 80 | (rest >> 48))
}

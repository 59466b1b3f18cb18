//! From a term as it was written to what it asks for.

use std::time::Duration;

use uuid::Uuid;

use super::condition::{Arg, Condition, Id, Order, Text, Word, Worker};
use super::fault::FilterError;
use super::key::Key;
use super::lexer::{Raw, Written};
use super::range::{Moment, Range, duration, is_reversed, range, times};
use super::term::FilterTerm;
use super::value::Value;
use super::zone::Zone;
use super::{TERM_BYTES_MAX, date};
use crate::config::nearest;
use crate::record::JobState;

pub(super) fn term(raw: Raw, zone: &dyn Zone) -> Result<FilterTerm, FilterError> {
    let (key, path) = key(&raw)?;
    let condition = condition(key, &path, &raw, zone)?;
    let keep_quotes = [Key::Args, Key::Word, Key::Worker].contains(&key);
    let values = raw.values.into_iter().map(|written| match keep_quotes {
        true => written.value,
        false => written.value.unquoted(),
    });
    let values: Vec<Value> = values.collect();
    let term = FilterTerm { negated: raw.negated, key, path, anywhere: values.clone(), values, condition };
    match term.condition {
        Condition::Created(_) | Condition::Finished(_) => dated(term, raw.column, zone),
        _ => Ok(term),
    }
}

/// The term with its dates as its reader writes them, and as anybody reads them, which is longer than what was written.
fn dated(term: FilterTerm, column: usize, zone: &dyn Zone) -> Result<FilterTerm, FilterError> {
    let each = |write: fn(&str, &dyn Zone) -> String| {
        let values = term.values.iter().map(|value| Value { text: write(&value.text, zone), ..value.clone() });
        values.collect::<Vec<_>>()
    };
    let term = FilterTerm { values: each(date::at_home), anywhere: each(date::anywhere), ..term };
    match term.text().len().max(term.to_string().len()) > TERM_BYTES_MAX {
        true => Err(FilterError::new(column, format!("with its zones, a term of more than {TERM_BYTES_MAX} bytes"))),
        false => Ok(term),
    }
}

fn key(raw: &Raw) -> Result<(Key, Vec<String>), FilterError> {
    let Some(pieces) = &raw.key else { return Ok((Key::Word, Vec::new())) };
    let column = raw.column + usize::from(raw.negated);
    let (name, path) = pieces.split_first().expect("a split has a first piece");
    let unknown = || {
        let written = pieces.join(".");
        FilterError::new(column, format!("there is no key \"{}\"", written.escape_debug())).suggest(Key::nearest(name))
    };
    match Key::find(name) {
        Some(Key::Args) if path.is_empty() || path.iter().any(String::is_empty) => {
            Err(FilterError::new(column, "args wants the name of a field, as in args.user.id:42"))
        }
        Some(Key::Args) => Ok((Key::Args, path.to_vec())),
        Some(key) if path.is_empty() => Ok((key, Vec::new())),
        _ => Err(unknown()),
    }
}

fn condition(key: Key, path: &[String], raw: &Raw, zone: &dyn Zone) -> Result<Condition, FilterError> {
    Ok(match key {
        Key::Word => Condition::Words(each(raw, word)?),
        Key::State => Condition::States(each(raw, state)?),
        Key::Queue => Condition::Queues(each(raw, text)?),
        Key::Kind => Condition::Kinds(each(raw, text)?),
        Key::Tag => Condition::Tags(each(raw, text)?),
        Key::Args => Condition::Args { path: path.to_vec(), values: each(raw, |value| Ok(Arg::read(value)))? },
        Key::Id => Condition::Ids(each(raw, id)?),
        Key::Error => Condition::Errors(each(raw, error)?),
        Key::Batch => Condition::Batches(each(raw, batch)?),
        Key::Parent => Condition::Parents(each(raw, |value| whole_id(value, "a job"))?),
        Key::Worker => Condition::Workers(each(raw, worker)?),
        Key::Recurring => Condition::Recurring(each(raw, text)?),
        Key::Attempts => Condition::Attempts(each(raw, number)?),
        Key::Priority => Condition::Priority(each(raw, number)?),
        Key::Created => Condition::Created(each(raw, |value| time(value, zone))?),
        Key::Finished => Condition::Finished(each(raw, |value| time(value, zone))?),
        Key::Run => Condition::Run(each(raw, span)?),
        Key::Wait => Condition::Wait(each(raw, span)?),
        Key::Sort => Condition::Sort(sort(raw)?),
    })
}

/// What is wrong with a value, and what may have been meant.
type Refused = (String, Option<&'static str>);

fn each<T>(raw: &Raw, read: impl Fn(&Value) -> Result<T, Refused>) -> Result<Vec<T>, FilterError> {
    let read = |written: &Written| {
        let refused = |(message, meant): Refused| FilterError::new(written.column, message).suggest(meant);
        read(&written.value).map_err(refused)
    };
    raw.values.iter().map(read).collect()
}

fn refuse<T>(value: &Value, what: &str) -> Result<T, Refused> {
    Err((format!("\"{}\" is not {what}", value.text.escape_debug()), None))
}

fn word(value: &Value) -> Result<Word, Refused> {
    let id = (!value.quoted).then(|| Id::read(&value.text, value.prefix)).flatten();
    Ok(Word { text: value.text.clone(), id, prefix: value.prefix })
}

fn text(value: &Value) -> Result<Text, Refused> {
    Ok(value.into())
}

fn state(value: &Value) -> Result<JobState, Refused> {
    const KNOWN: [&str; 8] =
        ["scheduled", "awaiting", "enqueued", "processing", "completed", "failed", "dead", "cancelled"];
    let known = (!value.prefix).then(|| value.text.parse().ok()).flatten();
    known.ok_or_else(|| {
        let message = format!("\"{}\" is not a state: {}", value.text.escape_debug(), KNOWN.join(", "));
        let begun = || KNOWN.into_iter().find(|state| value.text.len() > 2 && state.starts_with(&*value.text));
        (message, nearest(&value.text, &KNOWN).or_else(begun))
    })
}

fn id(value: &Value) -> Result<Id, Refused> {
    match Id::read(&value.text, value.prefix) {
        Some(id) => Ok(id),
        None => refuse(value, "an id, nor the beginning or end of one: at least 4 hexadecimal digits"),
    }
}

/// As it is written in the database, so that its index finds it.
fn batch(value: &Value) -> Result<Text, Refused> {
    whole_id(value, "a batch").map(|id| Text::Is(id.to_string()))
}

fn whole_id(value: &Value, of: &str) -> Result<Uuid, Refused> {
    match Uuid::try_parse(&value.text) {
        Ok(id) if !value.prefix => Ok(id),
        _ => refuse(value, &format!("the whole id of {of}")),
    }
}

/// As [`ErrorGroup::fingerprint`](crate::ErrorGroup::fingerprint) is written.
fn error(value: &Value) -> Result<Text, Refused> {
    const DIGITS: usize = 12;
    let is_whole = value.text.len() == DIGITS && value.text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_whole && !value.prefix {
        true => Ok(Text::Is(value.text.to_lowercase())),
        false => refuse(value, "an error group: its fingerprint, twelve hexadecimal digits"),
    }
}

fn worker(value: &Value) -> Result<Worker, Refused> {
    let number = (!value.quoted && !value.prefix).then(|| value.text.parse().ok()).flatten();
    Ok(number.map_or_else(|| Worker::Host(value.into()), Worker::Number))
}

fn number(value: &Value) -> Result<Range<i64>, Refused> {
    let read = range(&value.text, |text| text.parse().ok());
    ordered(value, read, "a number, nor a comparison like >=3 or 1..5")
}

fn span(value: &Value) -> Result<Range<Duration>, Refused> {
    ordered(value, range(&value.text, duration), "a comparison with a duration, like >30s or 5m..1h")
}

fn time(value: &Value, zone: &dyn Zone) -> Result<Range<Moment>, Refused> {
    let what = "a time: <2h for younger than two hours, or 2026-11-01, or 2026-11-01..2026-11-03";
    ordered(value, times(&value.text, zone), what)
}

/// A range that somebody can have meant; `what` it would have to be is told otherwise.
fn ordered<T: PartialOrd>(value: &Value, read: Option<Range<T>>, what: &str) -> Result<Range<T>, Refused> {
    match read.filter(|_| !value.prefix) {
        Some(range) if is_reversed(&range) => {
            let written = value.text.escape_debug();
            Err((format!("nothing is in \"{written}\": its ends are the wrong way round"), None))
        }
        Some(range) => Ok(range),
        None => refuse(value, what),
    }
}

fn sort(raw: &Raw) -> Result<Order, FilterError> {
    if raw.negated {
        return Err(FilterError::new(raw.column, "the sign belongs behind the colon").suggest(Some("sort:-created")));
    }
    let orders = each(raw, |value| match value.text.as_str() {
        "-created" => Ok(Order::NewestFirst),
        "created" => Ok(Order::OldestFirst),
        _ => Err((format!("\"{}\" is not an order: -created, created", value.text.escape_debug()), None)),
    })?;
    match orders[..] {
        [order] => Ok(order),
        _ => Err(FilterError::new(raw.column, "there can be one order only")),
    }
}

//! What the values of a term ask for.

use std::time::Duration;

use uuid::Uuid;

use super::range::{Moment, Range};
use super::value::Value;
use crate::record::JobState;

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// What a job has to be; of several values, any one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Words(Vec<Word>),
    States(Vec<JobState>),
    Queues(Vec<Text>),
    Kinds(Vec<Text>),
    Tags(Vec<Text>),
    Args {
        path: Vec<String>,
        values: Vec<Arg>,
    },
    Ids(Vec<Id>),
    /// By the fingerprints of error groups.
    Errors(Vec<Text>),
    /// By the batches that they are members of, each its whole id.
    Batches(Vec<Text>),
    /// By a job that they await, or awaited.
    Parents(Vec<Uuid>),
    Workers(Vec<Worker>),
    /// By the names of the recurring jobs that they come from.
    Recurring(Vec<Text>),
    Attempts(Vec<Range<i64>>),
    Priority(Vec<Range<i64>>),
    Created(Vec<Range<Moment>>),
    Finished(Vec<Range<Moment>>),
    Run(Vec<Range<Duration>>),
    Wait(Vec<Range<Duration>>),
    Sort(Order),
}

/// A text, or how one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Is(String),
    Begins(String),
}

impl Text {
    /// Whether a name is this, or begins so.
    pub(crate) fn fits(&self, name: &str) -> bool {
        match self {
            Text::Is(text) => name == text,
            Text::Begins(begin) => name.starts_with(begin),
        }
    }

    /// As it is written in a scope.
    pub(crate) fn pattern(&self) -> String {
        match self {
            Text::Is(name) => name.clone(),
            Text::Begins(begin) => format!("{begin}*"),
        }
    }
}

impl From<&Value> for Text {
    fn from(value: &Value) -> Self {
        match value.prefix {
            true => Text::Begins(value.text.clone()),
            false => Text::Is(value.text.clone()),
        }
    }
}

/// A worker: by its number, or by the name of its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Worker {
    Number(i64),
    Host(Text),
}

/// An id, or a piece of one, as hexadecimal digits without dashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Id {
    Is(Uuid),
    Begins(String),
    BeginsOrEnds(String),
}

/// A word without a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// As a piece of an id, if it can be one.
    pub(crate) id: Option<Id>,
    /// It is all of the kind's beginning.
    pub(crate) prefix: bool,
}

/// A value within the payload.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arg {
    /// Any of these, as JSON.
    Is(Vec<String>),
    Begins(String),
    /// A number between these, each as JSON.
    Between(Range<String>),
}

impl Id {
    /// From 4 digits on, since shorter words are more likely words; all 32 are the id itself.
    pub(super) fn read(text: &str, prefix: bool) -> Option<Self> {
        const DIGITS_MIN: usize = 4;
        let digits: String = text.chars().filter(|character| *character != '-').collect();
        let is_piece = digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits.len() <= 32;
        if !is_piece || text.starts_with('-') || (digits.len() < DIGITS_MIN && !prefix) || digits.is_empty() {
            return None;
        }
        Some(match Uuid::try_parse(&digits) {
            Ok(id) => Id::Is(id),
            Err(_) if prefix => Id::Begins(digits.to_lowercase()),
            Err(_) => Id::BeginsOrEnds(digits.to_lowercase()),
        })
    }
}

impl Arg {
    /// Whether a value is there at all is no part of it.
    pub(super) fn is_part(&self) -> bool {
        match self {
            Arg::Is(_) => false,
            Arg::Begins(begin) => !begin.is_empty(),
            Arg::Between(_) => true,
        }
    }

    /// What is bare may be a number, a boolean or null, and a text that looks like one.
    pub(crate) fn read(value: &Value) -> Self {
        let text = &value.text;
        if value.prefix {
            return Arg::Begins(text.clone());
        }
        let as_text = serde_json::Value::from(text.as_str()).to_string();
        if value.quoted {
            return Arg::Is(vec![as_text]);
        }
        let number = |text: &str| is_number(text).then(|| text.to_owned());
        match super::range::range(text, number) {
            Some(range) if !is_number(text) => Arg::Between(range),
            Some(_) => Arg::Is(vec![text.clone(), as_text]),
            None if ["true", "false", "null"].contains(&text.as_str()) => Arg::Is(vec![text.clone(), as_text]),
            None => Arg::Is(vec![as_text]),
        }
    }
}

/// As JSON writes numbers.
fn is_number(text: &str) -> bool {
    !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace) && {
        serde_json::from_str::<f64>(text).is_ok()
    }
}

//! One term of a filter: `-tag:beta`.

use std::fmt;
use std::str::FromStr;

use chrono::FixedOffset;

use super::condition::Condition;
use super::fault::FilterError;
use super::key::Key;
use super::value::{Value, quote};
use super::{lexer, parse};

/// One term of a filter: a key, its values, and whether they are asked for or ruled out.
///
/// ```
/// use task_tower::FilterTerm;
///
/// let term: FilterTerm = "-queue:mail,\"two words\"".parse()?;
/// assert!(term.key() == "queue" && term.is_negated());
/// assert_eq!(term.values(), ["mail", "two words"]);
/// # Ok::<(), task_tower::FilterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FilterTerm {
    pub(super) negated: bool,
    pub(super) key: Key,
    /// Behind `args`.
    pub(super) path: Vec<String>,
    pub(super) values: Vec<Value>,
    pub(super) condition: Condition,
    /// Where the dates without a zone are.
    pub(super) zone: FixedOffset,
}

impl FilterTerm {
    /// The key as it is written, such as `queue` or `args.user.id`; empty for a bare word.
    #[must_use]
    pub fn key(&self) -> String {
        key_of_path(self.key, &self.path)
    }

    /// Whether jobs that fit it are left out.
    #[must_use]
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// Its values, any of which fits, without their quotes.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        let star = |value: &Value| if value.prefix { "*" } else { "" };
        self.values.iter().map(|value| format!("{}{}", value.text, star(value))).collect()
    }

    /// The term as it is written, with dates in the zone in which they were read.
    #[must_use]
    pub fn text(&self) -> String {
        self.write(|value| value.clone())
    }

    pub(crate) fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Written so that it can be read in any zone.
    fn in_any_zone(&self) -> String {
        let dated = matches!(self.condition, Condition::Created(_) | Condition::Finished(_));
        if !dated || self.zone.local_minus_utc() == 0 {
            return self.text();
        }
        self.write(|value| Value { text: super::range::in_zone(&value.text, self.zone), ..value.clone() })
    }

    fn write(&self, value: impl Fn(&Value) -> Value) -> String {
        let sign = if self.negated { "-" } else { "" };
        let values: Vec<String> = self.values.iter().map(|written| self.write_value(value(written))).collect();
        match self.key {
            Key::Word => format!("{sign}{}", values.join(",")),
            _ => format!("{sign}{}:{}", self.key(), values.join(",")),
        }
    }

    /// A bare word must not be taken for a key, nor for a negation.
    fn write_value(&self, mut value: Value) -> String {
        if self.key == Key::Word && (value.text.contains(':') || value.text.starts_with('-')) {
            value.quoted = true;
        }
        value.to_string()
    }
}

/// What is asked for counts, not how it is written.
impl PartialEq for FilterTerm {
    fn eq(&self, other: &Self) -> bool {
        (self.negated, self.key, &self.path) == (other.negated, other.key, &other.path)
            && self.condition == other.condition
    }
}

/// A key and the fields behind it, as they are written.
pub(crate) fn key_of_path(key: Key, path: &[String]) -> String {
    let path = path.iter().map(|piece| match piece.contains(is_odd) || piece.is_empty() {
        true => format!(".{}", quote(piece)),
        false => format!(".{piece}"),
    });
    format!("{}{}", key.as_str(), path.collect::<String>())
}

fn is_odd(letter: char) -> bool {
    letter.is_whitespace() || "\".:\\".contains(letter)
}

/// It can be read back, in whatever zone.
impl fmt::Display for FilterTerm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.in_any_zone())
    }
}

impl FromStr for FilterTerm {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let mut terms = lexer::terms(text)?.into_iter();
        let Some(term) = terms.next() else {
            return Err(FilterError::new(1, "there is no term"));
        };
        match terms.next() {
            Some(second) => Err(FilterError::new(second.column, "there is more than one term")),
            None => parse::term(term, super::utc()),
        }
    }
}

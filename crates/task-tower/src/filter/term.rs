//! One term of a filter: `-tag:beta`.

use std::fmt;
use std::str::FromStr;

use chrono::Utc;

use super::condition::{Arg, Condition, Text};
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
    /// As its reader writes them.
    pub(super) values: Vec<Value>,
    /// As they can be read in any zone.
    pub(super) anywhere: Vec<Value>,
    pub(super) condition: Condition,
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

    /// The term as it is written, with dates by the clocks of the zone in which it was read.
    ///
    /// A date of another zone is told by these clocks as well, and keeps its zone only where it has to: at a time that
    /// they show twice.
    #[must_use]
    pub fn text(&self) -> String {
        self.write(&self.values)
    }

    /// Whether it compares with a part of a tag or of a value, or tells which of two is greater: what is compared can be
    /// found out letter by letter.
    #[must_use]
    pub fn compares_parts(&self) -> bool {
        match &self.condition {
            Condition::Tags(tags) => tags.iter().any(|tag| matches!(tag, Text::Begins(_))),
            Condition::Args { values, .. } => values.iter().any(Arg::is_part),
            _ => false,
        }
    }

    pub(crate) fn condition(&self) -> &Condition {
        &self.condition
    }

    fn write(&self, values: &[Value]) -> String {
        let sign = if self.negated { "-" } else { "" };
        let values: Vec<String> = values.iter().map(|value| self.write_value(value.clone())).collect();
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
        out.write_str(&self.write(&self.anywhere))
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
            None => parse::term(term, &Utc),
        }
    }
}

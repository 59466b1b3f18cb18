//! What a handler logged, a line at a time, and which of it is meant.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use crate::error::Error;

/// How much a line matters, as `tracing` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LogLevel {
    /// The smallest steps.
    Trace,
    /// For whoever looks for a mistake.
    Debug,
    /// What an operator may want to know.
    Info,
    /// Something is odd.
    Warn,
    /// Something is wrong.
    Error,
}

/// One line that was logged in a run of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LogLine {
    /// Where it stands among the lines of its job.
    pub cursor: LogCursor,
    /// Which run of the job it is of, counted from 1. A run that was given back at a shutdown does not count, so
    /// that the one after it has the same number.
    pub attempt: i32,
    /// When it was logged, by the database's clock.
    pub at: DateTime<Utc>,
    /// How much it matters.
    pub level: LogLevel,
    /// Where in the program it was logged: a module, unless the line names something else.
    pub target: String,
    /// What it says, and behind it its fields as `name=value`.
    pub message: String,
}

/// The place of a line among all that its job has logged: lists go on from there. As text, two numbers and a dash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogCursor {
    pub(crate) lease: i64,
    pub(crate) number: i32,
}

impl LogLevel {
    /// Every level, those that matter least first.
    pub const ALL: [LogLevel; 5] = [LogLevel::Trace, LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error];

    /// The level as a word, as it stands in options, in URLs and on the page.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            LogLevel::Trace => "trace",
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
        }
    }

    /// The number that the table stores: from 1 for `trace`.
    pub(crate) fn number(self) -> i16 {
        self as i16 + 1
    }

    /// One that a later version stores is taken for the highest.
    pub(crate) fn from_number(number: i16) -> Self {
        Self::ALL.into_iter().find(|level| level.number() == number).unwrap_or(LogLevel::Error)
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl FromStr for LogLevel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|level| level.as_str() == text).ok_or_else(|| {
            let known = Self::ALL.map(|level| level.as_str()).join(", ");
            Error::invalid(format!("level \"{}\" is not one of {known}", text.escape_debug()))
        })
    }
}

impl fmt::Display for LogCursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.lease, self.number)
    }
}

impl FromStr for LogCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let numbers =
            text.split_once('-').and_then(|(lease, number)| Some((lease.parse().ok()?, number.parse().ok()?)));
        let refused =
            || Error::invalid(format!("\"{}\" is not the cursor of a line, such as 2-15", text.escape_debug()));
        numbers.map(|(lease, number)| Self { lease, number }).ok_or_else(refused)
    }
}

impl Serialize for LogCursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_from_its_text() {
        let cursor = LogCursor { lease: 12, number: 345 };

        assert_eq!(cursor.to_string(), "12-345");
        assert_eq!(cursor.to_string().parse::<LogCursor>().unwrap(), cursor);
        for odd in ["", "-", "12", "12-", "a-1", "1-2-3", "1-99999999999"] {
            assert!(odd.parse::<LogCursor>().unwrap_err().is_invalid(), "{odd:?}");
        }
    }

    #[test]
    fn a_level_has_a_word_and_a_number_and_those_that_matter_more_have_higher_ones() {
        for level in LogLevel::ALL {
            assert_eq!(level.as_str().parse::<LogLevel>().unwrap(), level);
            assert_eq!(LogLevel::from_number(level.number()), level);
        }

        assert!(LogLevel::Error > LogLevel::Warn && LogLevel::Error.number() > LogLevel::Warn.number());
        assert!("loud".parse::<LogLevel>().unwrap_err().to_string().contains("trace, debug, info, warn, error"));
    }
}

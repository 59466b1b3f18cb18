//! What is wrong with the text of a filter, and where.

use std::fmt;

use crate::error::Error;

/// Why a text is not a filter: what is wrong, at which column, and what may have been meant.
///
/// ```
/// let error = "queue:mail stat:dead".parse::<task_tower::JobFilter>().unwrap_err();
///
/// assert_eq!((error.column(), error.suggestion()), (12, Some("state")));
/// assert_eq!(error.to_string(), "column 12: there is no key \"stat\"; did you mean \"state\"?");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    column: usize,
    message: String,
    suggestion: Option<String>,
}

impl FilterError {
    pub(super) fn new(column: usize, message: impl Into<String>) -> Self {
        Self { column, message: message.into(), suggestion: None }
    }

    pub(super) fn suggest(mut self, suggestion: Option<&str>) -> Self {
        self.suggestion = suggestion.map(str::to_owned);
        self
    }

    /// Where it is wrong: the number of the character, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong, without the column.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may have been meant in its place.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "column {}: {}", self.column, self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(out, "; did you mean \"{suggestion}\"?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for FilterError {}

impl From<FilterError> for Error {
    fn from(error: FilterError) -> Self {
        Error::invalid(format!("filter, {error}"))
    }
}

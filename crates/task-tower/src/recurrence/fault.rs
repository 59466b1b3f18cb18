//! What is wrong with an expression or a zone, and where.

use std::fmt;

use super::EXPRESSION_BYTES_MAX;
use crate::error::Error;

/// Why something is no recurrence: what is wrong, at which character, and what may have been meant.
///
/// ```
/// use task_tower::Recurrence;
///
/// let error = Recurrence::new("0 25 * * *", "UTC").unwrap_err();
///
/// assert_eq!(error.column(), 3);
/// assert_eq!(error.to_string(), "column 3: hour 25 is not within 0 to 23\n    0 25 * * *\n      ^");
/// let error = Recurrence::new("@daily", "Europe/Berln").unwrap_err();
/// assert_eq!(error.suggestion(), Some("Europe/Berlin"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecurrenceError {
    /// The line in which it is wrong; none for a zone.
    text: Option<String>,
    column: usize,
    message: String,
    suggestion: Option<String>,
}

impl RecurrenceError {
    pub(super) fn new(text: &str, column: usize, message: impl Into<String>) -> Self {
        Self { text: Some(shown(text)), column, message: message.into(), suggestion: None }
    }

    pub(super) fn of_zone(message: impl Into<String>) -> Self {
        Self { text: None, column: 1, message: message.into(), suggestion: None }
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

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may have been meant in its place.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    /// Whether the zone is wrong, and not the expression.
    #[must_use]
    pub fn is_of_zone(&self) -> bool {
        self.text.is_none()
    }

    /// The expression, and below it a caret at the place: two lines. `None` when the zone is wrong.
    #[must_use]
    pub fn pointed(&self) -> Option<String> {
        let text = self.text.as_ref()?;
        Some(format!("{text}\n{}^", " ".repeat(self.column - 1)))
    }
}

/// A character for a character, so that the caret stands where it should.
fn shown(text: &str) -> String {
    text.chars()
        .take(EXPRESSION_BYTES_MAX)
        .map(|character| if character.is_control() { '\u{fffd}' } else { character })
        .collect()
}

pub(super) fn check_text(text: &str) -> Result<(), RecurrenceError> {
    if text.trim().is_empty() {
        return Err(RecurrenceError::new(text, 1, "the expression is empty"));
    }
    if text.len() > EXPRESSION_BYTES_MAX {
        let message = format!("the expression has {} bytes, at most {EXPRESSION_BYTES_MAX} are allowed", text.len());
        return Err(RecurrenceError::new(text, 1, message));
    }
    match text.chars().position(|character| character.is_control() && character != '\t') {
        Some(place) => Err(RecurrenceError::new(text, place + 1, "there is a control character")),
        None => Ok(()),
    }
}

impl fmt::Display for RecurrenceError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_some() {
            write!(out, "column {}: ", self.column)?;
        }
        out.write_str(&self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(out, "; did you mean \"{suggestion}\"?")?;
        }
        match self.pointed() {
            Some(pointed) => pointed.lines().try_for_each(|line| write!(out, "\n    {line}")),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RecurrenceError {}

impl From<RecurrenceError> for Error {
    fn from(error: RecurrenceError) -> Self {
        Error::invalid(format!("recurrence, {error}"))
    }
}

//! The one error of the crate: opaque, with questions. What went wrong inside stays inside, so
//! that it can change without breaking anybody's `match`.

use std::error::Error as StdError;
use std::fmt;

/// What the library's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync>;

/// An error of Task Tower.
///
/// It is opaque on purpose: ask it questions ([`is_not_found`](Error::is_not_found),
/// [`is_conflict`](Error::is_conflict), [`is_unavailable`](Error::is_unavailable),
/// [`is_invalid`](Error::is_invalid)) instead of matching on it. The message reads well after
/// "could not …" and names the job, queue or option that it is about.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    source: Option<Source>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Conflict,
    Database,
    #[cfg(feature = "embedded")]
    Embedded,
    Invalid,
    NotFound,
    Refused,
    TooSlow,
    Unavailable,
}

impl Error {
    /// Whether something was given that can never work: an option out of its range, a payload
    /// over the limit, a queue name with a comma. Trying again does not help.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.0.kind == Kind::Invalid
    }

    /// Whether the job, queue or worker that was asked for does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == Kind::NotFound
    }

    /// Whether the state of things forbids it: a running job cannot be deleted, a schema that is
    /// newer than this program is not touched.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.0.kind == Kind::Conflict
    }

    /// Whether a contextualizer of the application refused the enqueue; the message has its reason.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0.kind == Kind::Refused
    }

    /// Whether the database could not be reached or could not be written to. Trying again later
    /// helps.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.0.kind == Kind::Unavailable
    }

    /// Whether a question took longer than people wait, and was given up: the message says how to narrow it
    /// down. The same question again would take as long.
    #[must_use]
    pub fn is_too_slow(&self) -> bool {
        self.0.kind == Kind::TooSlow
    }

    /// What sort of error it is, in a word for programs.
    #[cfg(feature = "otel")]
    pub(crate) fn class(&self) -> &'static str {
        match self.0.kind {
            Kind::Conflict => "conflict",
            Kind::Database => "database",
            #[cfg(feature = "embedded")]
            Kind::Embedded => "embedded",
            Kind::Invalid => "invalid",
            Kind::NotFound => "not_found",
            Kind::Refused => "refused",
            Kind::TooSlow => "too_slow",
            Kind::Unavailable => "unavailable",
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, message)
    }

    pub(crate) fn too_slow(message: impl Into<String>) -> Self {
        Self::new(Kind::TooSlow, message)
    }

    pub(crate) fn database(message: impl Into<String>) -> Self {
        Self::new(Kind::Database, message)
    }

    #[cfg(feature = "embedded")]
    pub(crate) fn embedded(message: impl Into<String>) -> Self {
        Self::new(Kind::Embedded, message)
    }

    /// Adds what the caller could not know: the deeper error stays reachable by `source()`.
    pub(crate) fn because(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Puts `context` before the message, once, where something is known that the place of the
    /// failure did not know.
    pub(crate) fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.message = format!("{context}: {}", self.0.message);
        self
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), source: None }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The message tells the cause already, where there is one.
        write!(out, "{:?}: {}", self.0.kind, self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

//! One check: how it came out, why, and what to do.

use serde::Serialize;

use super::sentence::Sentence;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Level {
    /// Jobs do not run, or soon will not.
    Problem,
    /// Somebody should look at it by day.
    Warning,
    /// All is well.
    Passed,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// What was looked at, as programs name it: `oldest_transaction`, `kinds`.
    pub name: &'static str,
    /// How it came out.
    pub level: Level,
    /// What is the case, in a few words.
    pub title: Sentence,
    /// Why that is so, and what follows from it.
    pub reason: Sentence,
    /// What to do about it: a command, or advice. `None` where nothing is to be done.
    pub remedy: Option<Sentence>,
}

impl Check {
    pub(crate) fn problem(name: &'static str, title: impl Into<Sentence>, reason: impl Into<Sentence>) -> Self {
        Self::new(name, Level::Problem, title, reason)
    }

    pub(crate) fn warning(name: &'static str, title: impl Into<Sentence>, reason: impl Into<Sentence>) -> Self {
        Self::new(name, Level::Warning, title, reason)
    }

    pub(crate) fn passed(name: &'static str, title: impl Into<Sentence>, reason: impl Into<Sentence>) -> Self {
        Self::new(name, Level::Passed, title, reason)
    }

    pub(crate) fn new(
        name: &'static str,
        level: Level,
        title: impl Into<Sentence>,
        reason: impl Into<Sentence>,
    ) -> Self {
        Self { name, level, title: title.into(), reason: reason.into(), remedy: None }
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<Sentence>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

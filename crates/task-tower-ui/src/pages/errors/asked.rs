//! What the address of the list asks for, its filter box, and what is wrong with what was typed there.

use serde::Deserialize;
use task_tower::{ErrorFilter, ErrorStatus, FilterError};

use crate::links;
use crate::pages::jobs::{FilterFault, mended, pieces};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(super) status: String,
    /// The filter.
    pub(super) q: String,
    /// What was typed into the filter box beside it.
    pub(super) add: String,
}

/// What the filter box was given.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What could be understood, which is what is listed.
    pub(super) filter: ErrorFilter,
    /// What could not, and stays in the box.
    pub(super) rest: String,
    pub(super) fault: Option<FilterFault>,
}

/// A term of the filter.
pub(super) struct Chip {
    /// With its colon, and the sign before it.
    pub(super) key: String,
    pub(super) value: String,
    pub(super) text: String,
    pub(super) negated: bool,
    /// The list without it.
    pub(super) without: String,
}

impl Wanted {
    pub(super) fn status(&self) -> ErrorStatus {
        match self.status.as_str() {
            "muted" => ErrorStatus::Muted,
            "resolved" => ErrorStatus::Resolved,
            _ => ErrorStatus::Unresolved,
        }
    }

    pub(super) fn asked(&self) -> Asked {
        let add = self.add.trim();
        match self.q.parse() {
            Ok(filter) => Asked::adding(filter, add),
            Err(error) => Asked::broken(&self.q, add, &error),
        }
    }

    /// The same groups, of another status.
    pub(super) fn with_status(&self, status: ErrorStatus) -> String {
        links::errors(&[("status", status.as_str()), ("q", &self.q)])
    }

    /// Another filter, with the same status.
    pub(super) fn with_filter(&self, q: &str) -> String {
        links::errors(&[("status", &self.status), ("q", q)])
    }

    pub(super) fn chips(&self, filter: &ErrorFilter) -> Vec<Chip> {
        let terms = filter.terms();
        let chip = |(place, text): (usize, &String)| {
            let others: Vec<&str> =
                terms.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, term)| &**term).collect();
            let is_word = text.starts_with('"') || text.starts_with("-\"");
            let (key, value) = match text.split_once(':').filter(|_| !is_word) {
                Some((key, value)) => (format!("{key}:"), value.to_owned()),
                None => (String::new(), text.clone()),
            };
            let without = self.with_filter(&others.join(" "));
            Chip { key, value, negated: text.starts_with('-'), without, text: text.clone() }
        };
        terms.iter().enumerate().map(chip).collect()
    }
}

impl Asked {
    fn adding(filter: ErrorFilter, add: &str) -> Self {
        match added(&filter, add) {
            Ok(filter) => Self { filter, ..Self::default() },
            Err(error) => Self::wrong(filter, add, &error),
        }
    }

    /// What is good of it is listed, whatever stands around it.
    fn broken(q: &str, add: &str, error: &FilterError) -> Self {
        let (mut filter, mut rest) = (ErrorFilter::new(), Vec::new());
        for piece in pieces(q) {
            match added(&filter, piece) {
                Ok(more) => filter = more,
                Err(_) => rest.push(piece),
            }
        }
        let rest = format!("{} {add}", rest.join(" "));
        let rest = rest.trim();
        match added(&ErrorFilter::new(), rest) {
            Err(error) => Self::wrong(filter, rest, &error),
            // More terms than there may be.
            Ok(_) => Self::wrong(filter, rest, error),
        }
    }

    fn wrong(filter: ErrorFilter, rest: &str, error: &FilterError) -> Self {
        let column = error.column().min(rest.chars().count().max(1));
        let meant =
            |word: &str| (word.to_owned(), format!("{filter} {}", mended(rest, column, word)).trim().to_owned());
        let suggestion = error.suggestion().map(meant);
        let fault = FilterFault { column, message: error.message().to_owned(), suggestion };
        Self { filter, rest: rest.to_owned(), fault: Some(fault) }
    }
}

/// The filter and what was added to it, as long as it is not too much.
fn added(filter: &ErrorFilter, add: &str) -> Result<ErrorFilter, FilterError> {
    let mut terms = filter.terms();
    for term in add.parse::<ErrorFilter>()?.terms() {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms.join(" ").parse()
}

//! What the address of the list asks for, and what is wrong with it.

use serde::Deserialize;
use task_tower::{ErrorFilter, ErrorStatus, FilterError};

use crate::links;
use crate::pages::jobs::{FilterFault, mended};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(super) status: String,
    /// What was typed into the filter box.
    pub(super) q: String,
}

impl Wanted {
    pub(super) fn status(&self) -> ErrorStatus {
        match self.status.as_str() {
            "muted" => ErrorStatus::Muted,
            "resolved" => ErrorStatus::Resolved,
            _ => ErrorStatus::Unresolved,
        }
    }

    /// All groups, if it cannot be understood.
    pub(super) fn filter(&self) -> (ErrorFilter, Option<FilterFault>) {
        match self.q.parse() {
            Ok(filter) => (filter, None),
            Err(error) => (ErrorFilter::new(), Some(self.fault(&error))),
        }
    }

    fn fault(&self, error: &FilterError) -> FilterFault {
        let meant = |word: &str| (word.to_owned(), mended(&self.q, error.column(), word));
        FilterFault {
            column: error.column(),
            message: error.message().to_owned(),
            suggestion: error.suggestion().map(meant),
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
}

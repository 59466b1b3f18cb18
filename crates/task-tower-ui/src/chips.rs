//! The terms of a filter, as chips show them.

use task_tower::JobFilter;

use crate::look::Look;

/// Key with its colon, value, and whether it is negated.
pub(crate) fn of(filter: &JobFilter) -> Vec<(String, String, bool)> {
    filter.terms().iter().map(|term| split(&term.text(), term.is_negated())).collect()
}

/// The same of a text; one that cannot be read any more is one chip.
pub(crate) fn of_text(text: &str, look: &Look) -> Vec<(String, String, bool)> {
    match look.filter(text) {
        Ok(filter) => of(&filter),
        Err(_) => vec![(String::new(), text.to_owned(), false)],
    }
}

/// A filter that was kept, with its dates by the clocks of the reader.
pub(crate) fn text(kept: &str, look: &Look) -> String {
    look.filter(kept).map_or_else(|_| kept.to_owned(), |filter| filter.text())
}

fn split(text: &str, negated: bool) -> (String, String, bool) {
    match text.split_once(':') {
        Some((key, value)) => (format!("{key}:"), value.to_owned(), negated),
        None => (String::new(), text.to_owned(), negated),
    }
}

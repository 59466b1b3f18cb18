//! The filter box: what it was given, as far as it can be understood, and what is wrong with the rest.

use chrono_tz::Tz;
use task_tower::{FilterError, JobFilter};

use super::wanted::Wanted;

/// What the filter box was given.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What could be understood, which is what is listed.
    pub(super) filter: JobFilter,
    /// What could not, and stays in the box.
    pub(super) rest: String,
    pub(super) fault: Option<FilterFault>,
}

/// What is wrong with the rest.
#[derive(Debug)]
pub(in crate::pages) struct FilterFault {
    /// Counted from 1, in the rest.
    pub(in crate::pages) column: usize,
    pub(in crate::pages) message: String,
    /// What may have been meant, and the whole filter with it.
    pub(in crate::pages) suggestion: Option<(String, String)>,
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

impl Asked {
    pub(super) fn read(q: &str, add: &str, zone: Tz) -> Self {
        let filter = match JobFilter::parse_in(q, &zone) {
            Ok(filter) => filter,
            Err(error) => return Self::broken(q, add, &error, zone),
        };
        match added(filter.clone(), add, zone) {
            Ok(filter) => Self { filter, ..Self::default() },
            Err(error) => Self::wrong(filter, add.trim().to_owned(), &error),
        }
    }

    /// What is good of it is listed, whatever stands around it.
    fn broken(q: &str, add: &str, error: &FilterError, zone: Tz) -> Self {
        let (mut filter, mut rest) = (JobFilter::new(), Vec::new());
        for piece in pieces(q) {
            match added(filter.clone(), piece, zone) {
                Ok(more) => filter = more,
                Err(_) => rest.push(piece),
            }
        }
        let rest = format!("{} {add}", rest.join(" ")).trim().to_owned();
        match added(JobFilter::new(), &rest, zone) {
            Err(error) => Self::wrong(filter, rest, &error),
            // More terms than there may be.
            Ok(_) => Self::wrong(filter, rest, error),
        }
    }

    fn wrong(filter: JobFilter, rest: String, error: &FilterError) -> Self {
        let column = error.column().min(rest.chars().count().max(1));
        let suggestion = error.suggestion().map(|word| {
            let mended = mended(&rest, column, word);
            (word.to_owned(), format!("{filter} {mended}").trim().to_owned())
        });
        let fault = FilterFault { column, message: error.message().to_owned(), suggestion };
        Self { filter, rest, fault: Some(fault) }
    }

    pub(super) fn chips(&self, wanted: &Wanted) -> Vec<Chip> {
        let chip = |term| {
            let filter = self.filter.clone().without(term);
            let text = term.text();
            let (key, value) = match (term.key().is_empty(), text.split_once(':')) {
                (false, Some((key, value))) => (format!("{key}:"), value.to_owned()),
                _ => (String::new(), text.clone()),
            };
            Chip { key, value, negated: term.is_negated(), without: wanted.link(&filter), text }
        };
        self.filter.terms().iter().map(chip).collect()
    }
}

/// The filter and what was added to it, as long as it is not too much.
fn added(filter: JobFilter, add: &str, zone: Tz) -> Result<JobFilter, FilterError> {
    let terms = JobFilter::parse_in(add, &zone)?;
    let filter = terms.terms().iter().cloned().fold(filter, JobFilter::with);
    JobFilter::parse_in(&filter.text(), &zone)
}

/// The terms of a filter as they are written, good or not. One whose quote is not closed goes on to the end.
pub(in crate::pages) fn pieces(text: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let is_cut = |letter: char| {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ => {}
        }
        letter.is_whitespace() && !quoted
    };
    text.split(is_cut).filter(|piece| !piece.is_empty()).collect()
}

/// The word at that column replaced by what may have been meant.
pub(in crate::pages) fn mended(text: &str, column: usize, word: &str) -> String {
    let begin = byte_of(text, column);
    let is_term = word.contains(':');
    let is_end = |letter: char| letter.is_whitespace() || (!is_term && ":.,".contains(letter));
    let end = text[begin..].find(is_end).map_or(text.len(), |end| begin + end);
    format!("{}{word}{}", &text[..begin], &text[end..])
}

fn byte_of(text: &str, column: usize) -> usize {
    text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(q: &str, add: &str) -> Asked {
        Asked::read(q, add, Tz::UTC)
    }

    fn meant(asked: Asked) -> (String, usize, Option<String>) {
        let fault = asked.fault.unwrap();
        (asked.rest, fault.column, fault.suggestion.map(|(_, whole)| whole))
    }

    #[test]
    fn what_is_added_comes_after_what_was_there() {
        let asked = read("queue:mail", " -tag:beta  state:dead queue:mail");

        assert!(asked.fault.is_none());
        assert_eq!(asked.filter.to_string(), "queue:mail -tag:beta state:dead");
    }

    #[test]
    fn another_order_takes_the_place_of_the_one_before() {
        assert_eq!(read("sort:created", "sort:-created").filter.to_string(), "sort:-created");
    }

    #[test]
    fn what_cannot_be_understood_stays_in_the_box_beside_what_can() {
        let asked = read("queue:mail é:1", "tag:x");

        assert_eq!(asked.filter.to_string(), "queue:mail");
        assert_eq!(meant(asked), ("é:1 tag:x".to_owned(), 1, None));
    }

    #[test]
    fn a_suggestion_mends_only_the_word_with_the_fault() {
        let cases = [
            (("queue:mail", "-stat:dead tag:x"), (2, "queue:mail -state:dead tag:x")),
            (("", "é state:dead,faild,completed"), (14, "é state:dead,failed,completed")),
            (("stat:dead tag:x", ""), (1, "tag:x state:dead")),
            (("", "arg.user.id:4"), (1, "args.user.id:4")),
            (("tag:x -sort:created", ""), (1, "tag:x sort:-created")),
            (("a stat:dead b nought:1 c", ""), (1, "a b c state:dead nought:1")),
        ];
        for ((q, add), (column, whole)) in cases {
            let (_, found, mended) = meant(read(q, add));

            assert_eq!((found, mended.as_deref()), (column, Some(whole)), "{q} + {add}");
        }
    }

    #[test]
    fn a_ninth_term_is_one_too_many() {
        let eight = "a1 a2 a3 a4 a5 a6 a7 a8";

        let asked = read(eight, "a9");

        assert_eq!(asked.filter.terms().len(), 8);
        assert_eq!(meant(asked), ("a9".to_owned(), 2, None));
        assert_eq!(read(&format!("{eight} a9"), "").filter.terms().len(), 8);
    }

    #[test]
    fn what_stands_behind_a_fault_is_asked_for_as_well() {
        let asked = read("stat:dead queue:mail tag:\"a \\\" b\" state:lost", "vip");

        assert_eq!(asked.filter.to_string(), "queue:mail tag:\"a \\\" b\"");
        assert_eq!(
            meant(asked),
            (
                "stat:dead state:lost vip".to_owned(),
                1,
                Some("queue:mail tag:\"a \\\" b\" state:dead state:lost vip".to_owned(),)
            )
        );
    }

    #[test]
    fn an_open_quote_does_not_swallow_what_was_good() {
        let asked = read("queue:mail tag:\"a b", "");

        assert_eq!(asked.filter.to_string(), "queue:mail");
        assert_eq!(asked.rest, "tag:\"a b");
    }
}

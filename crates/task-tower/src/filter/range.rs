//! Comparisons: `>=3`, `<2h`, `1..5`. What a date is, is the matter of `date`.

use std::cmp::Ordering;
use std::ops::Bound;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::date::dates;
use super::zone::Zone;

/// From where to where.
pub(crate) type Range<T> = (Bound<T>, Bound<T>);

/// A point in time, by the calendar or seen from the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    At(DateTime<Utc>),
    Ago(Duration),
}

impl PartialOrd for Moment {
    /// The earlier one is less. What is seen from the present is not compared with what is not.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Moment::At(one), Moment::At(two)) => Some(one.cmp(two)),
            (Moment::Ago(one), Moment::Ago(two)) => Some(two.cmp(one)),
            _ => None,
        }
    }
}

/// How a value is written: alone, behind a sign, or as two ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape<'a> {
    Is(&'a str),
    Sign(Sign, &'a str),
    Between(&'a str, &'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Less,
    AtMost,
    More,
    AtLeast,
}

const SIGNS: [(&str, Sign); 4] = [("<=", Sign::AtMost), (">=", Sign::AtLeast), ("<", Sign::Less), (">", Sign::More)];

impl Sign {
    pub(super) fn as_str(self) -> &'static str {
        let (written, _) = SIGNS.iter().find(|(_, sign)| *sign == self).expect("every sign is written somehow");
        written
    }
}

pub(super) fn shape(text: &str) -> Shape<'_> {
    for (written, sign) in SIGNS {
        if let Some(rest) = text.strip_prefix(written) {
            return Shape::Sign(sign, rest);
        }
    }
    match text.split_once("..") {
        Some((from, to)) => Shape::Between(from, to),
        None => Shape::Is(text),
    }
}

/// A range of numbers or durations, where a value alone is that value.
pub(super) fn range<T: Clone>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Range<T>> {
    let end = |text: &str| match text {
        "" => Some(Bound::Unbounded),
        _ => read(text).map(Bound::Included),
    };
    Some(match shape(text) {
        Shape::Is(text) => (Bound::Included(read(text)?), Bound::Included(read(text)?)),
        Shape::Sign(sign, text) => open(sign, read(text)?),
        Shape::Between("", "") => return None,
        Shape::Between(from, to) => (end(from)?, end(to)?),
    })
}

/// Whether nothing can lie in it, since its ends are the wrong way round.
pub(super) fn is_reversed<T: PartialOrd>(range: &Range<T>) -> bool {
    match range {
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from), Bound::Excluded(to)) => from >= to,
        _ => false,
    }
}

fn open<T>(sign: Sign, value: T) -> Range<T> {
    match sign {
        Sign::Less => (Bound::Unbounded, Bound::Excluded(value)),
        Sign::AtMost => (Bound::Unbounded, Bound::Included(value)),
        Sign::More => (Bound::Excluded(value), Bound::Unbounded),
        Sign::AtLeast => (Bound::Included(value), Bound::Unbounded),
    }
}

/// A range of ages or of dates. A younger job was created later: `<2h` is all since two hours ago.
pub(super) fn times(text: &str, zone: &dyn Zone) -> Option<Range<Moment>> {
    let ages = matches!(shape(text), Shape::Sign(..) | Shape::Between(..));
    match range(text, duration).filter(|_| ages) {
        Some((from, to)) => Some((to.map(Moment::Ago), from.map(Moment::Ago))),
        None => dates(text, zone),
    }
}

/// As people write them: `90s`, `1h30m`, `250ms`. At most a hundred years.
pub(super) fn duration(text: &str) -> Option<Duration> {
    const DURATION_MAX: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);
    humantime::parse_duration(text).ok().filter(|duration| *duration <= DURATION_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn younger_is_later() {
        let two = Moment::Ago(Duration::from_secs(7200));

        assert_eq!(times("<2h", &Utc), Some((Bound::Excluded(two), Bound::Unbounded)));
        assert_eq!(times(">=2h", &Utc), Some((Bound::Unbounded, Bound::Included(two))));
        assert_eq!(times("2h", &Utc), None);
    }
}

//! Comparisons: `>=3`, `<2h`, `1..5`, `2026-11-01..2026-11-03`.

use std::ops::Bound;
use std::time::Duration;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};

/// From where to where.
pub(crate) type Range<T> = (Bound<T>, Bound<T>);

/// A point in time, by the calendar or seen from the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    At(DateTime<Utc>),
    Ago(Duration),
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

fn open<T>(sign: Sign, value: T) -> Range<T> {
    match sign {
        Sign::Less => (Bound::Unbounded, Bound::Excluded(value)),
        Sign::AtMost => (Bound::Unbounded, Bound::Included(value)),
        Sign::More => (Bound::Excluded(value), Bound::Unbounded),
        Sign::AtLeast => (Bound::Included(value), Bound::Unbounded),
    }
}

/// A range of ages or of dates. A younger job was created later: `<2h` is all since two hours ago.
pub(super) fn times(text: &str, zone: FixedOffset) -> Option<Range<Moment>> {
    let ages = matches!(shape(text), Shape::Sign(..) | Shape::Between(..));
    match range(text, duration).filter(|_| ages) {
        Some((from, to)) => Some((to.map(Moment::Ago), from.map(Moment::Ago))),
        None => dates(text, zone),
    }
}

fn dates(text: &str, zone: FixedOffset) -> Option<Range<Moment>> {
    let read = |text| Date::read(text, zone);
    let begin = |date: Date| Bound::Included(Moment::At(date.begin));
    let end = |date: Date| Bound::Excluded(Moment::At(date.end));
    Some(match shape(text) {
        Shape::Is(text) => (begin(read(text)?), end(read(text)?)),
        Shape::Sign(Sign::Less, text) => (Bound::Unbounded, Bound::Excluded(Moment::At(read(text)?.begin))),
        Shape::Sign(Sign::AtMost, text) => (Bound::Unbounded, end(read(text)?)),
        Shape::Sign(Sign::More, text) => (Bound::Included(Moment::At(read(text)?.end)), Bound::Unbounded),
        Shape::Sign(Sign::AtLeast, text) => (begin(read(text)?), Bound::Unbounded),
        Shape::Between("", "") => return None,
        Shape::Between("", to) => (Bound::Unbounded, end(read(to)?)),
        Shape::Between(from, "") => (begin(read(from)?), Bound::Unbounded),
        Shape::Between(from, to) => (begin(read(from)?), end(read(to)?)),
    })
}

/// The same comparison with the zone written behind each date that has none.
pub(super) fn in_zone(text: &str, zone: FixedOffset) -> String {
    let dated = |text: &str| match Date::read(text, zone).is_some() && split_zone(text).1.is_none() {
        true => format!("{text}{zone}"),
        false => text.to_owned(),
    };
    let sign = &text[..text.len() - text.trim_start_matches(['<', '>', '=']).len()];
    match text[sign.len()..].split_once("..") {
        Some((from, to)) => format!("{sign}{}..{}", dated(from), dated(to)),
        None => format!("{sign}{}", dated(&text[sign.len()..])),
    }
}

/// A day, a minute or a second, as exact as it was written.
#[derive(Clone, Copy, Debug)]
struct Date {
    begin: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Date {
    fn read(text: &str, zone: FixedOffset) -> Option<Self> {
        let (text, written) = split_zone(text);
        let zone = written.unwrap_or(zone);
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            let next = day.checked_add_days(Days::new(1))?;
            return Self::between(day.and_hms_opt(0, 0, 0)?, next.and_hms_opt(0, 0, 0)?, zone);
        }
        let text = text.replacen(' ', "T", 1);
        let formats = [
            ("%Y-%m-%dT%H:%M", TimeDelta::minutes(1)),
            ("%Y-%m-%dT%H:%M:%S", TimeDelta::seconds(1)),
            ("%Y-%m-%dT%H:%M:%S%.f", TimeDelta::microseconds(1)),
        ];
        let read = |(format, long)| Some((NaiveDateTime::parse_from_str(&text, format).ok()?, long));
        let (begin, long): (NaiveDateTime, TimeDelta) = formats.into_iter().find_map(read)?;
        Self::between(begin, begin.checked_add_signed(long)?, zone)
    }

    /// None outside of the years that a database and a reader both know.
    fn between(begin: NaiveDateTime, end: NaiveDateTime, zone: FixedOffset) -> Option<Self> {
        let at = |time: NaiveDateTime| Some(zone.from_local_datetime(&time).single()?.to_utc());
        let known = (1970..=9999).contains(&chrono::Datelike::year(&begin.date()));
        Some(Self { begin: at(begin)?, end: at(end)? }).filter(|_| known)
    }
}

/// `Z` or an offset like `+02:00` at the end.
fn split_zone(text: &str) -> (&str, Option<FixedOffset>) {
    if let Some(rest) = text.strip_suffix('Z') {
        return (rest, FixedOffset::east_opt(0));
    }
    let Some((rest, zone)) = text.len().checked_sub(6).and_then(|at| text.split_at_checked(at)) else {
        return (text, None);
    };
    let is_zone = zone.starts_with(['+', '-']) && zone.as_bytes()[3] == b':';
    match zone.parse::<FixedOffset>() {
        Ok(zone) if is_zone => (rest, Some(zone)),
        _ => (text, None),
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

    fn utc(text: &str) -> Moment {
        Moment::At(text.parse().unwrap())
    }

    #[test]
    fn a_date_is_as_long_as_it_is_written() {
        let zone = FixedOffset::east_opt(2 * 3600).unwrap();
        for (text, begin, end) in [
            ("2026-11-01", "2026-10-31T22:00:00Z", "2026-11-01T22:00:00Z"),
            ("2026-11-01Z", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
            ("2026-11-01T08:30", "2026-11-01T06:30:00Z", "2026-11-01T06:31:00Z"),
            ("2026-11-01 08:30:15-01:00", "2026-11-01T09:30:15Z", "2026-11-01T09:30:16Z"),
        ] {
            assert_eq!(times(text, zone), Some((Bound::Included(utc(begin)), Bound::Excluded(utc(end)))), "{text}");
        }
    }

    #[test]
    fn younger_is_later() {
        let two = Moment::Ago(Duration::from_secs(7200));
        let zone = FixedOffset::east_opt(0).unwrap();

        assert_eq!(times("<2h", zone), Some((Bound::Excluded(two), Bound::Unbounded)));
        assert_eq!(times(">=2h", zone), Some((Bound::Unbounded, Bound::Included(two))));
        assert_eq!(times("2h", zone), None);
    }

    #[test]
    fn a_zone_is_written_where_there_is_none() {
        let zone = FixedOffset::east_opt(2 * 3600).unwrap();

        assert_eq!(in_zone(">=2026-11-01", zone), ">=2026-11-01+02:00");
        assert_eq!(in_zone("2026-11-01..2026-11-02Z", zone), "2026-11-01+02:00..2026-11-02Z");
        assert_eq!(in_zone("<2h", zone), "<2h");
    }
}

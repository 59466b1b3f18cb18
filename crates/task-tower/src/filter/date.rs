//! Dates, as people write them and as exact as they write them; and the same dates in another zone.

use std::ops::Bound;

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::range::{Moment, Range, Shape, Sign, shape, times};
use super::zone::{Zone, instant};

/// A day, a minute, a second or less. The ends of a day may be apart from UTC by different times.
#[derive(Clone, Copy, Debug)]
struct Date {
    begin: DateTime<FixedOffset>,
    end: DateTime<FixedOffset>,
}

const MINUTE: &str = "%Y-%m-%dT%H:%M";
const SECOND: &str = "%Y-%m-%dT%H:%M:%S";
const MICROSECOND: &str = "%Y-%m-%dT%H:%M:%S%.6f";

pub(super) fn dates(text: &str, zone: &dyn Zone) -> Option<Range<Moment>> {
    let read = |text| Date::read(text, zone);
    let at = |time: DateTime<FixedOffset>| Moment::At(time.to_utc());
    let begin = |date: Date| Bound::Included(at(date.begin));
    let end = |date: Date| Bound::Excluded(at(date.end));
    Some(match shape(text) {
        Shape::Is(text) => (begin(read(text)?), end(read(text)?)),
        Shape::Sign(Sign::Less, text) => (Bound::Unbounded, Bound::Excluded(at(read(text)?.begin))),
        Shape::Sign(Sign::AtMost, text) => (Bound::Unbounded, end(read(text)?)),
        Shape::Sign(Sign::More, text) => (Bound::Included(at(read(text)?.end)), Bound::Unbounded),
        Shape::Sign(Sign::AtLeast, text) => (begin(read(text)?), Bound::Unbounded),
        Shape::Between("", "") => return None,
        Shape::Between("", to) => (Bound::Unbounded, end(read(to)?)),
        Shape::Between(from, "") => (begin(read(from)?), Bound::Unbounded),
        Shape::Between(from, to) => (begin(read(from)?), end(read(to)?)),
    })
}

/// The same comparison with the zone written behind each date that has none, so that it reads as the same anywhere.
pub(super) fn anywhere(text: &str, zone: &dyn Zone) -> String {
    let begin = |text: &str| zoned(text, zone, |date| date.begin);
    let end = |text: &str| zoned(text, zone, |date| date.end);
    match shape(text) {
        Shape::Is(text) if begin(text) == end(text) => begin(text),
        Shape::Is(text) => format!("{}..{}", begin(text), end(text)),
        Shape::Between(from, to) => format!("{}..{}", begin(from), end(to)),
        Shape::Sign(sign @ (Sign::Less | Sign::AtLeast), text) => format!("{}{}", sign.as_str(), begin(text)),
        Shape::Sign(sign @ (Sign::AtMost | Sign::More), text) => format!("{}{}", sign.as_str(), end(text)),
    }
}

fn zoned(text: &str, zone: &dyn Zone, side: fn(Date) -> DateTime<FixedOffset>) -> String {
    match (Date::read(text, zone), split_zone(text).1) {
        (Some(date), None) if side(date).offset().local_minus_utc() == 0 => format!("{text}Z"),
        (Some(date), None) => format!("{text}{}", side(date).offset()),
        _ => text.to_owned(),
    }
}

/// The same comparison as a reader in this zone writes it: as it is written, without the zone behind its dates, or by
/// their own clocks. Where none of this reads as the same, the zone stays: what clocks show twice needs it.
pub(super) fn at_home(text: &str, zone: &dyn Zone) -> String {
    let range = times(text, zone);
    let moved = || range.and_then(|range| by_clock(range, zone));
    let same = |text: &String| times(text, zone) == range;
    [Some(bare(text)), moved()].into_iter().flatten().find(same).unwrap_or_else(|| text.to_owned())
}

fn bare(text: &str) -> String {
    let date = |text| split_zone(text).0;
    match shape(text) {
        Shape::Is(text) => date(text).to_owned(),
        Shape::Between(from, to) => format!("{}..{}", date(from), date(to)),
        Shape::Sign(sign, text) => format!("{}{}", sign.as_str(), date(text)),
    }
}

fn by_clock(range: Range<Moment>, zone: &dyn Zone) -> Option<String> {
    let local = |time: DateTime<Utc>| time.naive_utc().checked_add_offset(zone.of_utc(time.naive_utc()));
    match range {
        (Bound::Included(Moment::At(begin)), Bound::Excluded(Moment::At(end))) => {
            let (from, to) = (beginning(local(begin)?), ending(local(end)?)?);
            Some(if from == to { from } else { format!("{from}..{to}") })
        }
        (Bound::Included(Moment::At(begin)), Bound::Unbounded) => Some(format!(">={}", beginning(local(begin)?))),
        (Bound::Unbounded, Bound::Excluded(Moment::At(end))) => Some(format!("<{}", beginning(local(end)?))),
        _ => None,
    }
}

/// The date that begins then, as short as can be.
fn beginning(at: NaiveDateTime) -> String {
    match at.time() {
        NaiveTime::MIN => at.format("%Y-%m-%d").to_string(),
        _ => at.format(exactness(at).0).to_string(),
    }
}

/// The date that ends then, as short as can be.
fn ending(at: NaiveDateTime) -> Option<String> {
    if at.time() == NaiveTime::MIN {
        return Some(at.date().pred_opt()?.to_string());
    }
    let (format, long) = exactness(at);
    Some(at.checked_sub_signed(long)?.format(format).to_string())
}

fn exactness(at: NaiveDateTime) -> (&'static str, TimeDelta) {
    let micros = at.and_utc().timestamp_subsec_micros();
    match (micros, at.and_utc().timestamp() % 60) {
        (0, 0) => (MINUTE, TimeDelta::minutes(1)),
        (0, _) => (SECOND, TimeDelta::seconds(1)),
        _ => (MICROSECOND, TimeDelta::microseconds(1)),
    }
}

impl Date {
    fn read(text: &str, zone: &dyn Zone) -> Option<Self> {
        let (text, written) = split_zone(text);
        let at = |local| instant(local, written.as_ref().map_or(zone, |zone| zone as &dyn Zone));
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            let next = day.checked_add_days(Days::new(1))?;
            return Self::known(at(day.into())?, at(next.into())?);
        }
        let text = text.replacen(' ', "T", 1);
        let formats = [
            (MINUTE, TimeDelta::minutes(1)),
            (SECOND, TimeDelta::seconds(1)),
            ("%Y-%m-%dT%H:%M:%S%.f", TimeDelta::microseconds(1)),
        ];
        let read = |(format, long)| Some((NaiveDateTime::parse_from_str(&text, format).ok()?, long));
        let (begin, long): (NaiveDateTime, TimeDelta) = formats.into_iter().find_map(read)?;
        Self::known(at(begin)?, at(begin)?.checked_add_signed(long)?)
    }

    /// None outside of the years that a database and a reader both know.
    fn known(begin: DateTime<FixedOffset>, end: DateTime<FixedOffset>) -> Option<Self> {
        (1970..=9999).contains(&begin.year()).then_some(Self { begin, end })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn east(minutes: i32) -> FixedOffset {
        FixedOffset::east_opt(minutes * 60).unwrap()
    }

    #[test]
    fn a_date_is_as_long_as_it_is_written() {
        let utc = |text: &str| Moment::At(text.parse().unwrap());
        for (text, begin, end) in [
            ("2026-11-01", "2026-10-31T22:00:00Z", "2026-11-01T22:00:00Z"),
            ("2026-11-01Z", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
            ("2026-11-01T08:30", "2026-11-01T06:30:00Z", "2026-11-01T06:31:00Z"),
            ("2026-11-01 08:30:15-01:00", "2026-11-01T09:30:15Z", "2026-11-01T09:30:16Z"),
        ] {
            let read = times(text, &east(120));

            assert_eq!(read, Some((Bound::Included(utc(begin)), Bound::Excluded(utc(end)))), "{text}");
        }
    }

    #[test]
    fn a_zone_is_written_where_there_is_none() {
        assert_eq!(anywhere(">=2026-11-01", &east(120)), ">=2026-11-01+02:00");
        assert_eq!(anywhere("2026-11-01..2026-11-02Z", &east(120)), "2026-11-01+02:00..2026-11-02Z");
        assert_eq!(anywhere("2026-11-01", &Utc), "2026-11-01Z");
        assert_eq!(anywhere("<2h", &east(120)), "<2h");
    }

    #[test]
    fn a_date_of_elsewhere_is_told_by_the_clocks_here() {
        for (text, here) in [
            ("2026-11-01+02:00", "2026-11-01"),
            ("2026-11-01Z", "2026-11-01T02:00..2026-11-02T01:59"),
            (">=2026-11-01Z", ">=2026-11-01T02:00"),
            (">2026-11-01Z", ">=2026-11-02T02:00"),
            ("<2026-11-01T22:00Z", "<2026-11-02"),
            ("<=2026-11-01T08:30Z", "<2026-11-01T10:31"),
            ("2026-11-01T08:30Z", "2026-11-01T10:30"),
            ("2026-11-01T08:30:15Z..2026-11-01T21:59:59Z", "2026-11-01T10:30:15..2026-11-01"),
            ("..2026-11-01T08:30:15.25Z", "<2026-11-01T10:30:15.250001"),
            ("2026-11-01", "2026-11-01"),
            ("<2h", "<2h"),
        ] {
            assert_eq!(at_home(text, &east(120)), here, "{text}");
        }
    }
}

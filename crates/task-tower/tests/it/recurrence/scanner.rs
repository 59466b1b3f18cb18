//! The rules against a scanner that goes minute by minute and knows nothing but the clock on the wall.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use task_tower::Recurrence;

const FIRST_YEAR: i32 = 1996;
const LAST_YEAR: i32 = 2026;

/// Zones with changes of every sort: by half an hour, at midnight, by a day, the other way round, around Ramadan.
const ODD: [&str; 14] = [
    "Africa/Casablanca",
    "America/Havana",
    "America/New_York",
    "America/Sao_Paulo",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
];

/// A field: its text, and what it matches.
#[derive(Clone, Debug)]
struct Field {
    text: String,
    matches: BTreeSet<u32>,
}

impl Field {
    fn has_star(&self) -> bool {
        self.text.contains('*')
    }
}

#[derive(Clone, Debug)]
struct Written {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

impl Written {
    fn text(&self) -> String {
        [&self.minute, &self.hour, &self.day, &self.month, &self.weekday].map(|field| field.text.as_str()).join(" ")
    }

    fn matches(&self, wall: NaiveDateTime) -> bool {
        let day = self.day.matches.contains(&wall.day());
        let weekday = self.weekday.matches.contains(&wall.weekday().num_days_from_sunday());
        let days = match (self.day.text == "*", self.weekday.text == "*") {
            (false, false) => day || weekday,
            _ => day && weekday,
        };
        days && self.month.matches.contains(&wall.month())
            && self.hour.matches.contains(&wall.hour())
            && self.minute.matches.contains(&wall.minute())
    }

    /// Whether it runs at this instant, as the rule says it.
    fn runs_at(&self, instant: DateTime<Utc>, zone: Tz) -> bool {
        let wall = |instant: DateTime<Utc>| instant.with_timezone(&zone).naive_local();
        let (shown, before) = (wall(instant), wall(instant - TimeDelta::minutes(1)));
        let comes_again = || {
            matches!(zone.from_local_datetime(&shown),
            MappedLocalTime::Ambiguous(first, _) if first != instant)
        };
        if self.matches(shown) && (self.minute.has_star() || self.hour.has_star() || !comes_again()) {
            return true;
        }
        let left_out = (1..(shown - before).num_minutes()).map(|minutes| before + TimeDelta::minutes(minutes));
        !self.hour.has_star() && left_out.into_iter().any(|wall| self.matches(wall))
    }
}

fn field(min: u32, max: u32) -> impl Strategy<Value = Field> {
    let all: Vec<u32> = (min..=max).collect();
    let star = Just(Field { text: "*".to_owned(), matches: all.iter().copied().collect() });
    let step = (2..=max / 2).prop_map(move |step| Field {
        text: format!("*/{step}"),
        matches: (min..=max).step_by(step as usize).collect(),
    });
    let list = subsequence(all, 1..4).prop_map(|values| Field {
        text: values.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
        matches: values.into_iter().collect(),
    });
    let range = (min..=max, min..=max).prop_map(|(one, other)| {
        let (from, to) = (one.min(other), one.max(other));
        Field { text: format!("{from}-{to}"), matches: (from..=to).collect() }
    });
    prop_oneof![3 => star, 1 => step, 3 => list, 1 => range]
}

/// Hours are mostly those in which clocks are changed.
fn hour() -> impl Strategy<Value = Field> {
    let early = subsequence((0..=3_u32).collect::<Vec<_>>(), 1..3).prop_map(|values| Field {
        text: values.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
        matches: values.into_iter().collect(),
    });
    prop_oneof![2 => early, 1 => field(0, 23)]
}

fn written() -> impl Strategy<Value = Written> {
    let days = prop_oneof![3 => Just("*".to_owned()), 1 => Just(String::new())];
    (field(0, 59), hour(), field(1, 31), field(1, 12), field(0, 6), days).prop_map(
        |(minute, hour, mut day, mut month, mut weekday, any_day)| {
            if any_day == "*" {
                day = Field { text: "*".to_owned(), matches: (1..=31).collect() };
                month = Field { text: "*".to_owned(), matches: (1..=12).collect() };
                weekday = Field { text: "*".to_owned(), matches: (0..=6).collect() };
            }
            Written { minute, hour, day, month, weekday }
        },
    )
}

/// When the clock of a zone was changed in these thirty years.
fn changes(zone: Tz) -> Vec<DateTime<Utc>> {
    let offset = |instant: DateTime<Utc>| zone.offset_from_utc_datetime(&instant.naive_utc()).fix();
    let (mut day, end) = (
        Utc.with_ymd_and_hms(FIRST_YEAR, 1, 1, 0, 0, 0).unwrap(),
        Utc.with_ymd_and_hms(LAST_YEAR, 1, 1, 0, 0, 0).unwrap(),
    );
    let mut changes = Vec::new();
    while day < end {
        let next = day + TimeDelta::days(1);
        if offset(day) != offset(next) {
            let minutes = (1..=24 * 60).map(|minutes| day + TimeDelta::minutes(minutes));
            changes.extend(minutes.into_iter().find(|minute| offset(*minute) == offset(next)));
        }
        day = next;
    }
    changes
}

fn scanned(written: &Written, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let minutes = std::iter::successors(Some(from + TimeDelta::minutes(1)), |last| Some(*last + TimeDelta::minutes(1)));
    minutes.take_while(|minute| *minute <= to).filter(|minute| written.runs_at(*minute, zone)).collect()
}

fn computed(written: &Written, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    // A date that never comes is refused, and the scanner finds none either.
    let Ok(recurrence) = Recurrence::new(&written.text(), zone.name()) else { return Vec::new() };
    recurrence.upcoming(from).map(|run| run.at()).take_while(|at| *at <= to).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn around_a_change_of_the_clock_every_run_is_one_that_a_scanner_finds(
        written in written(),
        zone in prop_oneof![1 => select(&ODD[..]).prop_map(|name| name.parse::<Tz>().unwrap()), 2 => select(&TZ_VARIANTS[..])],
        pick in any::<prop::sample::Index>(),
        minutes_before in 1..1_000_i64,
    ) {
        let changes = changes(zone);
        let change = match changes.is_empty() {
            true => Utc.with_ymd_and_hms(2020, 2, 28, 0, 0, 0).unwrap(),
            false => *pick.get(&changes),
        };
        let (from, to) = (change - TimeDelta::minutes(minutes_before), change + TimeDelta::minutes(1_800));

        prop_assert_eq!(
            computed(&written, zone, from, to), scanned(&written, zone, from, to),
            "{} in {} after {}", written.text(), zone, from
        );
    }

    #[test]
    fn at_any_time_every_run_is_one_that_a_scanner_finds(
        written in written(),
        zone in select(&TZ_VARIANTS[..]),
        minute in 0..30 * 365 * 24 * 60_i64,
    ) {
        let from = Utc.with_ymd_and_hms(FIRST_YEAR, 1, 1, 0, 0, 0).unwrap() + TimeDelta::minutes(minute);
        let to = from + TimeDelta::days(1);

        prop_assert_eq!(
            computed(&written, zone, from, to), scanned(&written, zone, from, to),
            "{} in {} after {}", written.text(), zone, from
        );
    }

    #[test]
    fn the_next_run_is_later_whatever_the_expression(
        written in written(),
        zone in select(&TZ_VARIANTS[..]),
        second in 0..30 * 365 * 24 * 3_600_i64,
    ) {
        let after = Utc.with_ymd_and_hms(FIRST_YEAR, 1, 1, 0, 0, 0).unwrap() + TimeDelta::seconds(second);
        if let Ok(recurrence) = Recurrence::new(&written.text(), zone.name()) {
            let runs: Vec<_> = recurrence.upcoming(after).take(20).map(|run| run.at()).collect();
            prop_assert!(runs.first().is_some_and(|first| *first > after));
            prop_assert!(runs.is_sorted_by(|one, other| one < other));
        }
    }
}

fn plain(text: &str) -> Written {
    let read = |text: &str, min: u32, max: u32| {
        let step = text.strip_prefix("*/").map(|step| step.parse::<usize>().unwrap());
        let matches = match (text, step) {
            ("*", _) => (min..=max).collect(),
            (_, Some(step)) => (min..=max).step_by(step).collect(),
            _ => text.split(',').map(|value| value.parse().unwrap()).collect(),
        };
        Field { text: text.to_owned(), matches }
    };
    let fields: Vec<&str> = text.split(' ').collect();
    Written {
        minute: read(fields[0], 0, 59),
        hour: read(fields[1], 0, 23),
        day: read(fields[2], 1, 31),
        month: read(fields[3], 1, 12),
        weekday: read(fields[4], 0, 6),
    }
}

#[test]
fn all_changes_of_odd_zones_in_thirty_years_are_as_a_scanner_finds_them() {
    let expressions = ["30 2 * * *", "0 0 * * *", "*/20 * * * *", "15,45 1,2,3 * * *", "*/30 2 * * *", "0 */3 * * *"];
    let written = expressions.map(plain);
    let mut looked_at = 0;

    for zone in ODD.map(|name| name.parse::<Tz>().unwrap()) {
        for change in changes(zone) {
            let (from, to) = (change - TimeDelta::minutes(190), change + TimeDelta::minutes(250));
            for written in &written {
                let (computed, scanned) = (computed(written, zone, from, to), scanned(written, zone, from, to));
                assert_eq!(computed, scanned, "{} in {zone} around {change}", written.text());
            }
            looked_at += 1;
        }
    }

    assert!(looked_at > 500, "{looked_at} changes");
}

#[test]
fn a_fixed_time_runs_once_a_day_for_thirty_years() {
    for zone in ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "America/Havana", "Asia/Gaza", "UTC"] {
        let recurrence = Recurrence::new("30 2 * * *", zone).unwrap();
        let begin = Utc.with_ymd_and_hms(FIRST_YEAR, 1, 1, 12, 0, 0).unwrap();

        let days = recurrence.upcoming(begin).map(|run| run.local().date()).take(30 * 365);

        let days: Vec<_> = days.collect();
        let gaps: Vec<_> = days.windows(2).filter(|pair| pair[1] - pair[0] != TimeDelta::days(1)).collect();
        assert!(gaps.is_empty(), "{zone}: {gaps:?}");
    }
}

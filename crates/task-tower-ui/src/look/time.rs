//! Points in time, in the zone and in the style that the reader chose.

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{DateTime, Datelike, NaiveDateTime, Offset, SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::Look;
use crate::say;
use crate::settings::Times;

/// A point in time as a page shows it: for machines, in full when pointed at, and in short.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/time.html")]
pub(crate) struct Stamp {
    machine: String,
    full: String,
    pub(crate) short: String,
}

impl HtmlSafe for Stamp {}

impl Look {
    /// A time in a list, where room is scarce: the clock time, or the distance for who prefers it.
    pub(crate) fn time(&self, at: DateTime<Utc>) -> Stamp {
        match self.settings.times {
            Times::Relative => self.stamp(at, self.distance(at)),
            Times::Exact | Times::Both => self.stamp(at, self.clock(at)),
        }
    }

    /// A time among facts: exact first, age second.
    pub(crate) fn moment(&self, at: DateTime<Utc>) -> Stamp {
        match self.settings.times {
            Times::Both => self.stamp(at, self.m.time_and_age(self.clock(at), self.distance(at))),
            Times::Exact | Times::Relative => self.time(at),
        }
    }

    /// A time that comes: the distance first, which is what one waits for.
    pub(crate) fn coming(&self, at: DateTime<Utc>) -> Stamp {
        match self.settings.times {
            Times::Both => self.stamp(at, self.m.time_and_age(self.distance(at), self.clock(at))),
            Times::Exact | Times::Relative => self.time(at),
        }
    }

    /// The same where room is scarce: the distance alone, or the clock time for who prefers it.
    pub(crate) fn until(&self, at: DateTime<Utc>) -> Stamp {
        match self.settings.times {
            Times::Exact => self.stamp(at, self.clock(at)),
            Times::Relative | Times::Both => self.stamp(at, self.distance(at)),
        }
    }

    /// `14:31:52` of today, `Nov 21 14:31` of other days, with the year of other years.
    pub(crate) fn clock(&self, at: DateTime<Utc>) -> String {
        let (then, today) = (self.local(at), self.local(self.now));
        if then.date_naive() == today.date_naive() {
            return then.format("%H:%M:%S").to_string();
        }
        let (month, time) = (self.m.month(then.month0()), then.format("%H:%M"));
        match then.year() == today.year() {
            true => self.m.on_day(month, then.day(), time),
            false => self.m.on_day_of_year(month, then.day(), then.year(), time),
        }
    }

    /// `14:31`, for the axis of a chart.
    pub(crate) fn minute(&self, at: DateTime<Utc>) -> String {
        self.local(at).format("%H:%M").to_string()
    }

    /// `Nov 21`, for the axis of a chart.
    pub(crate) fn day(&self, at: DateTime<Utc>) -> String {
        let then = self.local(at);
        self.m.day(self.m.month(then.month0()), then.day())
    }

    /// `5 min ago`, or `in 3 min`.
    pub(crate) fn distance(&self, at: DateTime<Utc>) -> String {
        say::distance(self.m, at, self.now)
    }

    /// The zone as the top bar names it: by its distance from UTC.
    pub(crate) fn zone(&self) -> String {
        offset(&self.local(self.now))
    }

    /// How far the reader's zone is from UTC then.
    pub(crate) fn offset_at(&self, at: DateTime<Utc>) -> TimeDelta {
        TimeDelta::seconds(self.local(at).offset().fix().local_minus_utc().into())
    }

    pub(crate) fn local(&self, at: DateTime<Utc>) -> DateTime<Tz> {
        at.with_timezone(&self.settings.zone)
    }

    /// What was typed into a field for date and time, by the reader's clock.
    pub(crate) fn typed(&self, text: &str) -> Option<DateTime<Utc>> {
        typed_in(text, self.settings.zone)
    }

    /// What such a field shows, to the minute.
    pub(crate) fn field(&self, at: DateTime<Utc>) -> String {
        self.local(at).format("%Y-%m-%dT%H:%M").to_string()
    }

    fn stamp(&self, at: DateTime<Utc>, short: String) -> Stamp {
        Stamp { machine: at.to_rfc3339_opts(SecondsFormat::Micros, true), full: full(&self.local(at)), short }
    }
}

/// The hour that comes twice is the first of them; one that is left out is none.
pub(crate) fn typed_in(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let read = |format: &&str| NaiveDateTime::parse_from_str(text, format).ok();
    let time = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].iter().find_map(read)?;
    zone.from_local_datetime(&time).earliest().map(|time| time.to_utc())
}

fn full(at: &DateTime<Tz>) -> String {
    let (zone, offset) = (at.format("%Z").to_string(), offset(at));
    let place = if zone == offset || zone.starts_with(['+', '-']) { offset } else { format!("{zone}, {offset}") };
    format!("{} {place}", at.format("%Y-%m-%d %H:%M:%S%.6f"))
}

/// `UTC`, `UTC+1`, `UTC+5:30`.
fn offset(at: &DateTime<Tz>) -> String {
    let seconds = at.offset().fix().local_minus_utc();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Messages;
    use crate::place::Place;
    use crate::settings::Settings;

    fn look(zone: Tz, times: Times, now: &str) -> Look {
        let settings = Settings { zone, times, ..Settings::default() };
        Look { now: now.parse().unwrap(), ..Look::new(Messages::default(), settings, &Place::of("/")) }
    }

    fn at(time: &str) -> DateTime<Utc> {
        time.parse().unwrap()
    }

    #[test]
    fn today_has_the_clock_time_and_other_days_have_their_date() {
        let look = look(Tz::UTC, Times::Exact, "2026-11-24T14:32:00Z");

        let said =
            ["2026-11-24T14:31:52Z", "2026-11-21T14:31:52Z", "2025-11-21T14:31:52Z"].map(|time| look.clock(at(time)));

        assert_eq!(said, ["14:31:52", "Nov 21 14:31", "Nov 21 2025 14:31"]);
    }

    #[test]
    fn today_is_the_day_of_the_zone() {
        let look = look(Tz::Asia__Tokyo, Times::Exact, "2026-11-24T14:32:00Z");

        let said = ["2026-11-24T15:00:00Z", "2026-11-23T15:30:00Z"].map(|time| look.clock(at(time)));

        assert_eq!(said, ["Nov 25 00:00", "00:30:00"]);
    }

    #[test]
    fn the_hour_that_comes_twice_is_told_apart() {
        let look = look(Tz::Europe__Berlin, Times::Exact, "2026-10-25T12:00:00Z");

        let [first, second] =
            ["2026-10-25T00:30:00.123456Z", "2026-10-25T01:30:00.123456Z"].map(|time| look.time(at(time)));

        assert_eq!((&*first.short, &*second.short), ("02:30:00", "02:30:00"));
        assert_eq!(first.full, "2026-10-25 02:30:00.123456 CEST, UTC+2");
        assert_eq!(second.full, "2026-10-25 02:30:00.123456 CET, UTC+1");
    }

    #[test]
    fn a_time_is_told_as_the_reader_chose() {
        let said = [Times::Exact, Times::Relative, Times::Both].map(|times| {
            let look = look(Tz::UTC, times, "2026-11-24T14:31:52Z");
            let at = at("2026-11-24T14:26:02Z");
            (look.time(at).short, look.moment(at).short)
        });

        let told = said.each_ref().map(|(list, fact)| (list.as_str(), fact.as_str()));
        assert_eq!(told[0], ("14:26:02", "14:26:02"));
        assert_eq!(told[1], ("5 min 50 s ago", "5 min 50 s ago"));
        assert_eq!(told[2], ("14:26:02", "14:26:02, 5 min 50 s ago"));
    }

    #[test]
    fn a_zone_is_named_by_its_distance_from_utc() {
        let zones = [Tz::UTC, Tz::Europe__Berlin, Tz::Asia__Kolkata, Tz::America__St_Johns];

        let said = zones.map(|zone| look(zone, Times::Exact, "2026-11-24T14:32:00Z").zone());

        assert_eq!(said, ["UTC", "UTC+1", "UTC+5:30", "UTC-3:30"]);
    }
}

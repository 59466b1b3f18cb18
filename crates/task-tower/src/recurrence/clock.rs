//! Times on the clock on the wall, and what becomes of them where that clock is changed.
//!
//! croner is only asked about wall clocks that are never changed. Its own rule for changes takes `0 2,14 * * *` for
//! something that goes on as time does, which would run twice in the hour that comes twice and not at all in the one that
//! is left out; a gap of more than two hours is an error to it.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use croner::Cron;

use super::cron::Fields;
use super::words::shortened;

/// The longest gap in a zone's clock: a day, where a country has moved across the date line.
const GAP_MINUTES_MAX: i64 = 26 * 60;

/// What a change of the clock has to do with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// The clock is set forward over this time: it runs right after.
    LeftOut(NaiveDateTime),
    /// The clock is set back: this time comes twice, and it runs in the first of them only.
    OnlyFirst,
    /// The clock is set back: this time comes twice, and it runs in both.
    Both,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clock {
    cron: Cron,
    zone: Tz,
    /// What is left out runs right after.
    catches_up: bool,
    /// What comes twice runs twice.
    repeats: bool,
}

type Found = (DateTime<Utc>, Option<ClockChange>);

impl Clock {
    pub(super) fn new(fields: Fields, zone: Tz) -> Self {
        Self { cron: fields.cron, zone, catches_up: !fields.any_hour, repeats: fields.goes_on }
    }

    pub(super) fn words(&self) -> String {
        let words = self.cron.describe();
        let words = words.trim_end_matches('.');
        let words = words.strip_prefix("At every ").map_or_else(|| words.to_owned(), |rest| format!("Every {rest}"));
        shortened(&words)
    }

    pub(super) fn next_after(&self, instant: DateTime<Utc>) -> Option<Found> {
        let ahead = self.ahead(instant);
        match self.repeated(instant) {
            Some(again) if ahead.is_none_or(|(at, _)| again.0 < at) => Some(again),
            _ => ahead,
        }
    }

    /// The first that is later on the clock, too.
    fn ahead(&self, instant: DateTime<Utc>) -> Option<Found> {
        let mut from = self.shown(instant);
        let mut inclusive = false;
        loop {
            let wall = self.matching(from, inclusive)?;
            (from, inclusive) = (wall, false);
            match self.zone.from_local_datetime(&wall) {
                MappedLocalTime::Single(at) if at > instant => return Some((at.to_utc(), None)),
                MappedLocalTime::Single(_) => {}
                MappedLocalTime::Ambiguous(first, second) => {
                    let change = if self.repeats { ClockChange::Both } else { ClockChange::OnlyFirst };
                    if first > instant {
                        return Some((first.to_utc(), Some(change)));
                    }
                    if self.repeats && second > instant {
                        return Some((second.to_utc(), Some(change)));
                    }
                }
                MappedLocalTime::None => {
                    let end = self.end_of_gap(wall)?;
                    if self.catches_up && end > instant {
                        return Some((end, Some(ClockChange::LeftOut(wall))));
                    }
                    (from, inclusive) = (self.shown(end), true);
                }
            }
        }
    }

    /// The first in the second of two hours, when the instant is in the first of them: it is not later on the clock.
    fn repeated(&self, instant: DateTime<Utc>) -> Option<Found> {
        if !self.repeats {
            return None;
        }
        let MappedLocalTime::Ambiguous(first, second) = self.zone.from_local_datetime(&self.shown(instant)) else {
            return None;
        };
        if first.timestamp() != instant.timestamp() {
            return None;
        }
        let begin = self.changed_between(first.to_utc(), second.to_utc());
        let wall = self.matching(self.shown(begin), true)?;
        let MappedLocalTime::Ambiguous(_, second) = self.zone.from_local_datetime(&wall) else { return None };
        Some((second.to_utc(), Some(ClockChange::Both)))
    }

    /// Cron knows whole seconds; of one that has begun, nothing comes any more.
    fn shown(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        let second = instant - TimeDelta::nanoseconds(i64::from(instant.timestamp_subsec_nanos()));
        second.with_timezone(&self.zone).naive_local()
    }

    /// In UTC no clock is changed, so there the wall clocks can be asked about as they stand.
    fn matching(&self, from: NaiveDateTime, inclusive: bool) -> Option<NaiveDateTime> {
        self.cron.find_next_occurrence(&from.and_utc(), inclusive).ok().map(|found| found.naive_utc())
    }

    fn end_of_gap(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        let told = GapInfo::new(&wall, &self.zone).and_then(|gap| gap.end).map(|end| end.to_utc());
        // What comes right after it is never ambiguous in any zone so far; if it were, the database would not tell.
        let looked_for = || {
            let minutes = (1..=GAP_MINUTES_MAX).map(|minutes| wall + TimeDelta::minutes(minutes));
            minutes.filter_map(|wall| self.zone.from_local_datetime(&wall).earliest()).map(|end| end.to_utc()).next()
        };
        told.or_else(looked_for)
    }

    /// The first second with the offset of the later one. Between them the clock is changed once.
    fn changed_between(&self, earlier: DateTime<Utc>, later: DateTime<Utc>) -> DateTime<Utc> {
        let offset = |instant: DateTime<Utc>| self.zone.offset_from_utc_datetime(&instant.naive_utc()).fix();
        let (mut before, mut after) = (earlier, later);
        while after - before > TimeDelta::seconds(1) {
            let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
            match offset(middle) == offset(later) {
                true => after = middle,
                false => before = middle,
            }
        }
        after
    }
}

//! The next change of a clock that moves one of the schedules on a page: when it is, and what becomes of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use task_tower::{ClockChange, Occurrence, Recurrence, RecurringRecord};

use super::record;
use crate::look::Look;
use crate::messages::Markup;

/// How far one looks ahead: long enough to do something about it.
const AHEAD: TimeDelta = TimeDelta::days(30);
/// What a change moves is near it: no clock is changed by more than a few hours.
const AROUND: TimeDelta = TimeDelta::hours(4);
/// A schedule is looked at for so many times around a change.
const TIMES_MAX: usize = 200;
/// So many of the schedules that a change moves are named.
const NAMED_MAX: usize = 5;

/// A change of a clock.
#[derive(Debug, PartialEq)]
struct Change {
    /// What the clock shows, and what it is set to.
    from: NaiveDateTime,
    to: NaiveDateTime,
    at: DateTime<Utc>,
}

/// One notice for each zone whose clock moves something soon.
pub(super) fn notices(found: &[RecurringRecord], look: &Look) -> Vec<Markup> {
    let mut zones: BTreeMap<&str, Vec<(&str, Recurrence)>> = BTreeMap::new();
    for recurring in found.iter().filter(|recurring| recurring.next_at.is_some()) {
        if let Some(recurrence) = recurring.recurrence() {
            zones.entry(recurrence.zone()).or_default().push((&recurring.name, recurrence));
        }
    }
    zones.into_iter().filter_map(|(zone, schedules)| notice(zone, &schedules, look)).collect()
}

fn notice(zone: &str, schedules: &[(&str, Recurrence)], look: &Look) -> Option<Markup> {
    let change = next_change(zone.parse().ok()?, look.now)?;
    let moved: Vec<Markup> =
        schedules.iter().filter_map(|schedule| moved(schedule, &change, look)).take(NAMED_MAX).collect();
    if moved.is_empty() {
        return None;
    }
    let m = look.m;
    let day = m.day(m.month(change.from.month0()), change.from.day());
    let clock = |time: NaiveDateTime| Markup::text(&time.format("%H:%M").to_string());
    Some(m.recurring_clock(
        Markup::strong(&day),
        Markup::code(zone),
        clock(change.from),
        clock(change.to),
        Markup::list(moved.into_iter()),
    ))
}

fn moved((name, recurrence): &(&str, Recurrence), change: &Change, look: &Look) -> Option<Markup> {
    let run = moved_run(recurrence, change)?;
    let link = Markup::name(&crate::links::recurring(name), name);
    Some(look.m.recurring_clock_moves(link, Markup::text(&record::change(&run, look.m)?)))
}

/// The first of its times around the change that the change has to do with.
fn moved_run(recurrence: &Recurrence, change: &Change) -> Option<Occurrence> {
    let mut near =
        recurrence.upcoming(change.at - AROUND).take(TIMES_MAX).take_while(|run| run.at() < change.at + AROUND);
    // One that goes on as time does is not moved.
    near.find(|run| run.change().is_some_and(|change| change != ClockChange::Both))
}

/// The next change of the zone's clock, if it is soon.
fn next_change(zone: Tz, now: DateTime<Utc>) -> Option<Change> {
    let offset = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    let (mut before, mut after) = (now, now + TimeDelta::hours(1));
    while offset(after) == offset(before) {
        (before, after) = (after, after + TimeDelta::hours(1));
        if after > now + AHEAD {
            return None;
        }
    }
    while after - before > TimeDelta::seconds(1) {
        let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
        if offset(middle) == offset(after) { after = middle } else { before = middle }
    }
    let at = DateTime::from_timestamp(after.timestamp(), 0)?;
    let shown = |offset: FixedOffset| at.with_timezone(&offset).naive_local();
    Some(Change { from: shown(offset(before)), to: shown(offset(after)), at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(now: &str) -> Option<Change> {
        next_change(Tz::Europe__Berlin, now.parse().unwrap())
    }

    fn moves(expression: &str, change: &Change) -> Option<ClockChange> {
        let recurrence = Recurrence::new(expression, "Europe/Berlin").unwrap();
        moved_run(&recurrence, change).and_then(|run| run.change())
    }

    #[test]
    fn a_change_is_told_a_month_before_with_what_the_clock_shows() {
        let spring = berlin("2027-03-01T12:34:56.789Z").unwrap();

        assert_eq!(
            (spring.from.to_string(), spring.to.to_string()),
            ("2027-03-28 02:00:00".into(), "2027-03-28 03:00:00".into())
        );
        assert_eq!(berlin("2027-02-01T12:00:00Z"), None);
        assert_eq!(next_change(Tz::UTC, spring.at), None);
    }

    #[test]
    fn what_it_moves_is_found_and_the_rest_is_not() {
        let (spring, autumn) = (berlin("2027-03-20T00:00:00Z").unwrap(), berlin("2026-10-20T00:00:00Z").unwrap());

        assert!(matches!(moves("30 2 * * *", &spring), Some(ClockChange::LeftOut(_))));
        assert_eq!(moves("30 2 * * *", &autumn), Some(ClockChange::OnlyFirst));
        for expression in ["30 4 * * *", "*/5 * * * *", "every 15 minutes"] {
            assert_eq!((moves(expression, &spring), moves(expression, &autumn)), (None, None), "{expression}");
        }
    }
}

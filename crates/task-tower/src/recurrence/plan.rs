//! What becomes of the times that have come: which run, which were missed, and when the next one is.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::Recurrence;
use crate::record::{MISSED_RUNS_MAX, MissedRuns};

/// The latest time that has come still runs by this rule when it is found so late; a later one was missed.
pub(crate) const LATE_MAX: TimeDelta = TimeDelta::seconds(60);

/// Times are counted up to this: a year of seconds is not walked through.
const WALKED_MAX: usize = 1_000;

/// Times that have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// Those to run, in order.
    pub(crate) runs: Vec<DateTime<Utc>>,
    /// How many were missed, counted up to 1,000.
    pub(crate) missed: usize,
    /// The latest of them.
    pub(crate) missed_at: Option<DateTime<Utc>>,
    /// The first that has not come.
    pub(crate) next: Option<DateTime<Utc>>,
}

/// `first` is the earliest that nobody has dealt with.
pub(crate) fn due(recurrence: &Recurrence, first: DateTime<Utc>, now: DateTime<Utc>, missed: MissedRuns) -> Due {
    let most = match missed {
        MissedRuns::Skip | MissedRuns::Once => 1,
        MissedRuns::All(most) => most.clamp(1, MISSED_RUNS_MAX) as usize,
    };
    let (mut latest, total) = latest(recurrence, first, now, most + 1);
    let next = latest.back().map_or(Some(first), |last| recurrence.next_after(*last));
    let split = latest.len().saturating_sub(most);
    let mut runs: Vec<_> = latest.split_off(split).into();
    let mut missed_at = latest.back().copied();
    if missed == MissedRuns::Skip && runs.last().is_some_and(|last| now - *last > LATE_MAX) {
        missed_at = runs.pop();
    }
    Due { missed: total - runs.len(), runs, missed_at, next }
}

/// The latest times that have come, at most so many, and how many came in all.
fn latest(
    recurrence: &Recurrence,
    first: DateTime<Utc>,
    now: DateTime<Utc>,
    most: usize,
) -> (VecDeque<DateTime<Utc>>, usize) {
    let (kept, total) = walk(recurrence, first, now, most, WALKED_MAX);
    if total < WALKED_MAX {
        return (kept, total);
    }
    // Too many to walk through: look back from now, further and further, until there are enough.
    let mut back = TimeDelta::seconds(1);
    while now - back > first {
        let begin = recurrence.next_after(now - back).filter(|begin| *begin <= now);
        if let Some(begin) = begin {
            let (kept, total) = walk(recurrence, begin, now, most, usize::MAX);
            if total >= most {
                return (kept, WALKED_MAX);
            }
        }
        back = back * 2;
    }
    let (kept, _) = walk(recurrence, first, now, most, usize::MAX);
    (kept, total)
}

fn walk(
    recurrence: &Recurrence,
    first: DateTime<Utc>,
    now: DateTime<Utc>,
    most: usize,
    steps_max: usize,
) -> (VecDeque<DateTime<Utc>>, usize) {
    let mut kept = VecDeque::new();
    let mut total = 0;
    let times = std::iter::successors(Some(first), |last| recurrence.next_after(*last));
    for time in times.take_while(|time| *time <= now).take(steps_max) {
        total += 1;
        kept.push_back(time);
        if kept.len() > most {
            kept.pop_front();
        }
    }
    (kept, total)
}

/// When the run of a time begins: later by a part of the jitter, which is the same whoever asks.
pub(crate) fn jittered(name: &str, tick: DateTime<Utc>, jitter_ms: u64) -> DateTime<Utc> {
    if jitter_ms == 0 {
        return tick;
    }
    let digest = Sha256::digest(format!("{name}\n{}", tick.timestamp_millis()));
    let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    tick + TimeDelta::milliseconds((number % (jitter_ms + 1)).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Hourly, of which the first that nobody has dealt with is noon.
    fn hourly(now: &str, missed: MissedRuns) -> Due {
        let recurrence = Recurrence::new("@hourly", "UTC").unwrap();
        due(&recurrence, at("2026-01-01T12:00:00Z"), at(now), missed)
    }

    #[test]
    fn what_is_in_time_runs_whatever_the_policy() {
        for missed in [MissedRuns::Skip, MissedRuns::Once, MissedRuns::All(5)] {
            let due = hourly("2026-01-01T12:00:00.020Z", missed);

            assert_eq!((due.runs.as_slice(), due.missed), (&[at("2026-01-01T12:00:00Z")][..], 0), "{missed}");
            assert_eq!(due.next, Some(at("2026-01-01T13:00:00Z")));
        }
    }

    #[test]
    fn nothing_is_due_before_its_time() {
        let due = hourly("2026-01-01T11:59:59.999Z", MissedRuns::Once);

        assert_eq!((due.runs.len(), due.missed, due.next), (0, 0, Some(at("2026-01-01T12:00:00Z"))));
    }

    #[test]
    fn missed_times_are_left_out_or_made_up_for_once_or_each() {
        let now = "2026-01-01T15:30:00Z";

        let skipped = hourly(now, MissedRuns::Skip);
        assert_eq!((skipped.runs.len(), skipped.missed), (0, 4));
        assert_eq!(skipped.missed_at, Some(at("2026-01-01T15:00:00Z")));
        let once = hourly(now, MissedRuns::Once);
        assert_eq!((once.runs, once.missed), (vec![at("2026-01-01T15:00:00Z")], 3));
        assert_eq!(once.missed_at, Some(at("2026-01-01T14:00:00Z")));
        let two = hourly(now, MissedRuns::All(2));
        assert_eq!((two.runs, two.missed), (vec![at("2026-01-01T14:00:00Z"), at("2026-01-01T15:00:00Z")], 2));
        let all = hourly(now, MissedRuns::All(9));
        assert_eq!((all.runs.len(), all.missed, all.missed_at), (4, 0, None));
        assert_eq!(all.next, Some(at("2026-01-01T16:00:00Z")));
    }

    #[test]
    fn of_missed_times_the_latest_still_runs_when_it_is_not_late() {
        let due = hourly("2026-01-01T15:00:30Z", MissedRuns::Skip);

        assert_eq!((due.runs, due.missed), (vec![at("2026-01-01T15:00:00Z")], 3));
    }

    #[test]
    fn a_year_of_missed_seconds_is_not_walked_through() {
        let every_second = Recurrence::new("every second", "UTC").unwrap();
        let (first, now) = (at("2025-01-01T00:00:00Z"), at("2026-01-01T00:00:00.5Z"));

        let due = due(&every_second, first, now, MissedRuns::All(100));

        assert_eq!(due.runs.first(), Some(&at("2025-12-31T23:58:21Z")));
        assert_eq!(due.runs.last(), Some(&at("2026-01-01T00:00:00Z")));
        assert_eq!((due.runs.len(), due.missed), (100, WALKED_MAX - 100));
        assert_eq!(due.next, Some(at("2026-01-01T00:00:01Z")));
    }

    #[test]
    fn jitter_is_within_its_limit_and_always_the_same() {
        let tick = at("2026-01-01T12:00:00Z");
        let delay = |name: &str| (jittered(name, tick, 20_000) - tick).num_milliseconds();

        assert!((0..=20_000).contains(&delay("a")));
        assert_eq!(delay("a"), delay("a"));
        assert_ne!(delay("a"), delay("b"));
        assert_eq!(jittered("a", tick, 0), tick);
    }
}

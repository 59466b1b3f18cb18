//! The axis of the timeline: where it begins and ends, and its marks at round times of the reader's zone.

use chrono::{DateTime, Datelike, Utc};

use crate::look::Look;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Round steps, in milliseconds.
const STEPS: [i64; 33] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
    100 * DAY,
    365 * DAY,
    3_650 * DAY,
];
const MARKS_MAX: i64 = 10;

/// From one time to another, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    begin: i64,
    end: i64,
    /// The first mark, and how far it is to the next one.
    first: i64,
    step: i64,
}

impl Axis {
    /// From a round time to a round time, around these.
    pub(super) fn new(look: &Look, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let (from, to) = (from.timestamp_millis(), to.timestamp_millis());
        let step = step(from, to);
        let begin = round(look, from, step);
        Self { begin, end: round(look, to + step - 1, step).max(begin + step), first: begin, step }
    }

    /// A part of it, in milliseconds; as much of that as the whole has.
    pub(super) fn part(&self, look: &Look, from: i64, to: i64) -> Self {
        let (begin, end) = (from.clamp(self.begin, self.end - 1), to.clamp(self.begin + 1, self.end));
        let end = end.max(begin + 1);
        let step = step(begin, end);
        Self { begin, end, first: round(look, begin + step - 1, step), step }
    }

    /// Its ends, in milliseconds.
    pub(super) fn ends(&self) -> (i64, i64) {
        (self.begin, self.end)
    }

    /// Whether a stretch of time is on it, at least in part.
    pub(super) fn shows(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        from.timestamp_millis() < self.end && to.timestamp_millis() >= self.begin
    }

    /// Where a time lies, from 0 to 1.
    pub(super) fn share(&self, at: DateTime<Utc>) -> f64 {
        let share = (at.timestamp_micros() as f64 / 1_000.0 - self.begin as f64) / (self.end - self.begin) as f64;
        share.clamp(0.0, 1.0)
    }

    pub(super) fn marks(&self, look: &Look) -> Vec<(f64, String)> {
        let first = offset(look, self.first);
        // Clocks may change in between.
        let round = |time: i64| time + first - offset(look, time);
        let times = (0..=MARKS_MAX).map(|number| round(self.first + number * self.step));
        let times = times.take_while(|time| *time <= self.end);
        let times = times.filter_map(DateTime::from_timestamp_millis);
        times.map(|at| (self.share(at), self.words(look, at))).collect()
    }

    fn words(&self, look: &Look, at: DateTime<Utc>) -> String {
        let at = look.local(at);
        match self.step {
            DAY.. => look.m.day(look.m.month(at.month0()), at.day()),
            MINUTE.. => at.format("%H:%M").to_string(),
            SECOND.. => at.format("%H:%M:%S").to_string(),
            _ => at.format("%H:%M:%S%.3f").to_string(),
        }
    }
}

/// Such that there is room for the marks.
fn step(from: i64, to: i64) -> i64 {
    let fits = |step: &i64| (to - from) / step < MARKS_MAX - 2;
    STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1])
}

/// The round time before it, by the clocks of the reader.
fn round(look: &Look, time: i64, step: i64) -> i64 {
    let offset = offset(look, time);
    (time + offset).div_euclid(step) * step - offset
}

/// How far the reader's zone is from UTC then, in milliseconds.
fn offset(look: &Look, time: i64) -> i64 {
    DateTime::from_timestamp_millis(time).map_or(0, |at| look.offset_at(at).num_milliseconds())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::messages::Messages;
    use crate::place::Place;
    use crate::settings::Settings;

    #[test]
    fn marks_are_round_by_the_clocks_of_their_time() {
        let settings = Settings { zone: Tz::Europe__Berlin, ..Settings::default() };
        let look = Look::new(Messages::default(), settings, &Place::of("/"));
        let marks = |from: &str, to: &str| -> Vec<String> {
            let axis = Axis::new(&look, from.parse().unwrap(), to.parse().unwrap());
            axis.marks(&look).into_iter().map(|(_, word)| word).collect()
        };

        assert_eq!(marks("2026-07-01T09:10:00Z", "2026-07-02T01:10:00Z")[..2], ["09:00", "12:00"]);
        assert_eq!(marks("2026-10-24T10:10:00Z", "2026-10-25T16:10:00Z")[..4], ["12:00", "18:00", "00:00", "06:00"]);
        assert_eq!(marks("2026-03-26T12:00:00Z", "2026-03-31T12:00:00Z")[2..5], ["Mar 28", "Mar 29", "Mar 30"]);
    }

    #[test]
    fn a_part_ends_where_it_was_asked_to_and_has_round_marks_in_it() {
        let look = Look::new(Messages::default(), Settings::default(), &Place::of("/"));
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let whole = Axis::new(&look, at("2026-07-01T09:00:00Z"), at("2026-07-01T11:00:00Z"));
        let (begin, end) = whole.ends();
        let from = at("2026-07-01T09:30:07Z").timestamp_millis();

        let part = whole.part(&look, from, from + 60_000);

        assert_eq!(part.ends(), (from, from + 60_000));
        let words: Vec<String> = part.marks(&look).into_iter().map(|(_, word)| word).collect();
        assert_eq!((&*words[0], &*words[1], words.len()), ("09:30:10", "09:30:20", 6));
        assert!(part.shows(at("2026-07-01T09:00:00Z"), at("2026-07-01T09:30:08Z")));
        assert!(!part.shows(at("2026-07-01T09:31:08Z"), at("2026-07-01T09:40:00Z")));
        assert_eq!(whole.part(&look, 0, i64::MAX).ends(), (begin, end));
        assert_eq!(whole.part(&look, i64::MAX, i64::MIN).ends(), (end - 1, end));
    }
}

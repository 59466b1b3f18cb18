//! The zone in which dates without one are read, and what becomes of the hours at which its clocks change.

use chrono::{DateTime, Days, FixedOffset, MappedLocalTime, NaiveDateTime, Offset, TimeZone};

/// How far a zone is from UTC, at any time.
pub(super) trait Zone {
    fn of_local(&self, local: NaiveDateTime) -> MappedLocalTime<FixedOffset>;
    fn of_utc(&self, utc: NaiveDateTime) -> FixedOffset;
}

impl<Z: TimeZone> Zone for Z {
    fn of_local(&self, local: NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        self.offset_from_local_datetime(&local).map(|offset| offset.fix())
    }

    fn of_utc(&self, utc: NaiveDateTime) -> FixedOffset {
        self.offset_from_utc_datetime(&utc).fix()
    }
}

/// The instant at which clocks there show this. What they show twice is the first of the two; what they leave out is
/// told by the clock as it was before the change: where three follows two, half past two is half past three.
pub(super) fn instant(local: NaiveDateTime, zone: &dyn Zone) -> Option<DateTime<FixedOffset>> {
    let offset = match zone.of_local(local) {
        MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => offset,
        // No clock was ever put forward by more than a day.
        MappedLocalTime::None => zone.of_local(local.checked_sub_days(Days::new(1))?).latest()?,
    };
    whole_minutes(offset).from_local_datetime(&local).single()
}

/// As an offset is written. Liberia had seconds until 1972.
fn whole_minutes(offset: FixedOffset) -> FixedOffset {
    let minutes = offset.local_minus_utc().div_euclid(60);
    FixedOffset::east_opt(minutes * 60).unwrap_or(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its clocks go from 2 to 3 on 2026-03-29, and from 3 to 2 on 2026-10-25, as those of Berlin.
    struct Berlin;

    impl Zone for Berlin {
        fn of_local(&self, local: NaiveDateTime) -> MappedLocalTime<FixedOffset> {
            let at = |time: &str| time.parse::<NaiveDateTime>().unwrap();
            match local {
                _ if local < at("2026-03-29T02:00:00") => MappedLocalTime::Single(hours(1)),
                _ if local < at("2026-03-29T03:00:00") => MappedLocalTime::None,
                _ if local < at("2026-10-25T02:00:00") => MappedLocalTime::Single(hours(2)),
                _ if local < at("2026-10-25T03:00:00") => MappedLocalTime::Ambiguous(hours(2), hours(1)),
                _ => MappedLocalTime::Single(hours(1)),
            }
        }

        fn of_utc(&self, _: NaiveDateTime) -> FixedOffset {
            hours(1)
        }
    }

    fn hours(hours: i32) -> FixedOffset {
        FixedOffset::east_opt(hours * 3_600).unwrap()
    }

    #[test]
    fn every_time_of_a_clock_is_one_instant() {
        for (local, instant_of_it) in [
            ("2026-01-15T02:30:00", "2026-01-15T02:30:00+01:00"),
            ("2026-07-15T02:30:00", "2026-07-15T02:30:00+02:00"),
            ("2026-03-29T02:30:00", "2026-03-29T03:30:00+02:00"),
            ("2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00"),
        ] {
            let read = instant(local.parse().unwrap(), &Berlin);

            assert_eq!(read, Some(instant_of_it.parse().unwrap()), "{local}");
        }
    }

    #[test]
    fn seconds_of_an_offset_are_left_out() {
        let monrovia = FixedOffset::west_opt(44 * 60 + 30).unwrap();

        let read = instant("1971-06-01T00:00:00".parse().unwrap(), &monrovia).unwrap();

        assert_eq!(read.offset().to_string(), "-00:45");
    }
}

//! Numbers, durations and data in the words of the page. Pure: the present time is passed in.

use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{COUNT_MAX, Count};

use crate::messages::Messages;

/// What stands where there is nothing.
pub(crate) const NOTHING: &str = "–";

/// A number with commas; one that was counted no further says so.
pub(crate) fn count(number: u64) -> String {
    up_to(number, COUNT_MAX)
}

/// The same of what is counted up to `most`.
pub(crate) fn up_to(number: u64, most: u64) -> String {
    match number >= most {
        true => format!("{}+", with_commas(most - 1)),
        false => with_commas(number),
    }
}

/// A number of jobs, as exact as it is known.
pub(crate) fn counted(count: Count) -> String {
    match count {
        Count::Exact(number) => with_commas(number),
        Count::AtLeast(number) => format!("{}+", with_commas(number)),
        _ => estimate(count.number()),
    }
}

/// A number that is not exact.
pub(crate) fn estimate(number: u64) -> String {
    format!("~{}", with_commas(number))
}

pub(crate) fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How long something took, in two units at the most. Clocks of two machines may disagree a little:
/// less than nothing is nothing.
pub(crate) fn duration(m: Messages, time: TimeDelta) -> String {
    let milliseconds = time.num_milliseconds().max(0);
    let (seconds, minutes, hours) = (milliseconds / 1_000, milliseconds / 60_000, milliseconds / 3_600_000);
    match milliseconds {
        0..1_000 => m.milliseconds(milliseconds),
        1_000..60_000 => m.seconds(format!("{:.1}", milliseconds as f64 / 1_000.0)),
        60_000..3_600_000 => m.minutes_and_seconds(minutes, format!("{:02}", seconds % 60)),
        3_600_000..86_400_000 => m.hours_and_minutes(hours, format!("{:02}", minutes % 60)),
        _ => m.days_and_hours(hours / 24, hours % 24),
    }
}

/// How long ago or ahead something is, in whole units: nobody counts the milliseconds of an age.
pub(crate) fn age(m: Messages, time: TimeDelta) -> String {
    let seconds = time.num_seconds().max(0);
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match seconds {
        0..60 => m.seconds(seconds),
        60..600 => m.minutes_and_seconds(minutes, format!("{:02}", seconds % 60)),
        600..7_200 => m.minutes(minutes),
        7_200..172_800 => m.hours(hours),
        _ => m.days(hours / 24),
    }
}

/// How much room something takes: `48 kB`, `68 MB`, `1.9 GB`.
pub(crate) fn size(m: Messages, bytes: u64) -> String {
    let units = [Messages::bytes, Messages::kilobytes, Messages::megabytes, Messages::gigabytes, Messages::terabytes];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1_024.0 && unit + 1 < units.len() {
        value /= 1_024.0;
        unit += 1;
    }
    let digits = usize::from(unit >= 3 && value < 10.0);
    units[unit](m, format!("{value:.digits$}"))
}

/// `5 min ago`, or `in 3 min`.
pub(crate) fn distance(m: Messages, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match at > now {
        true => m.ahead(age(m, at - now)),
        false => m.ago(age(m, now - at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: Messages = Messages { locale: crate::messages::Locale::English };

    #[test]
    fn numbers_have_commas_and_end_where_counting_ended() {
        let said = [0, 999, 1_000, 10_000, COUNT_MAX].map(count);

        assert_eq!(said, ["0", "999", "1,000", "10,000", "10,000+"]);
    }

    #[test]
    fn a_count_says_how_exact_it_is() {
        let said =
            [Count::Exact(1_000), Count::AtLeast(10_000), Count::AtLeast(7), Count::Estimate(12_400)].map(counted);

        assert_eq!(said, ["1,000", "10,000+", "7+", "~12,400"]);
    }

    #[test]
    fn durations_have_two_units_at_the_most() {
        let said = [-5, 4, 1_300, 59_999, 369_000, 7_500_000, 277_200_000]
            .map(|milliseconds| duration(ENGLISH, TimeDelta::milliseconds(milliseconds)));

        assert_eq!(said, ["0 ms", "4 ms", "1.3 s", "60.0 s", "6 min 09 s", "2 h 05 min", "3 d 5 h"]);
    }

    #[test]
    fn an_age_has_no_more_units_than_it_needs() {
        let said =
            [-5, 0, 59, 350, 660, 6_720, 9_000, 259_200].map(|seconds| age(ENGLISH, TimeDelta::seconds(seconds)));

        assert_eq!(said, ["0 s", "0 s", "59 s", "5 min 50 s", "11 min", "112 min", "2 h", "3 d"]);
    }

    #[test]
    fn sizes_have_the_unit_that_people_would_take() {
        let said = [0, 49_152, 71_303_168, 2_040_109_465, 23_000_000_000].map(|bytes| size(ENGLISH, bytes));

        assert_eq!(said, ["0 B", "48 kB", "68 MB", "1.9 GB", "21 GB"]);
    }

    #[test]
    fn a_distance_says_in_which_direction() {
        let now = Utc::now();
        let said = [-41, 41].map(|minutes| distance(ENGLISH, now + TimeDelta::minutes(minutes), now));

        assert_eq!(said, ["41 min ago", "in 41 min"]);
    }
}

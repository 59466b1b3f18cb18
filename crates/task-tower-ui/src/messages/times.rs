//! Durations, days and ages.

use super::{Messages, messages};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

messages! {
    milliseconds(number) => "{number} ms";
    seconds(number) => "{number} s";
    minutes(number) => "{number} min";
    minutes_and_seconds(minutes, seconds) => "{minutes} min {seconds} s";
    hours(number) => "{number} h";
    hours_and_minutes(hours, minutes) => "{hours} h {minutes} min";
    days(number) => "{number} d";
    days_and_hours(days, hours) => "{days} d {hours} h";
    hour => "hour";
    hours_in_words(number) => "{number} hours";
    days_in_words(number) => "{number} days";
    ago(duration) => "{duration} ago";
    ahead(duration) => "in {duration}";
    day(month, day) => "{month} {day}";
    on_day(month, day, time) => "{month} {day} {time}";
    on_day_of_year(month, day, year, time) => "{month} {day} {year} {time}";
    time_and_age(time, age) => "{time}, {age}";
}

impl Messages {
    /// The short name of a month, counted from zero.
    pub(crate) fn month(self, month0: u32) -> String {
        let name = MONTHS.get(month0 as usize).copied().unwrap_or_default();
        self.say(name, &[])
    }
}

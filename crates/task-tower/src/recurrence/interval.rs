//! Every so often: `every 15 minutes`, or `PT15M` as ISO 8601 has it.

use chrono::{DateTime, Utc};

use super::fault::RecurrenceError;

const SECONDS_MAX: u64 = 366 * DAY;
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// Whole seconds, counted from the beginning of 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    seconds: u64,
}

impl Interval {
    pub(super) fn next_after(self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let seconds = i64::try_from(self.seconds).ok()?;
        let passed = instant.timestamp().div_euclid(seconds);
        DateTime::from_timestamp(passed.checked_add(1)?.checked_mul(seconds)?, 0)
    }

    pub(super) fn words(self) -> String {
        let mut rest = self.seconds;
        let mut parts = Vec::new();
        for (unit, size) in [("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", 1)] {
            let count = rest / size;
            rest %= size;
            match count {
                0 => {}
                1 => parts.push(format!("1 {unit}")),
                _ => parts.push(format!("{count} {unit}s")),
            }
        }
        match parts.as_slice() {
            [one] => format!("Every {}", one.strip_prefix("1 ").unwrap_or(one)),
            parts => format!("Every {}", parts.join(" ")),
        }
    }
}

/// The interval that a text says; `None` if it does not look like one.
pub(super) fn read(text: &str) -> Result<Option<Interval>, RecurrenceError> {
    let mut reader = Reader::new(text);
    reader.skip_blanks();
    let parts = if reader.takes_word("every") {
        reader.english()?
    } else if reader.rest().first().is_some_and(|first| first.eq_ignore_ascii_case(&'p')) {
        reader.iso()?
    } else {
        return Ok(None);
    };
    let seconds = parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(*part)).unwrap_or(u64::MAX);
    match seconds {
        1..=SECONDS_MAX => Ok(Some(Interval { seconds })),
        0 => Err(reader.fault_at(1, "an interval is one second at least")),
        _ => Err(reader.fault_at(1, "an interval is 366 days at most")),
    }
}

/// A text, character by character, and how far it is read.
struct Reader<'a> {
    text: &'a str,
    characters: Vec<char>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, characters: text.chars().collect(), at: 0 }
    }

    fn rest(&self) -> &[char] {
        &self.characters[self.at..]
    }

    fn fault_at(&self, column: usize, message: impl Into<String>) -> RecurrenceError {
        RecurrenceError::new(self.text, column, message)
    }

    fn skip_blanks(&mut self) {
        while self.rest().first().is_some_and(|next| next.is_whitespace()) {
            self.at += 1;
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let begun: String = self.rest().iter().take(word.len()).collect();
        let ends = self.rest().get(word.len()).is_none_or(|next| next.is_whitespace());
        let found = begun.eq_ignore_ascii_case(word) && ends;
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// A whole number, if one stands there; more than anybody may want when it is too large.
    fn number(&mut self) -> Option<u64> {
        let digits: String = self.rest().iter().take_while(|next| next.is_ascii_digit()).collect();
        self.at += digits.len();
        (!digits.is_empty()).then(|| digits.parse().unwrap_or(u64::MAX))
    }

    fn letters(&mut self) -> String {
        let letters: String = self.rest().iter().take_while(|next| next.is_alphabetic()).collect();
        self.at += letters.chars().count();
        letters
    }

    /// `15 minutes`, `minute`, `1h 30m`, in seconds each.
    fn english(&mut self) -> Result<Vec<u64>, RecurrenceError> {
        let mut parts = Vec::new();
        loop {
            self.skip_blanks();
            if self.rest().is_empty() && !parts.is_empty() {
                return Ok(parts);
            }
            let number = self.number();
            if number.is_none() && !parts.is_empty() {
                return Err(self.fault_at(self.at + 1, "a number is wanted here"));
            }
            self.skip_blanks();
            let column = self.at + 1;
            let unit = self.letters();
            let seconds = english_unit(&unit).ok_or_else(|| {
                let message = match unit.as_str() {
                    "" => "a unit is wanted here: seconds, minutes, hours, days or weeks".to_owned(),
                    "month" | "months" | "year" | "years" => {
                        "months and years differ in length: use cron, such as \"0 0 1 * *\"".to_owned()
                    }
                    _ => format!("\"{unit}\" is no unit: seconds, minutes, hours, days or weeks"),
                };
                self.fault_at(column, message)
            })?;
            parts.push(number.unwrap_or(1).saturating_mul(seconds));
        }
    }

    /// `PT15M`, `P1DT12H`, `P2W`, in seconds each.
    fn iso(&mut self) -> Result<Vec<u64>, RecurrenceError> {
        self.at += 1;
        let (mut parts, mut in_day) = (Vec::new(), false);
        loop {
            if self.rest().iter().all(|next| next.is_whitespace()) && !parts.is_empty() {
                return Ok(parts);
            }
            if !in_day && self.rest().first().is_some_and(|next| next.eq_ignore_ascii_case(&'t')) {
                self.at += 1;
                in_day = true;
            }
            let Some(number) = self.number() else {
                return Err(self.fault_at(self.at + 1, "a number is wanted here, as in PT15M or P1D"));
            };
            let seconds = self.rest().first().and_then(|unit| iso_unit(*unit, in_day));
            let units = if in_day { "H, M or S" } else { "W or D, or a T before hours" };
            let seconds =
                seconds.ok_or_else(|| self.fault_at(self.at + 1, format!("a unit is wanted here: {units}")))?;
            self.at += 1;
            parts.push(number.saturating_mul(seconds));
        }
    }
}

fn english_unit(word: &str) -> Option<u64> {
    Some(match word.to_lowercase().as_str() {
        "second" | "seconds" | "sec" | "s" => 1,
        "minute" | "minutes" | "min" | "m" => MINUTE,
        "hour" | "hours" | "h" => HOUR,
        "day" | "days" | "d" => DAY,
        "week" | "weeks" | "w" => WEEK,
        _ => return None,
    })
}

fn iso_unit(letter: char, in_day: bool) -> Option<u64> {
    Some(match (letter.to_ascii_uppercase(), in_day) {
        ('W', false) => WEEK,
        ('D', false) => DAY,
        ('H', true) => HOUR,
        ('M', true) => MINUTE,
        ('S', true) => 1,
        _ => return None,
    })
}

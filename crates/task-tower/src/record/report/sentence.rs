//! Sentences with facts in them: whoever shows one may format the facts, and translate the rest.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};

/// A sentence about something that was found. As text, it is English.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    text: &'static str,
    facts: Vec<(&'static str, Fact)>,
}

/// What a sentence tells beside its words.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fact {
    /// A name or a command, which nobody translates.
    Name(String),
    /// How many.
    Number(u64),
    /// How many were counted, when there may be more.
    AtLeast(u64),
    /// How long.
    Duration(TimeDelta),
    /// When.
    Time(DateTime<Utc>),
    /// How much room.
    Bytes(u64),
    /// How large a part.
    Percent(f64),
}

impl Sentence {
    /// The words, in which `{name}` stands for the fact of that name.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// The facts, each with its name in the text.
    #[must_use]
    pub fn facts(&self) -> &[(&'static str, Fact)] {
        &self.facts
    }

    pub(crate) fn with(mut self, name: &'static str, fact: Fact) -> Self {
        self.facts.push((name, fact));
        self
    }

    pub(crate) fn name(self, name: &'static str, text: impl AsRef<str>) -> Self {
        let printable = |letter: char| if letter.is_control() { '?' } else { letter };
        self.with(name, Fact::Name(text.as_ref().chars().map(printable).collect()))
    }

    pub(crate) fn number(self, name: &'static str, number: u64) -> Self {
        self.with(name, Fact::Number(number))
    }

    /// The one text or the other, with the number as `{number}`.
    pub(crate) fn plural(number: u64, one: &'static str, other: &'static str) -> Self {
        Self::from(if number == 1 { one } else { other }).number("number", number)
    }

    /// The same with a number that was counted up to a limit: from there on it is at least so many.
    pub(crate) fn plural_up_to(limit: u64, number: u64, one: &'static str, other: &'static str) -> Self {
        match number >= limit {
            true => Self::from(other).with("number", Fact::AtLeast(number)),
            false => Self::plural(number, one, other),
        }
    }
}

impl From<&'static str> for Sentence {
    fn from(text: &'static str) -> Self {
        Self { text, facts: Vec::new() }
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            out.write_str(words)?;
            if let Some((_, fact)) = self.facts.iter().find(|(known, _)| *known == name) {
                write!(out, "{fact}")?;
            }
            rest = after;
        }
        out.write_str(rest)
    }
}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text) => out.write_str(text),
            Self::Number(number) => out.write_str(&with_commas(*number)),
            Self::AtLeast(number) => write!(out, "{}+", with_commas(*number)),
            Self::Duration(time) => out.write_str(&duration(*time)),
            Self::Time(at) => write!(out, "{}", at.format("%F %T UTC")),
            Self::Bytes(bytes) => out.write_str(&size(*bytes)),
            Self::Percent(percent) => write!(out, "{percent:.1}%"),
        }
    }
}

pub(super) fn with_commas(number: u64) -> String {
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

/// In two units at the most.
pub(super) fn duration(time: TimeDelta) -> String {
    let milliseconds = time.num_milliseconds().max(0);
    let (seconds, minutes, hours) = (milliseconds / 1_000, milliseconds / 60_000, milliseconds / 3_600_000);
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{seconds} s"),
        60_000..3_600_000 => format!("{minutes} min {:02} s", seconds % 60),
        3_600_000..86_400_000 => format!("{hours} h {:02} min", minutes % 60),
        _ => format!("{} d {} h", hours / 24, hours % 24),
    }
}

/// `48 kB`, `68 MB`, `1.9 GB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1_024.0 && unit + 1 < UNITS.len() {
        value /= 1_024.0;
        unit += 1;
    }
    match unit >= 3 && value < 10.0 {
        true => format!("{value:.1} {}", UNITS[unit]),
        false => format!("{value:.0} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_has_its_facts_in_their_places() {
        let sentence = Sentence::from("{number} jobs of {queue} wait.").number("number", 1_204).name("queue", "a{b}\n");

        assert_eq!(sentence.to_string(), "1,204 jobs of a{b}? wait.");
    }

    #[test]
    fn one_is_told_apart_from_many() {
        let said = [1, 2].map(|number| Sentence::plural(number, "{number} job", "{number} jobs").to_string());

        assert_eq!(said, ["1 job", "2 jobs"]);
    }

    #[test]
    fn sizes_have_the_unit_that_people_would_take() {
        assert_eq!([0, 49_152, 71_303_168, 2_040_109_465].map(size), ["0 B", "48 kB", "68 MB", "1.9 GB"]);
    }

    #[test]
    fn durations_have_two_units_at_the_most() {
        let said = [-5, 4, 59_999, 369_000, 6_720_000, 277_200_000]
            .map(|milliseconds| duration(TimeDelta::milliseconds(milliseconds)));

        assert_eq!(said, ["0 ms", "4 ms", "59 s", "6 min 09 s", "1 h 52 min", "3 d 5 h"]);
    }
}

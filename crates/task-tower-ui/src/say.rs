//! Numbers, times and data in the words of the page. Pure: the present time is passed in.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::Value;
use task_tower::COUNT_MAX;

/// The longest preview of a payload in a list, in characters.
const PREVIEW_CHARACTERS_MAX: usize = 120;

/// A number with commas; one that was counted no further says so.
pub(crate) fn count(number: u64) -> String {
    match number >= COUNT_MAX {
        true => format!("{}+", with_commas(COUNT_MAX - 1)),
        false => with_commas(number),
    }
}

fn with_commas(number: u64) -> String {
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
pub(crate) fn duration(time: TimeDelta) -> String {
    let milliseconds = time.num_milliseconds().max(0);
    let (seconds, minutes, hours) = (milliseconds / 1_000, milliseconds / 60_000, milliseconds / 3_600_000);
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{:.1} s", milliseconds as f64 / 1_000.0),
        60_000..3_600_000 => format!("{minutes} min {:02} s", seconds % 60),
        3_600_000..86_400_000 => format!("{hours} h {:02} min", minutes % 60),
        _ => format!("{} d {} h", hours / 24, hours % 24),
    }
}

/// A point in time: for machines, in full, and as short as it can be understood today.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) machine: String,
    pub(crate) full: String,
    pub(crate) short: String,
}

impl Stamp {
    pub(crate) fn new(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let short = if at.date_naive() == now.date_naive() { "%H:%M:%S" } else { "%b %-d, %H:%M" };
        Self {
            machine: at.to_rfc3339_opts(SecondsFormat::Millis, true),
            full: at.format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string(),
            short: at.format(short).to_string(),
        }
    }
}

/// A reason as it is stored, in the words of the page; what a person wrote stays as it is.
pub(crate) fn reason(stored: &str) -> &str {
    match stored {
        "retries" => "no retries left",
        "poison" => "took its worker down too often",
        "decode" => "the payload does not decode",
        words => words,
    }
}

/// A payload on one line, without the outer braces. A list carries long ones as a text that was cut.
pub(crate) fn preview(payload: &Value) -> String {
    let text = match payload {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
        }
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    cut(&text, PREVIEW_CHARACTERS_MAX)
}

fn cut(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas_and_end_where_counting_ended() {
        let said = [0, 999, 1_000, 10_000, COUNT_MAX].map(count);

        assert_eq!(said, ["0", "999", "1,000", "10,000", "10,000+"]);
    }

    #[test]
    fn durations_have_two_units_at_the_most() {
        let said = [-5, 4, 1_300, 59_999, 369_000, 7_500_000, 277_200_000]
            .map(|milliseconds| duration(TimeDelta::milliseconds(milliseconds)));

        assert_eq!(said, ["0 ms", "4 ms", "1.3 s", "60.0 s", "6 min 09 s", "2 h 05 min", "3 d 5 h"]);
    }

    #[test]
    fn a_preview_is_one_short_line() {
        let payload = serde_json::json!({ "order_id": 884_213, "note": "é".repeat(300) });

        let said = preview(&payload);

        assert!(said.starts_with("note: \"éé"), "{said}");
        assert_eq!(said.chars().count(), PREVIEW_CHARACTERS_MAX + 1);
    }
}

//! Cron expressions: field by field, so that a mistake is told with its place. What they mean is left to croner.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use super::fault::RecurrenceError;
use crate::config::nearest;

const NICKNAMES: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// One of the fields, and what may stand in it.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 6] = [
    Field { name: "second", min: 0, max: 59, names: &[] },
    Field { name: "minute", min: 0, max: 59, names: &[] },
    Field { name: "hour", min: 0, max: 23, names: &[] },
    Field { name: "day of the month", min: 1, max: 31, names: &[] },
    Field { name: "month", min: 1, max: 12, names: MONTHS },
    Field { name: "day of the week", min: 0, max: 7, names: DAYS },
];

const DAY_OF_MONTH: &str = "day of the month";
const DAY_OF_WEEK: &str = "day of the week";

/// What cron says of each time of day and each day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fields {
    pub(super) cron: Cron,
    /// The hour has a `*`.
    pub(super) any_hour: bool,
    /// The second, the minute or the hour has one.
    pub(super) goes_on: bool,
}

/// A piece of the text, with its column.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    column: usize,
}

pub(super) fn read(text: &str) -> Result<Fields, RecurrenceError> {
    let pieces = pieces(text);
    if let [only] = pieces[..]
        && only.text.starts_with('@')
    {
        return nickname(text, only);
    }
    if !(5..=6).contains(&pieces.len()) {
        return Err(wrong_number(text, &pieces));
    }
    for (field, piece) in FIELDS[6 - pieces.len()..].iter().zip(&pieces) {
        check_field(field, *piece).map_err(|(column, message)| RecurrenceError::new(text, column, message))?;
    }
    let fields: Vec<&str> = pieces.iter().map(|piece| piece.text).collect();
    understood(text, &fields)
}

fn nickname(text: &str, word: Piece<'_>) -> Result<Fields, RecurrenceError> {
    let lower = word.text.to_lowercase();
    match NICKNAMES.iter().find(|(name, _)| *name == lower) {
        Some((_, meaning)) => understood(text, &meaning.split(' ').collect::<Vec<_>>()),
        None => {
            let known = NICKNAMES.map(|(name, _)| name);
            let shown: String = word.text.chars().take(30).collect();
            let error = RecurrenceError::new(text, word.column, format!("there is no \"{shown}\""));
            Err(error.suggest(nearest(&lower, &known)))
        }
    }
}

fn understood(text: &str, fields: &[&str]) -> Result<Fields, RecurrenceError> {
    let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
    let cron = parser.parse(&fields.join(" ")).map_err(|error| RecurrenceError::new(text, 1, error.to_string()))?;
    let times = &fields[..fields.len() - 3];
    let any_hour = times.last().is_some_and(|hour| hour.contains('*'));
    Ok(Fields { cron, any_hour, goes_on: times.iter().any(|time| time.contains('*')) })
}

fn wrong_number(text: &str, pieces: &[Piece<'_>]) -> RecurrenceError {
    let column = match pieces.get(6) {
        Some(extra) => extra.column,
        None => text.trim_end().chars().count() + 1,
    };
    let message = match pieces.len() {
        1 => "this is 1 field; cron has five, or six with seconds".to_owned(),
        number => format!("these are {number} fields; cron has five, or six with seconds"),
    };
    RecurrenceError::new(text, column, message)
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut begin = None;
    for (column, (byte, character)) in text.char_indices().chain([(text.len(), ' ')]).enumerate() {
        match (begin, character.is_whitespace()) {
            (None, false) => begin = Some((column + 1, byte)),
            (Some((column, from)), true) => {
                pieces.push(Piece { text: &text[from..byte], column });
                begin = None;
            }
            _ => {}
        }
    }
    pieces
}

/// What is wrong, and in which column.
type Refused = (usize, String);

fn check_field(field: &Field, piece: Piece<'_>) -> Result<(), Refused> {
    if let Some((place, odd)) = piece.text.chars().enumerate().find(|(_, character)| !character.is_ascii()) {
        return Err((piece.column + place, format!("\"{odd}\" cannot stand here")));
    }
    let mut column = piece.column;
    for item in piece.text.split(',') {
        check_item(field, Piece { text: item, column })?;
        column += item.len() + 1;
    }
    Ok(())
}

fn check_item(field: &Field, item: Piece<'_>) -> Result<(), Refused> {
    if item.text.is_empty() {
        return Err((item.column, format!("a {} is wanted here", field.name)));
    }
    let upper = item.text.to_ascii_uppercase();
    if is_special(field, &upper) {
        return Ok(());
    }
    let Some((range, step)) = item.text.split_once('/') else { return check_range(field, item).map(drop) };
    let at_step = item.column + range.len() + 1;
    let is_range = check_range(field, Piece { text: range, ..item })?;
    if !is_range {
        return Err((item.column, format!("a step needs a range before it: {range}-{}/{step}", field.max)));
    }
    match step.parse::<u32>() {
        Ok(number) if (1..=field.max).contains(&number) => Ok(()),
        Ok(number) => Err((at_step, format!("step {number} is not within 1 to {}", field.max))),
        Err(_) => Err((at_step, format!("\"{step}\" is not a step: a number is wanted"))),
    }
}

/// Whether it is a range, or all, and not a single value.
fn check_range(field: &Field, item: Piece<'_>) -> Result<bool, Refused> {
    if item.text == "*" {
        return Ok(true);
    }
    let Some((from, to)) = item.text.split_once('-') else {
        return value(field, item).map(|_| false);
    };
    let at_end = item.column + from.len() + 1;
    let from = value(field, Piece { text: from, ..item })?;
    let to = value(field, Piece { text: to, column: at_end })?;
    match from <= to {
        true => Ok(true),
        false => Err((item.column, format!("the range {} ends before it begins", item.text))),
    }
}

fn value(field: &Field, item: Piece<'_>) -> Result<u32, Refused> {
    let (text, name) = (item.text, field.name);
    let upper = text.to_ascii_uppercase();
    if let Some(place) = field.names.iter().position(|known| *known == upper) {
        return Ok(place as u32 + field.min);
    }
    if let Some(place) = text.find(|character: char| !character.is_ascii_digit()) {
        let odd = &text[place..=place];
        let is_word = place == 0 && text.len() > 1 && !field.names.is_empty();
        return Err(match is_word {
            true => (item.column, format!("\"{text}\" is not a {name}: {}", field.names.join(", "))),
            false => (item.column + place, format!("\"{odd}\" cannot stand in a {name}")),
        });
    }
    match text.parse::<u32>() {
        Ok(number) if (field.min..=field.max).contains(&number) => Ok(number),
        Ok(_) | Err(_) if !text.is_empty() => {
            Err((item.column, format!("{name} {text} is not within {} to {}", field.min, field.max)))
        }
        _ => Err((item.column, format!("a {name} is wanted here"))),
    }
}

/// `L` and its like, which only days know.
fn is_special(field: &Field, upper: &str) -> bool {
    let in_field = |number: &str| value(field, Piece { text: number, column: 1 }).is_ok();
    match field.name {
        DAY_OF_MONTH => matches!(upper, "L" | "?") || upper.strip_suffix('W').is_some_and(in_field),
        DAY_OF_WEEK => {
            let nth =
                |(day, nth): (&str, &str)| in_field(day) && (nth == "L" || matches!(nth, "1" | "2" | "3" | "4" | "5"));
            upper == "?" || upper.split_once('#').is_some_and(nth) || upper.strip_suffix('L').is_some_and(in_field)
        }
        _ => false,
    }
}

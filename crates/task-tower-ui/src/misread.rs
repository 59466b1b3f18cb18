//! What a parser found wrong with a query, a form or a body, in the words of the dashboard: parsers speak of the types
//! of the program, which nobody who wrote an address knows.

use crate::messages::Messages;

/// What chrono says of a text that is no time.
const NO_TIME: [&str; 6] = [
    "input is out of range",
    "no possible date and time matching input",
    "input is not enough for unique date and time",
    "input contains invalid characters",
    "premature end of input",
    "trailing input",
];

#[derive(Debug)]
pub(crate) struct Misread {
    /// Which field, where the parser tells.
    field: Option<String>,
    wrong: Wrong,
}

#[derive(Debug)]
enum Wrong {
    /// A name that no field has, and those that there are.
    Unknown(String, Vec<String>),
    Missing(String),
    Twice(String),
    /// Not one of these.
    Choice(Vec<String>),
    /// Not of the sort that it is said to be here.
    Sort(fn(Messages, String) -> String),
    /// Nothing that is known of: the parser's own words.
    Other(String),
}

impl Misread {
    /// From the words of serde, which begin with the field where it is known.
    pub(crate) fn of(text: &str) -> Self {
        let named = text.split_once(": ").filter(|(field, _)| !field.contains([' ', '`', '"']));
        let (field, words) = named.map_or((None, text), |(field, words)| (Some(field.to_owned()), words));
        Self { field, wrong: Wrong::of(words) }
    }

    pub(crate) fn told(&self, m: Messages) -> String {
        let field = || self.field.clone().unwrap_or_else(|| m.misread_this());
        match &self.wrong {
            Wrong::Unknown(name, known) if known.is_empty() => m.misread_not_there(name),
            Wrong::Unknown(name, known) => m.misread_unknown(name, known.join(", ")),
            Wrong::Missing(name) => m.api_missing(name),
            Wrong::Twice(name) => m.misread_twice(name),
            Wrong::Choice(choices) => m.misread_choice(field(), choices.join(", ")),
            Wrong::Sort(words) => words(m, field()),
            Wrong::Other(words) => self.field.iter().fold(words.clone(), |words, field| format!("{field}: {words}")),
        }
    }
}

impl Wrong {
    fn of(words: &str) -> Self {
        let plain = without_place(words);
        let (given, wanted) = plain.rsplit_once(", expected ").unwrap_or((plain, ""));
        let name = |before: &str| given.strip_prefix(before).map(quoted);
        if let Some(name) = name("unknown field ") {
            return Self::Unknown(name, choices(wanted));
        }
        if let Some(name) = name("missing field ") {
            return Self::Missing(name);
        }
        if let Some(name) = name("duplicate field ") {
            return Self::Twice(name);
        }
        if given.starts_with("unknown variant ") {
            return Self::Choice(choices(wanted));
        }
        sort(given, wanted).map_or_else(|| Self::Other(words.to_owned()), Self::Sort)
    }
}

/// JSON also tells at which line and column.
fn without_place(words: &str) -> &str {
    let is_place = |place: &str| place.chars().all(|letter| letter.is_ascii_digit() || " column".contains(letter));
    match words.rsplit_once(" at line ") {
        Some((before, place)) if is_place(place) => before,
        _ => words,
    }
}

/// What was wanted instead of what was given.
fn sort(given: &str, wanted: &str) -> Option<fn(Messages, String) -> String> {
    match wanted {
        "a boolean" => Some(Messages::misread_flag),
        "a string" => Some(Messages::misread_text),
        "a sequence" => Some(Messages::misread_list),
        "f32" | "f64" => Some(Messages::misread_number),
        _ if is_integer(wanted) && given.starts_with("invalid value") => Some(Messages::misread_size),
        _ if is_integer(wanted) => Some(Messages::misread_digits),
        _ if wanted.contains("date and time") => Some(Messages::misread_time),
        _ => sort_of_text(given),
    }
}

/// The same for a query or a form, where everything was a text.
fn sort_of_text(given: &str) -> Option<fn(Messages, String) -> String> {
    match given {
        "invalid digit found in string" | "cannot parse integer from empty string" => Some(Messages::misread_digits),
        _ if given.ends_with(" to fit in target type") => Some(Messages::misread_size),
        "provided string was not `true` or `false`" => Some(Messages::misread_flag),
        _ if NO_TIME.contains(&given) => Some(Messages::misread_time),
        _ => None,
    }
}

fn is_integer(wanted: &str) -> bool {
    let size = wanted.strip_prefix(['i', 'u']);
    size.is_some_and(|size| ["8", "16", "32", "64", "size"].contains(&size))
}

/// What stands between the first and the last of these quotes.
fn quoted(text: &str) -> String {
    let text = text.trim_start_matches('`');
    text.rsplit_once('`').map_or(text, |(name, _)| name).to_owned()
}

/// Names of the program, each in quotes.
fn choices(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        Misread::of(text).told(Messages::default())
    }

    #[test]
    fn a_name_that_is_not_known_is_told_with_those_that_are() {
        assert_eq!(told("unknown field `a`, expected `b` or `c`"), "There is no field a, but there are b, c.");
        assert_eq!(told("unknown field `a`, expected one of `b`, `c`, `d` at line 1 column 4"), {
            "There is no field a, but there are b, c, d."
        });
        assert_eq!(told("unknown field `a`, expected `b`"), "There is no field a, but there are b.");
        assert_eq!(told("unknown field `a`, there are no fields"), "There is no field a.");
    }

    #[test]
    fn what_may_stand_there_is_told_with_the_field() {
        for (text, words) in [
            (
                "metric: unknown variant `x`, expected one of `run`, `wait`, `depth`",
                "metric is one of: run, wait, depth.",
            ),
            ("limit: invalid digit found in string", "limit is a whole number, in digits only."),
            ("limit: number too large to fit in target type", "The number of limit is too large or too small."),
            ("from: premature end of input", "from is a time, such as 2026-11-24T18:45:43Z."),
            ("shared: provided string was not `true` or `false`", "shared is true or false."),
            (
                "priority: invalid type: string \"high\", expected i16 at line 1 column 20",
                "priority is a whole number, in digits only.",
            ),
            (
                "priority: invalid value: integer `70000`, expected i16 at line 1 column 18",
                "The number of priority is too large or too small.",
            ),
            ("tags: invalid type: string \"a\", expected a sequence at line 1 column 12", "tags is a list."),
            ("queue: invalid type: integer `1`, expected a string at line 1 column 10", "queue is a text."),
            ("run_at: premature end of input at line 1 column 14", "run_at is a time, such as 2026-11-24T18:45:43Z."),
            ("missing field `kind` at line 1 column 2", "The field kind is missing."),
            ("duplicate field `q`", "The field q is there twice."),
            ("invalid type: integer `1`, expected a string", "This is a text."),
        ] {
            assert_eq!(told(text), words, "{text}");
        }
    }

    #[test]
    fn words_that_nobody_knows_stay_as_they_are() {
        for text in ["before: no id is like that", "expected value at line 1 column 1", ""] {
            assert_eq!(told(text), text);
        }
    }

    #[test]
    fn what_somebody_wrote_is_not_taken_for_words_of_the_parser() {
        let name = "x`, expected `y";

        assert_eq!(
            told(&format!("unknown field `{name}`, expected `b`")),
            format!("There is no field {name}, but there are b.")
        );
    }
}

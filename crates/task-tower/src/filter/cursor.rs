//! What is being written at a place in the text of a filter, which need not be a filter yet.

use std::ops::Range;

use super::group::GroupKey;
use super::key::Key;

/// A part of a term that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    /// The characters that it takes, up to the cursor.
    pub(crate) place: Range<usize>,
    pub(crate) what: Part,
    /// What is there of it, without quotes.
    pub(crate) text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A key, or a bare word.
    Key,
    /// A field behind `args`: the fields before it.
    Field(Vec<String>),
    Value(Key, Vec<String>),
    /// Of a key that there is not.
    Nothing,
}

/// The same in the text of a filter of groups of errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BegunGroup {
    pub(crate) place: Range<usize>,
    /// The key whose value it is; `None` for a key itself, or a bare word.
    pub(crate) key: Option<GroupKey>,
    pub(crate) text: String,
}

#[derive(Clone, Copy)]
struct Mark {
    character: char,
    index: usize,
    quoted: bool,
}

/// `cursor` is the number of characters before it.
pub(crate) fn begun(text: &str, cursor: usize) -> Begun {
    let end = cursor.min(text.chars().count());
    let marks = marks(text, end);
    let term = term(&marks);
    let Some(colon) = colon(term) else {
        return key(term, end);
    };
    let (written, value) = (pieces(&term[..colon]), last(&term[colon + 1..], |character| character == ','));
    let what = match (Key::find(&written[0]), &written[1..]) {
        (Some(Key::Args), []) => Part::Nothing,
        (Some(Key::Args), path) => Part::Value(Key::Args, path.to_vec()),
        (Some(key), []) => Part::Value(key, Vec::new()),
        _ => Part::Nothing,
    };
    part(what, value, end)
}

/// `None` for a value of a key that there is not.
pub(crate) fn begun_group(text: &str, cursor: usize) -> Option<BegunGroup> {
    let end = cursor.min(text.chars().count());
    let marks = marks(text, end);
    let term = term(&marks);
    let (key, marks) = match colon(term) {
        None => (None, term),
        Some(colon) => {
            (Some(GroupKey::find(&plain(&term[..colon]))?), last(&term[colon + 1..], |letter| letter == ','))
        }
    };
    let begin = marks.first().map_or(end, |mark| mark.index);
    Some(BegunGroup { place: begin..end, key, text: plain(marks) })
}

/// The last term, without the sign before it.
fn term(marks: &[Mark]) -> &[Mark] {
    let term = last(marks, char::is_whitespace);
    let sign = term.first().filter(|mark| mark.character == '-' && !mark.quoted);
    &term[usize::from(sign.is_some())..]
}

fn colon(term: &[Mark]) -> Option<usize> {
    term.iter().position(|mark| mark.character == ':' && !mark.quoted)
}

fn key(term: &[Mark], end: usize) -> Begun {
    let written = pieces(term);
    match written.split_first() {
        Some((first, [path @ .., _])) if first == Key::Args.as_str() => {
            part(Part::Field(path.to_vec()), last(term, |character| character == '.'), end)
        }
        _ => part(Part::Key, term, end),
    }
}

fn part(what: Part, marks: &[Mark], end: usize) -> Begun {
    let begin = marks.first().map_or(end, |mark| mark.index);
    Begun { place: begin..end, what, text: plain(marks) }
}

/// The characters before the end, each with whether it stands in quotes; an opening quote does, a closing one too.
fn marks(text: &str, end: usize) -> Vec<Mark> {
    let (mut quoted, mut escaped) = (false, false);
    let mark = |(index, character): (usize, char)| {
        let is_quote = character == '"' && !escaped;
        let inside = quoted || is_quote;
        quoted ^= is_quote;
        escaped = quoted && character == '\\' && !escaped;
        Mark { character, index, quoted: inside }
    };
    text.chars().take(end).enumerate().map(mark).collect()
}

/// What stands behind the last unquoted separator.
fn last(marks: &[Mark], is_separator: impl Fn(char) -> bool) -> &[Mark] {
    let separator = marks.iter().rposition(|mark| !mark.quoted && is_separator(mark.character));
    &marks[separator.map_or(0, |at| at + 1)..]
}

fn pieces(marks: &[Mark]) -> Vec<String> {
    marks.split(|mark| mark.character == '.' && !mark.quoted).map(plain).collect()
}

fn plain(marks: &[Mark]) -> String {
    let mut escaped = false;
    let mut text = String::new();
    for mark in marks {
        match mark.character {
            '\\' if mark.quoted && !escaped => escaped = true,
            '"' if !escaped => {}
            character => {
                escaped = false;
                text.push(character);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_written_is_told_from_what_stands_before_it() {
        let args = |path: &[&str]| path.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (text, place, what, written) in [
            ("", 0..0, Part::Key, ""),
            ("sta", 0..3, Part::Key, "sta"),
            ("queue:mail -ta", 12..14, Part::Key, "ta"),
            ("state:dead,fa", 11..13, Part::Value(Key::State, args(&[])), "fa"),
            ("größe:x", 6..7, Part::Nothing, "x"),
            ("tag:\"two wo", 4..11, Part::Value(Key::Tag, args(&[])), "two wo"),
            ("tag:\"a\\\"b:c", 4..11, Part::Value(Key::Tag, args(&[])), "a\"b:c"),
            ("args.", 5..5, Part::Field(args(&[])), ""),
            ("args.user.na", 10..12, Part::Field(args(&["user"])), "na"),
            ("args.\"a b\".id:4", 14..15, Part::Value(Key::Args, args(&["a b", "id"])), "4"),
            ("tag:\"closed\" ", 13..13, Part::Key, ""),
        ] {
            let begun = begun(text, usize::MAX);

            assert_eq!(begun, Begun { place, what, text: written.to_owned() }, "{text}");
        }
    }

    #[test]
    fn the_same_is_told_of_filters_of_groups() {
        let told = |text| begun_group(text, usize::MAX).map(|begun| (begun.place, begun.key, begun.text));

        assert_eq!(told("-ki"), Some((1..3, None, "ki".to_owned())));
        assert_eq!(told("timeout queue:a,\"b c"), Some((16..20, Some(GroupKey::Queue), "b c".to_owned())));
        assert_eq!(told("state:dead"), None);
    }

    #[test]
    fn what_stands_behind_the_cursor_does_not_count() {
        assert_eq!(begun("state:dead queue:mail", 8).text, "de");
        assert_eq!(begun("state:dead", 2), Begun { place: 0..2, what: Part::Key, text: "st".to_owned() });
    }
}

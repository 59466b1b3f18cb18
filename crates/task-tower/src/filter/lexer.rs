//! Cuts the text of a filter into terms, and terms into key and values. What they mean is not known here.

use super::fault::FilterError;
use super::value::Value;

/// The longest term, in bytes.
pub const TERM_BYTES_MAX: usize = 256;

/// A term as it was written.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) column: usize,
    pub(super) negated: bool,
    /// The pieces of the key, cut at its dots; none for a bare word.
    pub(super) key: Option<Vec<String>>,
    pub(super) values: Vec<Written>,
}

/// A value, and where it stands.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) column: usize,
    pub(super) value: Value,
}

/// A character of a term; none where a quote opens, so that `""` is something.
#[derive(Clone, Copy, Debug)]
struct Mark {
    character: Option<char>,
    quoted: bool,
    column: usize,
}

impl Mark {
    fn is(self, character: char) -> bool {
        !self.quoted && self.character == Some(character)
    }
}

pub(super) fn terms(text: &str) -> Result<Vec<Raw>, FilterError> {
    let mut characters = text.chars().enumerate().map(|(index, character)| (index + 1, character)).peekable();
    let mut terms = Vec::new();
    loop {
        while characters.next_if(|(_, character)| character.is_whitespace()).is_some() {}
        match word(&mut characters)? {
            word if word.is_empty() => return Ok(terms),
            word => terms.push(term(&word)?),
        }
    }
}

/// Everything up to the next blank outside of quotes.
fn word(characters: &mut std::iter::Peekable<impl Iterator<Item = (usize, char)>>) -> Result<Vec<Mark>, FilterError> {
    let mut marks = Vec::new();
    while let Some((column, character)) = characters.next_if(|(_, character)| !character.is_whitespace()) {
        match character {
            '"' => quoted(column, characters, &mut marks)?,
            _ => marks.push(mark(column, character, false)?),
        }
    }
    Ok(marks)
}

/// What stands between two quotes. A backslash there makes the next character an ordinary one.
fn quoted(
    opening: usize,
    characters: &mut impl Iterator<Item = (usize, char)>,
    marks: &mut Vec<Mark>,
) -> Result<(), FilterError> {
    let unclosed = || FilterError::new(opening, "the quote is not closed");
    marks.push(Mark { character: None, quoted: true, column: opening });
    loop {
        let (column, character) = characters.next().ok_or_else(unclosed)?;
        let (column, character) = match character {
            '"' => return Ok(()),
            '\\' => characters.next().ok_or_else(unclosed)?,
            _ => (column, character),
        };
        marks.push(mark(column, character, true)?);
    }
}

fn mark(column: usize, character: char, quoted: bool) -> Result<Mark, FilterError> {
    match character.is_control() {
        true => Err(FilterError::new(column, "there is a control character")),
        false => Ok(Mark { character: Some(character), quoted, column }),
    }
}

fn term(word: &[Mark]) -> Result<Raw, FilterError> {
    let column = word[0].column;
    let bytes: usize = word.iter().filter_map(|mark| mark.character).map(char::len_utf8).sum();
    if bytes > TERM_BYTES_MAX {
        return Err(FilterError::new(column, format!("a term of more than {TERM_BYTES_MAX} bytes")));
    }
    let negated = word[0].is('-');
    let word = &word[usize::from(negated)..];
    let colon = word.iter().position(|mark| mark.is(':'));
    let (key, values) = match colon {
        Some(colon) => (Some(pieces(&word[..colon], '.').map(text).collect()), &word[colon + 1..]),
        None => (None, word),
    };
    let end = column + usize::from(negated) + colon.map_or(0, |colon| colon + 1);
    let values: Result<_, _> = pieces(values, ',').map(|marks| value(marks, end)).collect();
    Ok(Raw { column, negated, key, values: values? })
}

fn pieces(marks: &[Mark], separator: char) -> impl Iterator<Item = &[Mark]> {
    marks.split(move |mark| mark.is(separator))
}

fn text(marks: &[Mark]) -> String {
    marks.iter().filter_map(|mark| mark.character).collect()
}

fn value(marks: &[Mark], end: usize) -> Result<Written, FilterError> {
    let Some(last) = marks.last() else {
        return Err(FilterError::new(end, "there is no value; write \"\" for an empty one"));
    };
    let prefix = last.is('*');
    let marks = &marks[..marks.len() - usize::from(prefix)];
    let quoted = marks.iter().any(|mark| mark.quoted);
    let column = marks.first().unwrap_or(last).column;
    Ok(Written { column, value: Value { text: text(marks), quoted, prefix } })
}

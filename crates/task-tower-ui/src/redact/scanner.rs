//! Redacts JSON as text, also a beginning of it that no parser accepts: lists carry payloads that were cut.
//!
//! It never gives up. Where it cannot tell what something is, it hides it.

use super::REDACTED;

pub(super) type Hides<'a> = &'a dyn Fn(&[String]) -> bool;

/// Is told what is hidden, as it is written.
pub(super) type Found<'a> = &'a mut dyn FnMut(&str);

/// The longest escape, of two surrogates, without its last letter.
const CUT_ESCAPE_BYTES_MAX: usize = 11;

pub(super) fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
}

/// Whether it seems to be JSON that was cut.
pub(super) fn is_piece(text: &str) -> bool {
    looks_like_json(text) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
}

/// The text without what is to be hidden; `path` is where the text itself stands.
pub(super) fn scan(text: &str, path: Vec<String>, hides: Hides<'_>, found: Found<'_>) -> String {
    let out = String::with_capacity(text.len());
    let mut scanner = Scanner { rest: text, out, path, open: Vec::new(), hides, found };
    while let Some(first) = scanner.rest.chars().next() {
        scanner.step(first);
    }
    scanner.out
}

struct Scanner<'a> {
    rest: &'a str,
    out: String,
    /// Where the next value stands.
    path: Vec<String>,
    open: Vec<Container>,
    hides: Hides<'a>,
    found: Found<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Array {
        index: usize,
    },
    /// Whether a key comes next.
    Object {
        before_key: bool,
    },
}

impl Scanner<'_> {
    fn step(&mut self, first: char) {
        match first {
            '}' | ']' => self.close(),
            ',' => self.next_one(),
            ':' => self.copy(1),
            _ if first.is_whitespace() => self.copy(first.len_utf8()),
            '"' if self.open.last() == Some(&Container::Object { before_key: true }) => self.key(),
            _ if !self.open.is_empty() && (self.hides)(&self.path) => self.hide(),
            '{' => self.enter(Container::Object { before_key: true }, String::new()),
            '[' => self.enter(Container::Array { index: 0 }, "0".to_owned()),
            '"' => self.string(),
            _ => self.copy(scalar(self.rest)),
        }
    }

    fn copy(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.out.push_str(taken);
        self.rest = rest;
    }

    fn enter(&mut self, container: Container, name: String) {
        self.open.push(container);
        self.path.push(name);
        self.copy(1);
    }

    fn close(&mut self) {
        if self.open.pop().is_some() {
            self.path.pop();
        }
        self.copy(1);
    }

    fn next_one(&mut self) {
        match self.open.last_mut() {
            Some(Container::Object { before_key }) => *before_key = true,
            Some(Container::Array { index }) => {
                *index += 1;
                let name = index.to_string();
                self.path.pop();
                self.path.push(name);
            }
            None => {}
        }
        self.copy(1);
    }

    fn key(&mut self) {
        let end = string(self.rest);
        let raw = &self.rest[..end];
        self.path.pop();
        self.path.push(serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned()));
        self.open.pop();
        self.open.push(Container::Object { before_key: false });
        self.copy(end);
    }

    fn hide(&mut self) {
        let (hidden, rest) = self.rest.split_at(value(self.rest));
        (self.found)(hidden);
        self.rest = rest;
        self.out.push_str(&quoted(REDACTED));
    }

    /// A string may have JSON in it.
    fn string(&mut self) {
        let end = string(self.rest);
        let raw = &self.rest[..end];
        if !raw.contains(['{', '[']) {
            return self.copy(end);
        }
        self.rest = &self.rest[end..];
        match decode(raw) {
            Some(text) if looks_like_json(&text) => {
                let mut shown = quoted(&scan(&text, self.path.clone(), self.hides, self.found));
                if !is_closed(raw) {
                    shown.pop();
                }
                self.out.push_str(&shown);
            }
            Some(_) => self.out.push_str(raw),
            None => self.out.push_str(&quoted(REDACTED)),
        }
    }
}

/// The texts and numbers in JSON that may have been cut, each with whether it was; not the names of fields.
pub(super) fn leaves(json: &str, found: &mut dyn FnMut(&str, bool)) {
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let bytes = match first {
            '"' => string(rest),
            _ if first.is_whitespace() || ",:[]{}".contains(first) => first.len_utf8(),
            _ => scalar(rest),
        };
        let (leaf, after) = rest.split_at(bytes);
        rest = after;
        match first {
            '"' if !after.trim_start().starts_with(':') => {
                decode(leaf).iter().for_each(|text| found(text, !is_closed(leaf)));
            }
            '0'..='9' | '-' => found(leaf, after.is_empty()),
            _ => {}
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What a string says; of one that was cut, what it says until there.
fn decode(raw: &str) -> Option<String> {
    if is_closed(raw) {
        return serde_json::from_str(raw).ok();
    }
    let shorter = (0..=CUT_ESCAPE_BYTES_MAX).filter_map(|less| raw.get(..raw.len().checked_sub(less)?));
    shorter.filter_map(|raw| serde_json::from_str(&format!("{raw}\"")).ok()).next()
}

fn is_closed(raw: &str) -> bool {
    raw.len() > 1 && string_end(raw).is_some()
}

/// How long the string is that the text begins with: to its end, or to that of the text.
fn string(text: &str) -> usize {
    string_end(text).unwrap_or(text.len())
}

fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return Some(index + 1),
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    None
}

/// How long the number or word is that the text begins with, whatever it is.
fn scalar(text: &str) -> usize {
    let end = |letter: char| letter.is_whitespace() || ",:]}[{\"".contains(letter);
    let first = text.chars().next().map_or(0, char::len_utf8);
    text[first..].find(end).map_or(text.len(), |length| first + length)
}

/// How long the value is that the text begins with, with all that lies in it.
fn value(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(first) = text[at..].chars().next() {
        match first {
            '"' => at += string(&text[at..]),
            '{' | '[' => (depth, at) = (depth + 1, at + 1),
            '}' | ']' => (depth, at) = (depth.saturating_sub(1), at + 1),
            _ if depth == 0 => at += scalar(&text[at..]),
            _ => at += first.len_utf8(),
        }
        if depth == 0 {
            break;
        }
    }
    at
}

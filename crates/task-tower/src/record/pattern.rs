//! A message without what differs from one failure to the next: numbers, ids, times, long quotations.

use std::iter::Peekable;
use std::str::CharIndices;

/// The longest pattern, in characters.
pub(crate) const PATTERN_CHARS_MAX: usize = 200;
/// How much of a message is looked at, in bytes.
const MESSAGE_BYTES_MAX: usize = 4_096;
/// A quotation that is longer than this, in characters, is a value.
const QUOTE_CHARS_MAX: usize = 24;
/// A word that is this long and has letters and digits is an id.
const ID_CHARS_MIN: usize = 16;
/// A word of hexadecimal digits that is this long is a number.
const HEX_CHARS_MIN: usize = 8;

/// Puts a word in place of each part of the message that varies: `<n>`, `<id>`, `<hex>`, `<time>`, `<text>`.
pub(crate) fn pattern(message: &str) -> String {
    let mut text = Pattern { message: beginning(message), pattern: String::new() };
    text.scan();
    text.pattern.trim_end().chars().take(PATTERN_CHARS_MAX).collect()
}

fn beginning(message: &str) -> &str {
    let mut end = message.len().min(MESSAGE_BYTES_MAX);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    &message[..end]
}

struct Pattern<'a> {
    message: &'a str,
    pattern: String,
}

impl Pattern<'_> {
    fn scan(&mut self) {
        let mut place = 0;
        while place < self.message.len() && self.pattern.len() < 4 * PATTERN_CHARS_MAX {
            place += self.step(&self.message[place..], self.message[..place].chars().next_back());
        }
    }

    /// Writes what the rest begins with, and returns how many bytes that was.
    fn step(&mut self, rest: &str, before: Option<char>) -> usize {
        let begins_word = !before.is_some_and(char::is_alphanumeric);
        if begins_word {
            for (measure, word) in [
                (time as fn(&str) -> usize, "<time>"),
                (uuid, "<id>"),
                (prefixed_hex, "<hex>"),
                (long_quote, "<text>"),
                (long_hex, "<hex>"),
                (long_id, "<id>"),
            ] {
                let bytes = measure(rest);
                if bytes > 0 {
                    self.pattern.push_str(word);
                    return bytes;
                }
            }
        }
        self.plain(rest)
    }

    fn plain(&mut self, rest: &str) -> usize {
        let first = rest.chars().next().unwrap_or_default();
        if first.is_ascii_digit() {
            self.pattern.push_str("<n>");
            return number(rest);
        }
        match first.is_whitespace() {
            true if self.pattern.is_empty() || self.pattern.ends_with(' ') => {}
            true => self.pattern.push(' '),
            false => self.pattern.push(first),
        }
        first.len_utf8()
    }
}

/// Digits, with points and commas between them.
fn number(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    let mut end = 0;
    while let Some((place, character)) = characters.next() {
        let goes_on = matches!(character, '.' | ',') && next_is_digit(&mut characters);
        if !character.is_ascii_digit() && !goes_on {
            break;
        }
        end = place + 1;
    }
    end
}

fn next_is_digit(characters: &mut Peekable<CharIndices<'_>>) -> bool {
    characters.peek().is_some_and(|(_, next)| next.is_ascii_digit())
}

/// A date by ISO 8601, with or without the time of day and the zone.
fn time(text: &str) -> usize {
    let date = shaped(text, "dddd-dd-dd");
    if date == 0 {
        return 0;
    }
    let separated = text[date..].starts_with(['T', ' ']);
    let clock = if separated { shaped(&text[date + 1..], "dd:dd") } else { 0 };
    if clock == 0 {
        return date;
    }
    let mut end = date + 1 + clock;
    end += shaped(&text[end..], ":dd");
    if text[end..].starts_with('.') {
        end += 1 + number(&text[end + 1..]);
    }
    end + zone(&text[end..])
}

fn zone(text: &str) -> usize {
    match text.strip_prefix(['Z', 'z']) {
        Some(_) => 1,
        None => shaped(text, "+dd:dd").max(shaped(text, "-dd:dd")),
    }
}

/// The length of the shape if the text begins with it: `d` is a digit, the rest itself.
fn shaped(text: &str, shape: &str) -> usize {
    let fits = |(found, wanted): (u8, u8)| if wanted == b'd' { found.is_ascii_digit() } else { found == wanted };
    let is_it = text.len() >= shape.len() && text.bytes().zip(shape.bytes()).all(fits);
    if is_it { shape.len() } else { 0 }
}

fn uuid(text: &str) -> usize {
    let mut end = 0;
    for (number, digits) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if number > 0 && !text[end..].starts_with('-') {
            return 0;
        }
        end += usize::from(number > 0);
        if run(&text[end..], |byte| byte.is_ascii_hexdigit()) != digits {
            return 0;
        }
        end += digits;
    }
    end
}

fn prefixed_hex(text: &str) -> usize {
    let digits = text.strip_prefix("0x").map_or(0, |digits| run(digits, |byte| byte.is_ascii_hexdigit()));
    if digits > 0 { 2 + digits } else { 0 }
}

fn long_hex(text: &str) -> usize {
    let word = word(text);
    let is_hex = word.len() >= HEX_CHARS_MIN && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && has_both(word) { word.len() } else { 0 }
}

/// A token, a key, a name of a machine's making.
fn long_id(text: &str) -> usize {
    let word = word(text);
    if word.len() >= ID_CHARS_MIN && has_both(word) { word.len() } else { 0 }
}

fn has_both(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit()) && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn word(text: &str) -> &str {
    &text[..run(text, |byte| byte.is_ascii_alphanumeric() || byte == b'_')]
}

fn run(text: &str, is_part: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| is_part(*byte)).count()
}

fn long_quote(text: &str) -> usize {
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`')) else { return 0 };
    let ends = text[1..].match_indices(quote).map(|(place, _)| 1 + place);
    let end = ends.into_iter().find(|end| !text[end + 1..].starts_with(char::is_alphanumeric));
    let is_long = |end: &usize| text[1..*end].chars().count() > QUOTE_CHARS_MAX;
    end.filter(is_long).map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_replaced_and_the_rest_stays() {
        let cases = [
            ("payment provider did not answer within 30 s", "payment provider did not answer within <n> s"),
            ("source is 81,000,000 px, limit is 64000000.", "source is <n> px, limit is <n>."),
            ("missing variable `discount_code`", "missing variable `discount_code`"),
            ("product 7781 is not present in \"products\"", "product <n> is not present in \"products\""),
            ("took 1.25s, took 900µs", "took <n>s, took <n>µs"),
            ("job 019323d4-7a01-7c55-b1de-0f2ac31ea3ff is gone", "job <id> is gone"),
            ("at 2026-11-24T14:32:00.123Z and 2026-11-24 14:32:00+01:00", "at <time> and <time>"),
            ("on 2026-11-24, at last", "on <time>, at last"),
            ("address 0xdeadBEEF, commit 9f86d081884c7d65", "address <hex>, commit <hex>"),
            ("key sk_live_51H8xYz2eZvKYlo2C", "key <id>"),
            ("worker17 on jobs-04", "worker<n> on jobs-<n>"),
            ("10.0.3.14:5432 refused", "<n>:<n> refused"),
            ("no such user: 'a name that is longer than any word of ours'", "no such user: <text>"),
            ("it doesn't, and he can't say why that is so", "it doesn't, and he can't say why that is so"),
            ("two\n  lines\tand a tab ", "two lines and a tab"),
            ("défaut numéro 5 – où ?", "défaut numéro <n> – où ?"),
            ("", ""),
        ];

        for (message, expected) in cases {
            assert_eq!(pattern(message), expected, "{message}");
        }
    }

    #[test]
    fn a_long_message_is_cut() {
        assert_eq!(pattern(&"é".repeat(100_000)).chars().count(), PATTERN_CHARS_MAX);
        assert_eq!(pattern(&"1 ".repeat(100_000)).chars().count(), PATTERN_CHARS_MAX);
    }

    #[test]
    fn any_text_at_all_has_a_pattern() {
        let pieces = ["0x", "-", "'", "\"", "é", "2026-11-24", "T", "1", "abcdef12", " ", ":", ".", "`", "\u{1f600}"];
        let mut dice = fastrand::Rng::with_seed(7);
        for _ in 0..20_000 {
            let text: String = (0..dice.usize(0..12)).map(|_| pieces[dice.usize(..pieces.len())]).collect();
            let once = pattern(&text);
            assert!(!once.contains(|character: char| character.is_ascii_digit()), "{text:?} is {once:?}");
        }
    }
}

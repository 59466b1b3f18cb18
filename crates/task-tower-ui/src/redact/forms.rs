//! What credentials look like in any text: addresses with a password, headers of logins, values behind the name of a
//! secret, keys and tokens that begin as those of well-known services do.

use std::ops::Range;

use super::REDACTED;
use super::keys::Keys;

/// How tokens begin that tell by themselves what they are.
const BEGINNINGS: [&str; 14] = [
    "AKIA",
    "AIza",
    "eyJ",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "pk_live_",
    "rk_live_",
    "sk_live_",
    "sk-",
    "xoxb-",
    "xoxp-",
];
/// What follows such a beginning, at least.
const TOKEN_BYTES_MIN: usize = 16;
/// A shorter word behind `Basic` is a word.
const LOGIN_BYTES_MIN: usize = 8;
/// The longest name of a secret.
const NAME_BYTES_MAX: usize = 64;
/// So many blanks may stand beside the sign between a name and its value.
const BLANKS_MAX: usize = 4;
/// `Some(Secret("…"))`: so deep a value may be wrapped.
const WRAPPERS_MAX: usize = 3;
/// What may stand around names and values: strings in strings have escaped ones.
const QUOTES: [char; 4] = ['"', '\'', '`', '\\'];
/// Values that are none.
const NO_VALUES: [&str; 6] = ["None", "null", "nil", "true", "false", "undefined"];

/// Where there are credentials, in their order. The text is read once: whatever is looked at twice has a limit.
pub(super) fn find(text: &str, keys: &Keys) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut place = 0;
    while place < text.len() {
        let secret = look(text, place, keys).filter(|range| !range.is_empty());
        place = secret.as_ref().map_or(place, |range| range.end - 1) + 1;
        found.extend(secret);
    }
    found
}

/// The same as regular expressions of PostgreSQL for text in lowercase, also as it stands in JSON. They fit more than is
/// found here. Values behind names are not among them: the names tell.
pub(super) fn patterns() -> Vec<String> {
    const AUTHORITY: &str = "[^[:space:]/?#\"'`<>\\\\]*";
    const TOKEN: &str = "[a-z0-9._~+/=-]";
    let begins = BEGINNINGS.map(str::to_ascii_lowercase).join("|");
    vec![
        format!("://{AUTHORITY}:{AUTHORITY}@"),
        format!("bearer {TOKEN}"),
        format!("basic {TOKEN}{{{LOGIN_BYTES_MIN}}}"),
        "private key-----".to_owned(),
        format!("(^|[^a-z0-9_]|\\\\[bfnrt]|\\\\u[0-9a-f]{{4}})({begins}){TOKEN}{{{TOKEN_BYTES_MIN}}}"),
    ]
}

fn look(text: &str, place: usize, keys: &Keys) -> Option<Range<usize>> {
    match text.as_bytes()[place] {
        b':' if text[place..].starts_with("://") => password(text, place + 3),
        b':' | b'=' => assigned(text, place, keys),
        b'-' if text[place..].starts_with("-----BEGIN ") => private_key(text, place),
        first if first.is_ascii_alphabetic() && begins_word(text, place) => word(text, place),
        _ => None,
    }
}

fn begins_word(text: &str, place: usize) -> bool {
    let before = text.as_bytes()[..place].last();
    before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
}

/// `postgres://user:password@host`
fn password(text: &str, host: usize) -> Option<Range<usize>> {
    let is_end = |byte: u8| byte.is_ascii_whitespace() || b"/?#\"'`<>\\".contains(&byte);
    let authority = &text[host..host + run(&text[host..], |byte| !is_end(byte))];
    let at = authority.rfind('@')?;
    let colon = authority[..at].find(':')?;
    unless_hidden(text, host + colon + 1..host + at)
}

/// `Bearer …`, `Basic …`, or a token that begins like one.
fn word(text: &str, place: usize) -> Option<Range<usize>> {
    let rest = &text[place..];
    if let Some(token) = behind("bearer ", rest) {
        return unless_hidden(text, text.len() - token.len()..text.len() - token.len() + run(token, is_token));
    }
    if let Some(login) = behind("basic ", rest) {
        let length = run(login, is_token);
        let begin = text.len() - login.len();
        return (length >= LOGIN_BYTES_MIN && is_encoded(&login[..length])).then_some(begin..begin + length);
    }
    let beginning = BEGINNINGS.iter().find(|beginning| rest.starts_with(**beginning))?;
    let length = run(rest, is_token);
    (length >= beginning.len() + TOKEN_BYTES_MIN).then_some(place..place + length)
}

fn behind<'a>(word: &str, text: &'a str) -> Option<&'a str> {
    let (begin, rest) = (text.get(..word.len())?, &text[word.len()..]);
    begin.eq_ignore_ascii_case(word).then_some(rest)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}

/// Of a machine's making: a word has no capitals within, and no digits.
fn is_encoded(word: &str) -> bool {
    word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'=')
}

fn private_key(text: &str, place: usize) -> Option<Range<usize>> {
    let header = &text[place..][..boundary(&text[place..], NAME_BYTES_MAX)];
    let begin = header.find("PRIVATE KEY-----").map(|end| place + end + "PRIVATE KEY-----".len())?;
    unless_hidden(text, begin..text[begin..].find("-----END").map_or(text.len(), |end| begin + end))
}

/// What stands behind the name of a secret and a `=` or `:`. Behind a colon a word may be a sentence that goes on
/// ("invalid token: expected …"), so there it is a value only in quotes, with a digit, or if the name leaves no doubt.
fn assigned(text: &str, sign: usize, keys: &Keys) -> Option<Range<usize>> {
    let (name, name_is_quoted) = name(&text[..sign])?;
    let rest = text[sign..].strip_prefix("=>").or_else(|| text.get(sign + 1..))?;
    // Part of a path in code, or a comparison.
    if rest.starts_with([':', '=']) || !keys.hides(name) {
        return None;
    }
    let value = unwrapped(without_blanks(rest));
    if value.trim_start_matches(QUOTES).starts_with(REDACTED) {
        return None;
    }
    let begin = text.len() - value.len();
    if let Some(quoted) = quoted(value) {
        return Some(begin + quoted.start..begin + quoted.end);
    }
    let is_login = super::keys::plain(name).contains("authorization");
    let is_end = |byte: u8| byte.is_ascii_whitespace() || b",;&)}]\"'<>|\\".contains(&byte);
    let length = run(value, |byte| if is_login { !b"\r\n\"'\\".contains(&byte) } else { !is_end(byte) });
    let word = &value[..length];
    let is_value = text.as_bytes()[sign] == b'='
        || name_is_quoted
        || is_login
        || name.to_ascii_lowercase().contains("pass")
        || word.bytes().any(|byte| byte.is_ascii_digit());
    (is_value && !NO_VALUES.contains(&word)).then_some(begin..begin + length)
}

/// The name that a text ends with, and whether it is in quotes.
fn name(text: &str) -> Option<(&str, bool)> {
    let blanks = run_back(text, |byte| byte == b' ').min(BLANKS_MAX);
    let text = &text[..text.len() - blanks];
    let bare = text.trim_end_matches(QUOTES);
    let is_quoted = bare.len() < text.len();
    let length = run_back(bare, |byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    (1..=NAME_BYTES_MAX).contains(&length).then(|| (&bare[bare.len() - length..], is_quoted))
}

fn without_blanks(text: &str) -> &str {
    &text[run(text, |byte| byte == b' ').min(BLANKS_MAX)..]
}

/// Without `Some(` and the like.
fn unwrapped(text: &str) -> &str {
    let mut text = text;
    for _ in 0..WRAPPERS_MAX {
        let name =
            run(&text[..boundary(text, NAME_BYTES_MAX)], |byte| byte.is_ascii_alphanumeric() || b"_:".contains(&byte));
        match text[name..].strip_prefix('(') {
            Some(inner) if name > 0 => text = inner,
            _ => break,
        }
    }
    text
}

fn boundary(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0)
}

/// The inside of the string that a text begins with, up to the end of the line: its quotes may be escaped themselves.
fn quoted(text: &str) -> Option<Range<usize>> {
    let slashes = run(text, |byte| byte == b'\\');
    let quote = *text.as_bytes().get(slashes).filter(|quote| b"\"'`".contains(quote))?;
    let begin = slashes + 1;
    let mut escapes = 0;
    for (place, byte) in text.bytes().enumerate().skip(begin) {
        match byte {
            b'\\' => escapes += 1,
            _ if byte == quote && escapes == slashes => return Some(begin..place - slashes),
            b'\n' => return Some(begin..place),
            _ => escapes = 0,
        }
    }
    Some(begin..text.len())
}

fn unless_hidden(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let is_hidden = text[range.start..].starts_with(REDACTED);
    (!is_hidden && !range.is_empty()).then_some(range)
}

fn run(text: &str, is_part: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|byte| !is_part(byte)).unwrap_or(text.len())
}

fn run_back(text: &str, is_part: impl Fn(u8) -> bool) -> usize {
    text.bytes().rev().position(|byte| !is_part(byte)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str) -> Vec<&str> {
        find(text, &Keys::usual()).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn credentials_are_found_in_the_forms_in_which_programs_tell_them() {
        for text in [
            "connect to postgres://shop:hunter2@db:5432/shop?x=1 failed",
            "redis://:hunter2@cache",
            "sent bearer hunter2, got 401",
            "host=db password=hunter2 user=shop",
            "GET /x?api_key=hunter2&user=ana",
            "Config { user: \"ana\", password: \"hunter2\", port: 1 }",
            "Config { token: Some(\"hunter2\"), access_key: None }",
            "{\"password\":\"hunter2\",\"user\":\"ana\"}",
            "body: \"{\\\"password\\\": \\\"hunter2\\\", \\\"user\\\": 1}\"",
            "password: hunter2",
            "client-secret => 'hunter2'",
            "--api-key=hunter2 --user=ana",
            "token: hunter2)",
        ] {
            assert_eq!(hidden(text), ["hunter2"], "{text}");
        }
        assert_eq!(hidden("Proxy-Authorization: Digest a=b, c=d\nnext"), ["Digest a=b, c=d"]);
        assert_eq!(hidden("Authorization: Bearer hunter2"), ["Bearer hunter2"]);
        assert_eq!(hidden("Basic YW5hOmh1bnRlcjI= x"), ["YW5hOmh1bnRlcjI="]);
        assert_eq!(hidden("key sk_live_51H8xYz2eZvKYlo2C."), ["sk_live_51H8xYz2eZvKYlo2C."]);
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
        assert_eq!(hidden(key), ["\nMIIE\n"]);
        assert_eq!(hidden("password=\"open\nnext"), ["open"]);
    }

    #[test]
    fn what_only_looks_a_little_like_it_is_left_alone() {
        for text in [
            "unexpected token: expected identifier",
            "at src/token.rs:118:5, shop::token::parse2 at line 7",
            "Basic authentication is needed, Basic Authentication",
            "https://example.org:8080/a@b and http://[::1]:80/",
            "the secret is out: nobody knows",
            "password=[redacted] token: \"[redacted]\" Bearer [redacted]",
            "password: None, token=null",
            "if token == other",
            "user=ana id: 5",
            "é=ü: ://",
            "skate-board eyJ sk- AKIA",
            "=:=:==>:",
        ] {
            assert_eq!(hidden(text), [""; 0], "{text}");
        }
    }
}

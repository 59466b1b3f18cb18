//! The secrets of one job: they are gathered while its data is hidden, and masked in whatever else is told of the job.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;
use task_tower::{Failure, JobRecord, LogLine};

use super::finder::{Finder, push};
use super::keys::Keys;
use super::{REDACTED, forms, scanner};

/// A shorter value is not looked for: `1` or `admin` would hide half of every text.
pub(super) const SECRET_BYTES_MIN: usize = 6;
/// The most that is looked for of one job. With more, none of its texts is shown.
pub(super) const SECRETS_BYTES_MAX: usize = 128 * 1024;
/// Of a secret of many lines, such as a key, each is one that is so long.
const LINE_BYTES_MIN: usize = 16;
/// What stands behind a text that the worker has cut.
const CUTS: [&str; 2] = [" … (cut)", "…"];

/// What the data of a job hides, while it is being hidden.
#[derive(Default)]
pub(super) struct Gatherer {
    /// Each with whether only its beginning is known.
    words: BTreeSet<(String, bool)>,
    bytes: usize,
}

/// What no text of a job may tell.
pub(crate) struct Secrets {
    finder: Finder,
    /// By the names of which credentials are found in texts; `None` where they may be told.
    keys: Option<Arc<Keys>>,
    /// Whether there are more than are looked for.
    is_full: bool,
}

impl Gatherer {
    /// All texts and numbers in a value.
    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::Object(fields) => fields.values().for_each(|value| self.value(value)),
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::String(text) => self.text(text),
            Value::Number(number) => self.word(&number.to_string(), false),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.word(text, false);
        if scanner::looks_like_json(text) {
            self.json(text);
        }
    }

    /// The same of JSON as it is written, which may have been cut.
    pub(super) fn json(&mut self, json: &str) {
        scanner::leaves(json, &mut |text, is_cut| self.word(text, is_cut));
    }

    /// What a function of the host's own has hidden.
    pub(super) fn difference(&mut self, stored: &Value, shown: &Value) {
        match (stored, shown) {
            (Value::Object(stored), Value::Object(shown)) => {
                let pairs = stored.iter().map(|(name, value)| (value, shown.get(name).unwrap_or(&Value::Null)));
                pairs.for_each(|(stored, shown)| self.difference(stored, shown));
            }
            (Value::Array(stored), Value::Array(shown)) => {
                let shown = shown.iter().chain(std::iter::repeat(&Value::Null));
                stored.iter().zip(shown).for_each(|(stored, shown)| self.difference(stored, shown));
            }
            _ if stored == shown => {}
            _ => self.value(stored),
        }
    }

    /// A secret, also as it stands in JSON, in addresses, and line by line.
    fn word(&mut self, text: &str, is_cut: bool) {
        let text = text.trim();
        if text.len() < SECRET_BYTES_MIN || text == REDACTED || self.is_full() {
            return;
        }
        self.add(text, is_cut);
        if self.is_full() {
            return;
        }
        let lines = text.lines().map(str::trim).filter(|line| line.len() >= LINE_BYTES_MIN && line.len() < text.len());
        lines.for_each(|line| self.add(line, false));
        [escaped(text), encoded(text)].iter().filter(|form| *form != text).for_each(|form| self.add(form, is_cut));
    }

    fn add(&mut self, word: &str, is_cut: bool) {
        if !self.is_full() && self.words.insert((word.to_owned(), is_cut)) {
            self.bytes += word.len();
        }
    }

    fn is_full(&self) -> bool {
        self.bytes > SECRETS_BYTES_MAX
    }

    /// With `keys`, credentials in texts are hidden as well.
    pub(super) fn finish(self, keys: Option<Arc<Keys>>) -> Secrets {
        let is_full = self.is_full();
        let words = self.words.iter().filter(|(word, _)| word.len() <= SECRETS_BYTES_MAX);
        Secrets { finder: Finder::new(words.map(|(word, is_cut)| (word.as_str(), *is_cut))), keys, is_full }
    }
}

/// As it is written in JSON, and by programs that print for programmers.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As it is written in addresses.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => encoded.push(char::from(byte)),
            false => write!(encoded, "%{byte:02X}").expect("a String can always be written to"),
        }
    }
    encoded
}

impl Secrets {
    /// A text that belongs to the job, be it a line of its log or a whole report, without its secrets, and without what
    /// looks like credentials. A secret that has fewer than six bytes is not looked for.
    ///
    /// The text is read from its beginning to its end, however many secrets there are.
    pub(crate) fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.is_full && !text.is_empty() {
            true => Cow::Borrowed(REDACTED),
            false => self.masked(text, cut(text)),
        }
    }

    /// A line that the job has logged.
    pub(crate) fn mask_line(&self, line: &mut LogLine) {
        self.write(&mut line.target);
        self.write(&mut line.message);
    }

    /// Whether a secret stands in a text.
    pub(super) fn is_told_by(&self, text: &str) -> bool {
        self.is_full || !self.finder.find(text, cut(text), SECRET_BYTES_MIN).is_empty()
    }

    fn masked<'a>(&self, text: &'a str, cut: Option<usize>) -> Cow<'a, str> {
        let mut places = self.finder.find(text, cut, SECRET_BYTES_MIN);
        if let Some(keys) = &self.keys {
            places.extend(forms::find(text, keys));
            places.sort_unstable_by_key(|place| place.end);
        }
        replaced(text, places)
    }

    /// The texts of a job whose data is hidden already, and what its secrets are repeated by in that.
    pub(super) fn mask_job(&self, job: &mut JobRecord) {
        let names = [&mut job.display_name, &mut job.unique_key, &mut job.reason];
        names.into_iter().flatten().chain(&mut job.tags).for_each(|text| self.write(text));
        let told = job.progress.as_mut().and_then(|progress| progress.text.as_mut());
        told.into_iter().for_each(|text| self.write(text));
        for event in &mut job.events {
            event.note.iter_mut().for_each(|note| self.write(note));
            event.error.iter_mut().for_each(|error| self.mask_failure(error));
        }
        let data = [Some(&mut job.payload), job.context.as_mut(), job.result.as_mut()];
        data.into_iter().flatten().for_each(|value| self.mask_value(value));
    }

    fn mask_failure(&self, failure: &mut Failure) {
        let texts = [&mut failure.class, &mut failure.message];
        texts.into_iter().chain(&mut failure.details).for_each(|text| self.write(text));
    }

    fn write(&self, text: &mut String) {
        let masked = self.mask(text);
        if masked != text.as_str() {
            *text = masked.into_owned();
        }
    }

    /// What is left of a payload, a context or a result. An object that has a secret for the name of a field is hidden
    /// as a whole: with another name, the field could not be written back.
    pub(super) fn mask_value(&self, value: &mut Value) {
        let tells = |text: &str| matches!(self.masked(text, None), Cow::Owned(_));
        match value {
            Value::Object(fields) if fields.keys().any(|name| tells(name)) => *value = REDACTED.into(),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.mask_value(value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_value(item)),
            Value::String(text) => {
                // The beginning of a payload, as a list carries it, may end anywhere.
                let cut = if scanner::is_piece(text) { Some(text.len()) } else { cut(text) };
                if let Cow::Owned(masked) = self.masked(text, cut) {
                    *text = masked;
                }
            }
            Value::Number(number) if self.masked(&number.to_string(), None) == REDACTED => *value = REDACTED.into(),
            _ => {}
        }
    }
}

/// Where a text was cut, if it was.
fn cut(text: &str) -> Option<usize> {
    CUTS.iter().find_map(|sign| text.strip_suffix(sign)).map(str::len)
}

/// `places` are in the order of their ends.
fn replaced(text: &str, places: Vec<Range<usize>>) -> Cow<'_, str> {
    let mut hidden = Vec::new();
    places.into_iter().for_each(|place| push(&mut hidden, place));
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut masked, mut shown) = (String::with_capacity(text.len()), 0);
    for place in hidden {
        masked.push_str(&text[shown..place.start]);
        masked.push_str(REDACTED);
        shown = place.end;
    }
    masked.push_str(&text[shown..]);
    Cow::Owned(masked)
}

/// How much they are, never what they are.
impl fmt::Debug for Secrets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Secrets").field("is_full", &self.is_full).finish_non_exhaustive()
    }
}

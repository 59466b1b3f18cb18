//! What of a job's data nobody sees on the dashboard. Applied in one place, before anything is rendered.

mod scanner;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use task_tower::{JobRecord, Suggestion};

use crate::access::covers;

/// Stands where something is not shown.
const REDACTED: &str = "[redacted]";

/// What the name of a secret has in it, once it is lowercase and without anything but letters and digits.
const KEYS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "apikey",
    "credential",
    "privatekey",
    "cardnumber",
    "cvv",
    "cvc",
    "securitycode",
    "accesskey",
];

type Hook = Arc<dyn Fn(&str, &mut Value) + Send + Sync>;

/// What of payloads, contexts and results the dashboard does not show.
///
/// By default every value whose key looks like a secret's is replaced by `[redacted]`, however deep it lies: one
/// with `password`, `passwd`, `passphrase`, `secret`, `token`, `authorization`, `api_key`, `access_key`, `private_key`,
/// `credential`, `card_number`, `security_code`, `cvv` or `cvc` in it, whatever its case, and however its words are joined.
/// JSON inside of strings is searched as well.
///
/// ```
/// use serde_json::json;
/// use task_tower_ui::Redact;
///
/// let redact = Redact::default().key("iban").show("tokens_used").path("send_mail", "to.*.address");
/// let mut mail = json!({ "to": [{ "name": "Ana", "address": "ana@example.org" }], "smtpPassword": "x", "tokens_used": 3 });
///
/// redact.value("send_mail", &mut mail);
///
/// let shown = json!({
///     "to": [{ "name": "Ana", "address": "[redacted]" }], "smtpPassword": "[redacted]", "tokens_used": 3
/// });
/// assert_eq!(mail, shown);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Redact {
    keys: Vec<String>,
    shown: Vec<String>,
    paths: Vec<Place>,
    hooks: Vec<Hook>,
}

#[derive(Clone, Debug)]
struct Place {
    kind: String,
    path: Vec<String>,
}

impl Default for Redact {
    fn default() -> Self {
        KEYS.into_iter().fold(Self::nothing(), Self::key)
    }
}

impl Redact {
    /// Hides nothing at all.
    pub fn nothing() -> Self {
        Self { keys: Vec::new(), shown: Vec::new(), paths: Vec::new(), hooks: Vec::new() }
    }

    /// Hides what stands under every key with this in its name.
    ///
    /// # Panics
    ///
    /// If the name has neither letters nor digits, since every key has that in its name.
    pub fn key(mut self, name: impl AsRef<str>) -> Self {
        let name = plain(name.as_ref());
        assert!(!name.is_empty(), "a key to redact needs a letter or a digit");
        self.keys.push(name);
        self
    }

    /// Shows what stands under exactly this key, whatever it has in its name.
    pub fn show(mut self, key: impl AsRef<str>) -> Self {
        self.shown.push(plain(key.as_ref()));
        self
    }

    /// Hides one place in the data of a kind: keys and positions, joined by dots; a star for any of them.
    ///
    /// `kind` may be the beginning of a name with a star behind it.
    pub fn path(mut self, kind: impl Into<String>, path: impl AsRef<str>) -> Self {
        self.paths.push(Place { kind: kind.into(), path: path.as_ref().split('.').map(str::to_owned).collect() });
        self
    }

    /// Lets a function of your own change what is shown: it gets the kind, and a payload, context or result.
    ///
    /// A list carries only the beginning of a long payload, which no function can read: with one, such beginnings
    /// are not shown, and the filter box suggests no fields of payloads.
    pub fn by(mut self, hook: impl Fn(&str, &mut Value) + Send + Sync + 'static) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// The job as it may be shown.
    #[must_use]
    pub fn job(&self, mut job: JobRecord) -> JobRecord {
        let data = [Some(&mut job.payload), job.context.as_mut(), job.result.as_mut()];
        data.into_iter().flatten().for_each(|value| self.value(&job.kind, value));
        job
    }

    /// Hides what is to be hidden in a payload, context or result of a job of this kind.
    pub fn value(&self, kind: &str, value: &mut Value) {
        let is_piece = value.as_str().is_some_and(scanner::is_piece);
        self.walk(kind, &mut Vec::new(), value);
        if is_piece && !self.hooks.is_empty() {
            *value = REDACTED.into();
        }
        self.hooks.iter().for_each(|hook| hook(kind, value));
    }

    fn walk(&self, kind: &str, path: &mut Vec<String>, value: &mut Value) {
        if self.hides(kind, path) {
            *value = REDACTED.into();
            return;
        }
        match value {
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(key, value)| self.step(kind, path, key.clone(), value));
            }
            Value::Array(items) => {
                items.iter_mut().enumerate().for_each(|(index, item)| self.step(kind, path, index.to_string(), item));
            }
            Value::String(text) if scanner::looks_like_json(text) => {
                *text = scanner::scan(text, path.clone(), &|path| self.hides(kind, path));
            }
            _ => {}
        }
    }

    fn step(&self, kind: &str, path: &mut Vec<String>, name: String, value: &mut Value) {
        path.push(name);
        self.walk(kind, path, value);
        path.pop();
    }

    fn hides(&self, kind: &str, path: &[String]) -> bool {
        path.last().is_some_and(|key| self.hides_key(key)) || self.paths.iter().any(|place| place.is(kind, path))
    }

    /// Whether a term of a filter asks for something that is hidden, of whatever kind: `args.card.number`.
    pub(crate) fn hides_term(&self, key: &str) -> bool {
        let Some(path) = key.strip_prefix("args.") else { return false };
        let mut is_quoted = false;
        let names = path.split(|letter| {
            is_quoted ^= letter == '"';
            letter == '.' && !is_quoted
        });
        self.hides_field(&names.map(|name| name.trim_matches('"').to_owned()).collect::<Vec<_>>())
    }

    /// Whether a suggestion tells of something that is hidden, of whatever kind. What functions hide nobody knows
    /// beforehand: with one, nothing of payloads is suggested.
    pub(crate) fn hides_suggestion(&self, suggestion: &Suggestion) -> bool {
        let Some(path) = &suggestion.path else { return false };
        let is_secret = |value: &Value| value.as_str().is_some_and(|text| self.hides_in_text(path, text));
        !self.hooks.is_empty() || self.hides_field(path) || suggestion.value.as_ref().is_some_and(is_secret)
    }

    fn hides_in_text(&self, path: &[String], text: &str) -> bool {
        scanner::looks_like_json(text) && scanner::scan(text, path.to_vec(), &|path| self.hides_field(path)) != text
    }

    /// In payloads of whatever kind.
    fn hides_field(&self, path: &[String]) -> bool {
        let is_place = |place: &Place| (1..=path.len()).any(|depth| place.is_at(&path[..depth]));
        path.iter().any(|name| self.hides_key(name)) || self.paths.iter().any(is_place)
    }

    fn hides_key(&self, key: &str) -> bool {
        let key = plain(key);
        self.keys.iter().any(|secret| key.contains(secret)) && !self.shown.contains(&key)
    }
}

/// Whether something in it is not shown, so that it is no longer what the job has.
pub(crate) fn is_redacted(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(REDACTED),
        Value::Array(items) => items.iter().any(is_redacted),
        Value::Object(fields) => fields.values().any(is_redacted),
        _ => false,
    }
}

impl Place {
    fn is(&self, kind: &str, path: &[String]) -> bool {
        covers(&self.kind, kind) && self.is_at(path)
    }

    fn is_at(&self, path: &[String]) -> bool {
        self.path.len() == path.len()
            && self.path.iter().zip(path).all(|(wanted, name)| wanted == "*" || wanted == name)
    }
}

/// `API-Key`, `api_key` and `apiKey` are one.
fn plain(key: &str) -> String {
    key.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl fmt::Debug for Redact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { keys, shown, paths, hooks } = self;
        let mut shape = out.debug_struct("Redact");
        shape.field("keys", keys).field("shown", shown).field("paths", paths).field("hooks", &hooks.len()).finish()
    }
}

#[cfg(test)]
mod tests;

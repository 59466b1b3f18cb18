//! What of a job's data nobody sees on the dashboard. Applied in one place, before anything is rendered.

mod asked;
mod audit;
mod finder;
mod forms;
mod group;
mod keys;
mod parts;
mod recurring;
mod scanner;
mod secrets;

pub(crate) use parts::Refused;
pub(crate) use secrets::Secrets;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use task_tower::JobRecord;

use crate::access::covers;
use keys::Keys;
use secrets::Gatherer;

/// Stands where something is not shown.
pub(crate) const REDACTED: &str = "[redacted]";

type Hook = Arc<dyn Fn(&str, &mut Value) + Send + Sync>;

/// What of jobs the dashboard does not show.
///
/// By default every value of a payload, a context or a result whose key looks like a secret's is replaced by
/// `[redacted]`, however deep it lies: one with `password`, `passwd`, `passphrase`, `secret`, `token`, `authorization`,
/// `api_key`, `access_key`, `private_key`, `credential`, `card_number`, `security_code`, `cvv` or `cvc` in it, whatever
/// its case, and however its words are joined. JSON inside of strings is searched as well.
///
/// What is hidden in a job is hidden in everything else that is told of it: in the rest of its data, the messages and
/// details of its failures, notes, tags, its unique key and its display name. Values of fewer than six bytes are not
/// looked for there, since they would be found everywhere. Of a job that has more than 128 KiB of them, no text is shown.
/// Credentials in these texts are hidden wherever they come from; see [`credentials`](Redact::credentials).
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
    keys: Arc<Keys>,
    paths: Vec<Place>,
    hooks: Vec<Hook>,
    credentials: bool,
}

#[derive(Clone, Debug)]
struct Place {
    kind: String,
    path: Vec<String>,
}

impl Default for Redact {
    fn default() -> Self {
        Self { keys: Arc::new(Keys::usual()), credentials: true, ..Self::nothing() }
    }
}

impl Redact {
    /// Hides nothing at all.
    pub fn nothing() -> Self {
        Self { keys: Arc::default(), paths: Vec::new(), hooks: Vec::new(), credentials: false }
    }

    /// Hides what stands under every key with this in its name.
    ///
    /// # Panics
    ///
    /// If the name has neither letters nor digits, since every key has that in its name.
    pub fn key(mut self, name: impl AsRef<str>) -> Self {
        assert!(Arc::make_mut(&mut self.keys).hide(name.as_ref()), "a key to redact needs a letter or a digit");
        self
    }

    /// Shows what stands under exactly this key, whatever it has in its name.
    pub fn show(mut self, key: impl AsRef<str>) -> Self {
        Arc::make_mut(&mut self.keys).show(key.as_ref());
        self
    }

    /// Whether texts are searched for credentials: passwords in addresses (`postgres://ana:…@db`), what follows `Bearer`
    /// and `Basic`, values behind the name of a secret (`password=…`, `"api_key": "…"`), private keys, and tokens that
    /// begin as those of well-known services do. They are by default, and are not after [`nothing`](Redact::nothing).
    pub fn credentials(mut self, hide: bool) -> Self {
        self.credentials = hide;
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
    pub fn job(&self, job: JobRecord) -> JobRecord {
        self.job_and_secrets(job).0
    }

    /// The same, and what hides its secrets in texts that are kept elsewhere.
    pub(crate) fn job_and_secrets(&self, mut job: JobRecord) -> (JobRecord, Secrets) {
        let mut gatherer = Gatherer::default();
        let data = [Some(&mut job.payload), job.context.as_mut(), job.result.as_mut()];
        data.into_iter().flatten().for_each(|value| self.hide(&job.kind, value, &mut gatherer));
        let secrets = gatherer.finish(self.keys_of_texts());
        secrets.mask_job(&mut job);
        (job, secrets)
    }

    fn hides_nothing(&self) -> bool {
        self.keys.is_empty() && self.paths.is_empty() && self.hooks.is_empty() && !self.credentials
    }

    fn keys_of_texts(&self) -> Option<Arc<Keys>> {
        self.credentials.then(|| self.keys.clone())
    }

    /// Hides what is to be hidden in a payload, context or result of a job of this kind.
    pub fn value(&self, kind: &str, value: &mut Value) {
        let mut gatherer = Gatherer::default();
        self.hide(kind, value, &mut gatherer);
        gatherer.finish(self.keys_of_texts()).mask_value(value);
    }

    fn hide(&self, kind: &str, value: &mut Value, gatherer: &mut Gatherer) {
        let is_piece = value.as_str().is_some_and(scanner::is_piece);
        self.walk(kind, &mut Vec::new(), value, gatherer);
        if is_piece && !self.hooks.is_empty() {
            *value = REDACTED.into();
        }
        for hook in &self.hooks {
            let stored = value.clone();
            hook(kind, value);
            gatherer.difference(&stored, value);
        }
    }

    fn walk(&self, kind: &str, path: &mut Vec<String>, value: &mut Value, gatherer: &mut Gatherer) {
        if self.hides(kind, path) {
            gatherer.value(value);
            *value = REDACTED.into();
            return;
        }
        match value {
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(key, value)| self.step(kind, path, key.clone(), value, gatherer));
            }
            Value::Array(items) => {
                let items = items.iter_mut().enumerate();
                items.for_each(|(index, item)| self.step(kind, path, index.to_string(), item, gatherer));
            }
            Value::String(text) if scanner::looks_like_json(text) => {
                let hides = |path: &[String]| self.hides(kind, path);
                *text = scanner::scan(text, path.clone(), &hides, &mut |json| gatherer.json(json));
            }
            _ => {}
        }
    }

    fn step(&self, kind: &str, path: &mut Vec<String>, name: String, value: &mut Value, gatherer: &mut Gatherer) {
        path.push(name);
        self.walk(kind, path, value, gatherer);
        path.pop();
    }

    fn hides(&self, kind: &str, path: &[String]) -> bool {
        path.last().is_some_and(|key| self.keys.hides(key)) || self.paths.iter().any(|place| place.is(kind, path))
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

/// The same of tags.
pub(crate) fn is_any_redacted(tags: &[String]) -> bool {
    tags.iter().any(|tag| tag.contains(REDACTED))
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

impl fmt::Debug for Redact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { keys, paths, hooks, credentials } = self;
        let mut shape = out.debug_struct("Redact");
        shape.field("keys", keys).field("paths", paths).field("hooks", &hooks.len());
        shape.field("credentials", credentials).finish()
    }
}

#[cfg(test)]
mod tests;

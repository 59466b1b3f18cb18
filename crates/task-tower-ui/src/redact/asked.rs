//! What may be asked for: nobody guesses what is hidden by a filter, and nothing hidden is suggested for one.

use std::sync::Arc;

use serde_json::Value;
use task_tower::{Console, Suggestion};

use super::secrets::Gatherer;
use super::{Place, REDACTED, Redact, scanner};

impl Redact {
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
        let Some(path) = &suggestion.path else { return suggestion.text.contains(REDACTED) };
        let is_secret = |value: &Value| value.as_str().is_some_and(|text| self.hides_in_text(path, text));
        let is_hidden = suggestion.text.contains(REDACTED) || self.hides_field(path);
        !self.hooks.is_empty() || is_hidden || suggestion.value.as_ref().is_some_and(is_secret)
    }

    /// The console, of which suggestions tell no secrets of single jobs either.
    pub(crate) fn on(self: &Arc<Self>, console: &Console) -> Console {
        let redact = self.clone();
        match self.hides_nothing() {
            true => console.clone(),
            false => console.hiding(move |kind, payload, tags| redact.sample(kind, payload, tags)),
        }
    }

    fn sample(&self, kind: &str, payload: &mut Value, tags: &mut Vec<String>) {
        let mut gatherer = Gatherer::default();
        self.hide(kind, payload, &mut gatherer);
        let secrets = gatherer.finish(self.keys_of_texts());
        secrets.mask_value(payload);
        tags.retain(|tag| secrets.mask(tag) == tag.as_str());
    }

    fn hides_in_text(&self, path: &[String], text: &str) -> bool {
        let hides = |path: &[String]| self.hides_field(path);
        scanner::looks_like_json(text) && scanner::scan(text, path.to_vec(), &hides, &mut |_| {}) != text
    }

    /// In payloads of whatever kind.
    fn hides_field(&self, path: &[String]) -> bool {
        let is_place = |place: &Place| (1..=path.len()).any(|depth| place.is_at(&path[..depth]));
        path.iter().any(|name| self.keys.hides(name)) || self.paths.iter().any(is_place)
    }
}

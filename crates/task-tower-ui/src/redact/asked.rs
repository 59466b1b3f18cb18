//! What may be asked for: nobody guesses what is hidden by a filter, and nothing hidden is suggested for one.

use serde_json::Value;
use task_tower::Suggestion;

use super::{Place, Redact, scanner};

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
        let Some(path) = &suggestion.path else { return false };
        let is_secret = |value: &Value| value.as_str().is_some_and(|text| self.hides_in_text(path, text));
        !self.hooks.is_empty() || self.hides_field(path) || suggestion.value.as_ref().is_some_and(is_secret)
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

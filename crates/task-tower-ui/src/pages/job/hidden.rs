//! What a form shows as hidden, and must not be written down as the words that stand there instead.

use serde_json::Value;
use task_tower::JobDraft;

use super::fields::Faults;
use crate::look::REDACTED;
use crate::messages::Messages;

/// So many hidden values are named.
const HIDDEN_NAMED: usize = 10;

/// What of a new job still stands there as it was shown: what nobody was shown cannot be meant.
pub(in crate::pages) fn still_hidden(draft: &JobDraft, m: Messages) -> Faults {
    let payload = hidden(&draft.payload);
    let payload = (!payload.is_empty()).then(|| ("payload", m.form_still_hidden(payload.join(", "))));
    let tag = draft.tags.iter().find(|tag| tag.contains(REDACTED));
    payload.into_iter().chain(tag.map(|tag| ("tags", m.form_still_hidden(tag)))).collect()
}

/// The paths to what is not shown, at most [`HIDDEN_NAMED`].
pub(in crate::pages) fn hidden(value: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    search(value, "", &mut paths);
    paths.truncate(HIDDEN_NAMED);
    paths
}

fn search(value: &Value, path: &str, paths: &mut Vec<String>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::String(text) if text.contains(REDACTED) && path.is_empty() => paths.push("payload".to_owned()),
        Value::String(text) if text.contains(REDACTED) => paths.push(path.to_owned()),
        Value::Object(fields) => {
            for (name, value) in fields {
                match name.contains(REDACTED) {
                    true => paths.push(below(name)),
                    false => search(value, &below(name), paths),
                }
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                search(item, &below(&place.to_string()), paths);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_hidden_is_named_by_its_path() {
        let payload = json!({
            "user": 1, "token": REDACTED, "cards": [{ "cvc": 7 }, { "cvc": REDACTED }], "url": "https://a?key=[redacted]",
        });

        let mut named = hidden(&payload);
        named.sort();

        assert_eq!(named, ["cards.1.cvc", "token", "url"]);
        assert_eq!(hidden(&json!(REDACTED)), ["payload"]);
        assert_eq!(hidden(&json!({ "user": [1, null, "x"] })), Vec::<String>::new());
    }
}

//! Options on top of others: what a file or the environment names is replaced, the rest stays.
//!
//! The options are seen as a tree of values here, by the names that serde gives them, so that a new
//! option needs no line in this file.

use serde_json::{Map, Value};

use super::Options;

impl Options {
    /// Puts values at their places, such as `/retention/dead`.
    pub(super) fn put(&mut self, values: impl IntoIterator<Item = (String, Value)>) -> serde_json::Result<()> {
        let mut tree = Value::Object(self.tree());
        for (place, value) in values {
            if let Some(old) = tree.pointer_mut(&place) {
                *old = value;
            }
        }
        *self = serde_json::from_value(tree)?;
        Ok(())
    }

    /// Every option, those included that may hold a password: never to be shown.
    fn tree(&self) -> Map<String, Value> {
        let mut tree = self.shown();
        tree.insert("connection_string".to_owned(), self.connection_string.clone().into());
        tree.insert("redis_url".to_owned(), self.redis_url.clone().into());
        tree
    }

    /// Every option that may be shown.
    pub(super) fn shown(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(tree)) => tree,
            _ => unreachable!("a struct of numbers, texts and maps by text encodes as an object"),
        }
    }
}

/// The place of every option, with its default.
pub(super) fn places() -> Vec<(String, Value)> {
    let tree = Options::default().tree();
    tree.into_iter().flat_map(|(name, value)| places_within(format!("/{name}"), value)).collect()
}

/// A group such as `retention` has its options inside; an empty map is an option itself.
fn places_within(place: String, value: Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(group) if !group.is_empty() => {
            group.into_iter().map(|(name, value)| (format!("{place}/{name}"), value)).collect()
        }
        value => vec![(place, value)],
    }
}

/// The words of serde in those of a person who does not program in Rust.
pub(super) fn plain_words(message: &str) -> String {
    let words = [
        ("unknown field", "unknown option"),
        ("expected usize", "expected a whole number"),
        ("expected u32", "expected a whole number of at most 4294967295"),
        ("expected i32", "expected a whole number between -2147483648 and 2147483647"),
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected a table"),
    ];
    words.iter().fold(message.to_owned(), |message, (theirs, ours)| message.replace(theirs, ours))
}

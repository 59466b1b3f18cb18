//! The arguments of a job on one line of the list: names and values apart.

use serde_json::{Deserializer, Value};

/// The longest preview, in characters.
const CHARACTERS_MAX: usize = 120;

/// Name and value of each field, without the outer braces, as far as they fit. A list carries long arguments as a
/// text that was cut. What is no object has no names.
pub(in crate::pages) fn preview(arguments: &Value) -> Vec<(String, String)> {
    let pieces = match arguments {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
        Value::String(text) if text.starts_with('{') => fields_of(text),
        Value::String(text) => vec![(String::new(), text.clone())],
        Value::Null => Vec::new(),
        other => vec![(String::new(), other.to_string())],
    };
    fitting(pieces)
}

/// The fields at the beginning of an object that was cut, the last of them with what is left of it.
fn fields_of(text: &str) -> Vec<(String, String)> {
    let (mut fields, mut rest) = (Vec::new(), &text[1..]);
    while let Some((name, after)) = value(rest) {
        let Ok(name) = serde_json::from_str::<String>(name) else { break };
        let after = after.trim_start().trim_start_matches(':').trim_start();
        let (found, next) = value(after).unwrap_or((after, ""));
        fields.push((name, found.to_owned()));
        rest = next.trim_start().trim_start_matches(',');
    }
    match fields.is_empty() {
        true => vec![(String::new(), text.to_owned())],
        false => fields,
    }
}

/// The first value of a text as it is written, and what stands behind it. A number at the end may have been cut.
fn value(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    values.next()?.ok()?;
    Some(text.split_at(values.byte_offset()))
}

fn fitting(pieces: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut left = CHARACTERS_MAX;
    let mut fitting = Vec::new();
    for (name, value) in pieces {
        if left == 0 {
            break;
        }
        let piece = (cut(&name, &mut left), cut(&value, &mut left));
        fitting.push(piece);
    }
    fitting
}

/// As much of the text as is left.
fn cut(text: &str, left: &mut usize) -> String {
    let length = text.chars().count();
    if length <= *left {
        *left -= length;
        return text.to_owned();
    }
    let begin: String = text.chars().take(*left).collect();
    *left = 0;
    format!("{begin}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arguments: &Value) -> Vec<(String, String)> {
        preview(arguments)
    }

    fn pieces(pieces: &[(&str, &str)]) -> Vec<(String, String)> {
        pieces.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn names_and_values_are_apart_and_as_they_were_stored() {
        let arguments = serde_json::json!({ "id": 9_007_199_254_740_993_u64, "to": ["a", {"b": 1}] });

        assert_eq!(said(&arguments), pieces(&[("id", "9007199254740993"), ("to", "[\"a\",{\"b\":1}]")]));
        assert_eq!(said(&Value::Null), pieces(&[]));
        assert_eq!(said(&serde_json::json!([1, 2])), pieces(&[("", "[1,2]")]));
    }

    #[test]
    fn of_an_object_that_was_cut_the_fields_are_shown_that_are_there() {
        let cut = Value::from("{\"id\": 17, \"a:b\": \"x, y\", \"note\": \"abcde");

        assert_eq!(said(&cut), pieces(&[("id", "17"), ("a:b", "\"x, y\""), ("note", "\"abcde")]));
        assert_eq!(said(&Value::from("{\"i")), pieces(&[("", "{\"i")]));
        assert_eq!(said(&Value::from("plain")), pieces(&[("", "plain")]));
    }

    #[test]
    fn a_preview_is_short() {
        let arguments = serde_json::json!({ "a": "é".repeat(300), "b": 1 });

        let said = said(&arguments);

        assert_eq!(said.len(), 1);
        assert_eq!(said[0].1.chars().count(), CHARACTERS_MAX);
    }
}

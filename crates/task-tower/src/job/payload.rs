//! Turns a job's data into the JSON that is stored, or says what is wrong with it.

use crate::error::{Error, Result};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Job;

/// What a job must be to be stored and read again: every type that derives `serde::Serialize` and
/// `serde::Deserialize`, and borrows nothing, is.
// One name of ours for the two: where they are missing, the compiler would take `Job` for a sealed trait.
pub trait Payload: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Payload for T {}

/// Deeper nesting is refused: decoders, ours among them, stop at about this depth, and then the
/// job could never run, nor its result be shown.
const DEPTH_MAX: usize = 100;

/// The job's data as JSON, checked against what can be stored and read again.
pub(crate) fn encode<J: Job>(job: &J, bytes_max: usize) -> Result<String> {
    let json =
        serde_json::to_string(job).map_err(|error| refused(J::KIND, &format!("cannot be written as JSON: {error}")))?;
    match fault(&json, bytes_max) {
        Some(fault) => Err(refused(J::KIND, &fault)),
        None => Ok(json),
    }
}

/// What keeps the JSON from being stored and read again.
pub(super) fn fault(json: &str, bytes_max: usize) -> Option<String> {
    if json.len() > bytes_max {
        return Some(format!("has {} bytes, at most {bytes_max} are allowed", json.len()));
    }
    let shape = Shape::of(json);
    if shape.depth > DEPTH_MAX {
        return Some(format!("is nested {} deep, at most {DEPTH_MAX} is allowed", shape.depth));
    }
    shape.has_nul.then(|| "has a NUL character in it, which PostgreSQL cannot store".to_owned())
}

fn refused(kind: &str, fault: &str) -> Error {
    Error::invalid(format!("payload of \"{kind}\" {fault}"))
}

/// What a pass over the text tells, without parsing it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    depth: usize,
    has_nul: bool,
}

impl Shape {
    fn of(json: &str) -> Self {
        let bytes = json.as_bytes();
        let mut shape = Self::default();
        let (mut depth, mut in_text, mut at) = (0_usize, false, 0);
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if in_text => {
                    shape.has_nul |= bytes[at..].starts_with(b"\\u0000");
                    // The escaped character is not looked at: it may be a quote.
                    at += 1;
                }
                b'"' => in_text = !in_text,
                b'[' | b'{' if !in_text => {
                    depth += 1;
                    shape.depth = shape.depth.max(depth);
                }
                b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += 1;
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_of_texts() {
        assert_eq!(Shape::of(r#"{"a":["[[[",{"b":"\"]"}]}"#).depth, 3);
    }

    #[test]
    fn a_nul_is_found_and_an_escaped_backslash_is_not_one() {
        assert!(Shape::of(r#""a\u0000b""#).has_nul);
        assert!(!Shape::of(r#""a\\u0000b""#).has_nul);
    }
}

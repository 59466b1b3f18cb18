//! Holds an answer to a schema of `openapi.json`: as much of JSON Schema as that uses, and stricter in one
//! thing: a field that the schema does not name is a fault.

use chrono::DateTime;
use serde_json::{Map, Value};
use task_tower::JobId;

/// What is wrong with the value, with the place of each fault.
pub(super) fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    Checker { document, faults: &mut faults }.check(schema, value, "$");
    faults
}

struct Checker<'a> {
    document: &'a Value,
    faults: &'a mut Vec<String>,
}

impl Checker<'_> {
    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        if let Some(name) = schema["$ref"].as_str() {
            let schema =
                self.document.pointer(name.trim_start_matches('#')).expect("a reference leads somewhere").clone();
            return self.check(&schema, value, at);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let fitting = choices.iter().filter(|choice| faults(self.document, choice, value).is_empty()).count();
            return self.expect(fitting == 1, at, &format!("{fitting} of oneOf fit {value}"));
        }
        self.check_type(&schema["type"], value, at);
        self.check_values(schema, value, at);
        match value {
            Value::Object(fields) => self.check_object(schema, fields, at),
            Value::Array(items) => items.iter().for_each(|item| self.check(&schema["items"], item, &format!("{at}[]"))),
            _ => {}
        }
    }

    fn check_type(&mut self, types: &Value, value: &Value, at: &str) {
        let is = |name: &Value| match name.as_str().unwrap() {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{other} is no type"),
        };
        let fits = match types {
            Value::Null => true,
            Value::Array(names) => names.iter().any(is),
            name => is(name),
        };
        self.expect(fits, at, &format!("{value} is no {types}"));
    }

    fn check_values(&mut self, schema: &Value, value: &Value, at: &str) {
        if let Some(values) = schema["enum"].as_array() {
            self.expect(values.contains(value), at, &format!("{value} is not among {values:?}"));
        }
        if let Some(only) = schema.get("const") {
            self.expect(only == value, at, &format!("{value} is not {only}"));
        }
        let Some(text) = value.as_str() else { return };
        let fits = match schema["format"].as_str() {
            None => true,
            Some("uuid") => text.parse::<JobId>().is_ok(),
            Some("date-time") => is_time(text),
            Some(other) => panic!("{other} is no format"),
        };
        self.expect(fits, at, &format!("{text} is no {}", schema["format"]));
    }

    fn check_object(&mut self, schema: &Value, fields: &Map<String, Value>, at: &str) {
        // A schema that says nothing fits everything.
        if schema.get("type").is_none() {
            return;
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            self.expect(fields.contains_key(name.as_str().unwrap()), at, &format!("{name} is missing"));
        }
        for (name, value) in fields {
            let known = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
            match known {
                Some(Value::Bool(false)) | None => self.expect(false, at, &format!("{name} is not in the schema")),
                Some(schema) => self.check(&schema.clone(), value, &format!("{at}.{name}")),
            }
        }
    }

    fn expect(&mut self, fits: bool, at: &str, fault: &str) {
        if !fits {
            self.faults.push(format!("{at}: {fault}"));
        }
    }
}

/// RFC 3339, in UTC, with microseconds.
fn is_time(text: &str) -> bool {
    text.len() == "2026-11-24T18:45:43.123456Z".len()
        && text.ends_with('Z')
        && DateTime::parse_from_rfc3339(text).is_ok()
}

#[test]
fn a_value_that_does_not_fit_is_found() {
    let schema = serde_json::json!({
        "type": "object", "required": ["id", "at"], "additionalProperties": false,
        "properties": { "id": { "type": "string", "format": "uuid" }, "at": { "type": ["string", "null"], "format": "date-time" } },
    });
    let id = "0192f0c1-0000-7000-8000-000000000000";
    let of = |value: Value| faults(&Value::Null, &schema, &value).len();

    assert_eq!(of(serde_json::json!({ "id": id, "at": "2026-11-24T18:45:43.123456Z" })), 0);
    assert_eq!(of(serde_json::json!({ "id": id, "at": null })), 0);
    assert_eq!(of(serde_json::json!({ "id": id, "at": "2026-11-24T18:45:43Z" })), 1);
    assert_eq!(of(serde_json::json!({ "id": 7, "at": null })), 1);
    assert_eq!(of(serde_json::json!({ "id": id })), 1);
    assert_eq!(of(serde_json::json!({ "id": id, "at": null, "more": 1 })), 1);
}

//! JSON as a tree that opens and closes without a script. Numbers are as they were stored.

use std::fmt;

use askama::filters::HtmlSafe;
use serde_json::Value;

use crate::messages::{Markup, Messages};

/// Stands in place of a value that may not be shown.
pub(crate) const REDACTED: &str = "[redacted]";

/// More members than this, and a list or an object is closed at first.
const OPEN_MAX: usize = 20;
/// Deeper, and it is closed at first.
const OPEN_DEPTH_MAX: usize = 4;
/// More values than this are not drawn; the page says so.
const VALUES_MAX: usize = 2_000;

/// A value with everything in it.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    m: Messages,
    value: Value,
}

impl Tree {
    pub(crate) fn new(m: Messages, value: Value) -> Self {
        Self { m, value }
    }
}

impl HtmlSafe for Tree {}

impl fmt::Display for Tree {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pen = Pen { m: self.m, html: String::new(), left: VALUES_MAX };
        match &self.value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| pen.node(Some(name), value, 0)),
            Value::Array(values) => values.iter().for_each(|value| pen.node(None, value, 0)),
            value => pen.node(None, value, 0),
        }
        let cut = if pen.left == 0 {
            format!("<p class=\"note\">{}</p>", Markup::text(&self.m.look_tree_cut()))
        } else {
            String::new()
        };
        write!(out, "<div class=\"json\" translate=\"no\">{}</div>{cut}", pen.html)
    }
}

struct Pen {
    m: Messages,
    html: String,
    left: usize,
}

impl Pen {
    fn node(&mut self, name: Option<&str>, value: &Value, depth: usize) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let key = name.map(|name| format!("<span class=\"key\">{}</span>: ", Markup::text(name))).unwrap_or_default();
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                let members: Vec<_> = fields.iter().map(|(name, value)| (Some(name.as_str()), value)).collect();
                self.branch(&key, ('{', '}'), &members, depth);
            }
            Value::Array(values) if !values.is_empty() => {
                let members: Vec<_> = values.iter().map(|value| (None, value)).collect();
                self.branch(&key, ('[', ']'), &members, depth);
            }
            leaf => self.html += &format!("<div class=\"leaf\">{key}{}</div>", self.leaf(leaf)),
        }
    }

    fn branch(&mut self, key: &str, (begin, end): (char, char), members: &[(Option<&str>, &Value)], depth: usize) {
        let open = if members.len() > OPEN_MAX || depth >= OPEN_DEPTH_MAX { "" } else { " open" };
        let items = Markup::text(&self.m.look_items(members.len() as u64)).to_string();
        self.html += &format!(
            "<details{open}><summary>{key}{begin}<span class=\"closed\"> {items} {end}</span></summary><div class=\"inner\">"
        );
        members.iter().for_each(|(name, value)| self.node(*name, value, depth + 1));
        self.html += &format!("</div><div class=\"leaf\">{end}</div></details>");
    }

    fn leaf(&self, value: &Value) -> String {
        let (class, text) = match value {
            Value::String(text) if text == REDACTED => ("redacted", self.m.look_redacted()),
            Value::String(_) => ("string", value.to_string()),
            Value::Number(_) => ("figure", value.to_string()),
            Value::Bool(_) => ("truth", value.to_string()),
            _ => ("nothing", value.to_string()),
        };
        format!("<span class=\"{class}\">{}</span>", Markup::text(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(json: &str) -> String {
        Tree::new(Messages::default(), serde_json::from_str(json).unwrap()).to_string()
    }

    #[test]
    fn a_number_of_64_bits_is_exact() {
        let html = drawn("{\"user_id\": 9007199254740993, \"most\": 18446744073709551615}");

        assert!(html.contains(">9007199254740993<") && html.contains(">18446744073709551615<"), "{html}");
    }

    #[test]
    fn names_and_values_are_only_text() {
        let html = drawn("{\"<b>\": \"</div><script>\"}");

        assert!(!html.contains("<b>") && !html.contains("<script>"), "{html}");
    }

    #[test]
    fn what_may_not_be_shown_is_a_gray_word() {
        assert!(drawn("{\"token\": \"[redacted]\"}").contains("<span class=\"redacted\">redacted</span>"));
    }

    #[test]
    fn a_long_list_is_closed_and_an_endless_one_is_cut() {
        let long = format!("{{\"lines\": [{}]}}", vec!["1"; 214].join(","));
        let endless = format!("[{}]", vec!["1"; 5_000].join(","));

        assert!(
            drawn(&long)
                .contains("<details><summary><span class=\"key\">lines</span>: [<span class=\"closed\"> 214 items ]")
        );
        assert_eq!(drawn(&endless).matches("leaf").count(), VALUES_MAX);
    }
}

//! What is stored with a job, as trees, and whole for those who download it.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use task_tower::JobId;

use super::log;
use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Tree};
use crate::messages::Messages;

/// The most that is drawn of a payload, a context and a result.
const TREE_BYTES_MAX: usize = 64 * 1024;

/// Something stored, or as much of it as fits.
pub(in crate::pages) struct Data {
    pub(in crate::pages) tree: Tree,
    pub(in crate::pages) is_cut: bool,
}

impl Data {
    pub(in crate::pages) fn of(value: &Value, look: &Look) -> Self {
        let mut left = TREE_BYTES_MAX;
        let shown = pruned(value, &mut left);
        Self { tree: Tree::new(look.m, shown), is_cut: left == 0 }
    }
}

/// As much of a value as is left to be shown.
fn pruned(value: &Value, left: &mut usize) -> Value {
    match value {
        Value::Object(fields) => {
            let mut shown = serde_json::Map::new();
            for (name, value) in fields {
                if !spend(left, name.len()) {
                    break;
                }
                shown.insert(name.clone(), pruned(value, left));
            }
            Value::Object(shown)
        }
        Value::Array(values) => {
            let mut shown = Vec::new();
            for value in values {
                if !spend(left, 1) {
                    break;
                }
                shown.push(pruned(value, left));
            }
            Value::Array(shown)
        }
        Value::String(text) => Value::String(beginning(text, left)),
        leaf => leaf.clone(),
    }
}

/// Whether there was anything left.
fn spend(left: &mut usize, bytes: usize) -> bool {
    let was_left = *left > 0;
    *left = left.saturating_sub(bytes + 1);
    was_left
}

fn beginning(text: &str, left: &mut usize) -> String {
    if text.len() < *left {
        *left -= text.len();
        return text.to_owned();
    }
    let end = text.char_indices().map(|(place, _)| place).take_while(|place| place <= left).last();
    let shown = &text[..end.unwrap_or(0)];
    *left = 0;
    format!("{shown}…")
}

/// The whole of it as a file.
pub(crate) async fn download(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let (job, secrets) = desk.job_and_secrets(id.parse::<JobId>()?, &visitor).await?;
    if name == "log.txt" {
        return log::file(&desk, job.id, &secrets).await;
    }
    let value = match name.as_str() {
        "payload.json" => Some(job.payload),
        "context.json" => job.context,
        "result.json" => job.result,
        "record.json" => serde_json::to_value(&job).ok(),
        "draft.json" => serde_json::to_value(super::code::draft(&job)).ok(),
        _ => None,
    };
    let value = value.ok_or_else(|| Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_page))?;
    let file = format!("attachment; filename=\"{}-{name}\"", job.id);
    let headers: [(HeaderName, String); 2] =
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, file)];
    Ok((headers, value.to_string()).into_response())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_too_long_is_cut_and_what_fits_is_not() {
        let mut left = 40;
        assert_eq!(pruned(&json!({ "a": [1, "é"], "b": null }), &mut left), json!({ "a": [1, "é"], "b": null }));
        assert!(left > 0);

        let mut left = 10;
        assert_eq!(pruned(&json!({ "a": "é".repeat(9), "b": 1 }), &mut left), json!({ "a": "éééé…" }));
        assert_eq!(left, 0);

        let mut left = 4;
        assert_eq!(pruned(&json!([1, 2, 3, 4]), &mut left), json!([1, 2]));
        assert_eq!(left, 0);
    }
}

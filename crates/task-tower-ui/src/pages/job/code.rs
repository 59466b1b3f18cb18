//! A job as code that enqueues another one like it: in Rust, and as a request to the API of this dashboard. Both know
//! it by the name of its kind, so both work as they stand, wherever its type is.

use std::fmt::Write as _;

use serde_json::Value;
use task_tower::{JobDraft, JobRecord};

use crate::messages::{Markup, Messages};
use crate::redact::{is_any_redacted, is_redacted};

/// Longer data is read from the file that the page offers for download.
const INLINE_BYTES_MAX: usize = 8 * 1024;

/// Rust allows no more of them around a raw string.
const RAW_MARKS_MAX: usize = 255;

pub(super) struct Code {
    pub(super) rust: String,
    pub(super) curl: String,
    /// Where the data is too long to stand in them, the file that both read.
    pub(super) file: Option<Markup>,
    /// Whether secrets were left out, so that somebody has to put them in.
    pub(super) is_redacted: bool,
}

impl Code {
    /// `dashboard` is the address of its root, with a slash at the end.
    pub(super) fn of(job: &JobRecord, dashboard: &str, m: Messages) -> Self {
        let draft = draft(job);
        let json = visible(&serde_json::to_string(&draft).unwrap_or_default());
        let file = (json.len() > INLINE_BYTES_MAX).then(|| format!("{}-draft.json", job.id));
        Self {
            rust: file.as_deref().map_or_else(|| rust(&draft), rust_of_file),
            curl: curl(dashboard, &file.as_deref().map_or_else(|| data(&json), data_of_file)),
            is_redacted: lacks_secrets(&draft),
            file: file.map(|name| m.job_code_reads(Markup::link(&format!("{}/draft.json", job.id), &name))),
        }
    }
}

/// What [`Console::enqueue`](task_tower::Console::enqueue) and `POST /api/v1/jobs` take for another job like this one.
pub(super) fn draft(job: &JobRecord) -> JobDraft {
    JobDraft {
        kind: job.kind.clone(),
        payload: job.payload.clone(),
        queue: Some(job.queue.clone()),
        priority: Some(job.priority).filter(|priority| *priority != 0),
        tags: job.tags.clone(),
        max_retries: u32::try_from(job.max_retries).ok(),
        timeout_ms: job.timeout_ms,
        context: job.context.clone(),
        ..JobDraft::default()
    }
}

fn lacks_secrets(draft: &JobDraft) -> bool {
    let data = [Some(&draft.payload), draft.context.as_ref()];
    data.into_iter().flatten().any(is_redacted) || is_any_redacted(&draft.tags)
}

fn rust(draft: &JobDraft) -> String {
    let mut fields = vec![
        ("kind", owned(&draft.kind)),
        ("payload", parsed(&draft.payload)),
        ("queue", some(draft.queue.as_deref().map(owned))),
        ("priority", some(draft.priority)),
        ("tags", format!("vec![{}]", draft.tags.iter().map(|tag| owned(tag)).collect::<Vec<_>>().join(", "))),
        ("max_retries", some(draft.max_retries)),
        ("timeout_ms", some(draft.timeout_ms)),
        ("context", some(draft.context.as_ref().map(parsed))),
    ];
    fields.retain(|(_, value)| value != "None" && value != "vec![]");
    let lines: String = fields.iter().map(|(name, value)| format!("    {name}: {value},\n")).collect();
    format!(
        "let draft = task_tower::JobDraft {{\n{lines}    ..Default::default()\n}};\nlet id = tower.console().enqueue(&draft).await?;"
    )
}

fn rust_of_file(file: &str) -> String {
    format!(
        "let draft: task_tower::JobDraft = serde_json::from_str(include_str!({file:?}))?;\nlet id = tower.console().enqueue(&draft).await?;"
    )
}

fn some(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}

fn owned(text: &str) -> String {
    format!("{text:?}.to_owned()")
}

fn parsed(value: &Value) -> String {
    format!("serde_json::from_str({})?", raw(&visible(&value.to_string())))
}

/// A raw string with as many `#` as its text needs.
fn raw(text: &str) -> String {
    let mut marks = "#".to_owned();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    match marks.len() > RAW_MARKS_MAX {
        true => format!("{text:?}"),
        false => format!("r{marks}\"{text}\"{marks}"),
    }
}

/// `AUTH` is set by who needs a header to be let in. A program that is let in without one has to say, as browsers do,
/// that no other site is asking.
fn curl(dashboard: &str, data: &str) -> String {
    let address = shell(&format!("{dashboard}api/v1/jobs"));
    format!(
        "curl -X POST {address} \\\n  -H \"$AUTH\" \\\n  -H 'Sec-Fetch-Site: same-origin' \\\n  \
         -H 'Content-Type: application/json' \\\n  {data}"
    )
}

fn data(json: &str) -> String {
    format!("--data-raw {}", shell(json))
}

fn data_of_file(file: &str) -> String {
    format!("--data-binary {}", shell(&format!("@{file}")))
}

/// In single quotes, in which a shell reads nothing.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// JSON of which every character can be seen: one that cannot, or that turns around what stands beside it, is written by
/// its number. They only occur within strings.
fn visible(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    for letter in json.chars() {
        match is_visible(letter) {
            true => written.push(letter),
            false => letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                write!(written, "\\u{unit:04x}").expect("a String can always be written to");
            }),
        }
    }
    written
}

fn is_visible(letter: char) -> bool {
    matches!(letter, '"' | '\'' | '\\') || letter.escape_debug().len() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_string_has_as_many_marks_as_it_needs() {
        assert_eq!(raw("{\"a\":\"\\\"# b\"}"), "r##\"{\"a\":\"\\\"# b\"}\"##");

        let many = format!("\"{}", "#".repeat(RAW_MARKS_MAX));
        assert_eq!(raw(&many), format!("{many:?}"));
    }

    #[test]
    fn what_cannot_be_seen_is_written_by_its_number() {
        let json = serde_json::to_string("größe 👍 \u{202e}gnp\u{200b} it's \"so\"").unwrap();

        let written = visible(&json);

        assert_eq!(written, r#""größe 👍 \u202egnp\u200b it's \"so\"""#);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), serde_json::from_str::<String>(&json).unwrap());
    }
}

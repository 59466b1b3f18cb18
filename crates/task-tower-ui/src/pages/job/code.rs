//! A job as code that enqueues another one like it: in Rust, and as a request to this dashboard.

use std::fmt::Write as _;

use task_tower::JobRecord;

/// A longer payload is read from the file that the page offers for download.
const INLINE_BYTES_MAX: usize = 8 * 1024;

pub(super) fn rust(job: &JobRecord) -> String {
    let payload = job.payload.to_string();
    let json = match payload.len() > INLINE_BYTES_MAX {
        true => format!("include_str!({:?})", file(job)),
        false => raw(&payload),
    };
    let name = type_name(&job.kind);
    let mut code = format!("let job: {name} = serde_json::from_str({json})?;\nclient\n    .enqueue(job)");
    write!(code, "\n    .to_queue({:?})", job.queue).expect("a String can always be written to");
    if job.priority != 0 {
        write!(code, "\n    .priority({})", job.priority).expect("a String can always be written to");
    }
    if !job.tags.is_empty() {
        write!(code, "\n    .tags({:?})", job.tags).expect("a String can always be written to");
    }
    write!(code, "\n    .max_retries({})", job.max_retries).expect("a String can always be written to");
    code + "\n    .await?;"
}

/// `dashboard` is the address of its root, with a slash at the end.
pub(super) fn curl(job: &JobRecord, dashboard: &str, origin: &str) -> String {
    let payload = job.payload.to_string();
    let payload = match payload.len() > INLINE_BYTES_MAX {
        true => format!("payload@{}", file(job)),
        false => format!("payload={payload}"),
    };
    let fields = [
        format!("kind={}", job.kind),
        format!("queue={}", job.queue),
        format!("priority={}", job.priority),
        format!("tags={}", job.tags.join(", ")),
        format!("max_retries={}", job.max_retries),
        payload,
    ];
    let fields: String = fields.iter().map(|field| format!(" \\\n  --data-urlencode {}", shell(field))).collect();
    format!("curl {} \\\n  -H {}{fields}", shell(&format!("{dashboard}jobs/new")), shell(&format!("Origin: {origin}")))
}

fn file(job: &JobRecord) -> String {
    format!("{}-payload.json", job.id)
}

/// `send_welcome` is the kind of `SendWelcome`, as likely as not.
fn type_name(kind: &str) -> String {
    let words = kind.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    };
    let name: String = words.map(capital).collect();
    if name.starts_with(|letter: char| letter.is_alphabetic()) { name } else { format!("Job{name}") }
}

/// A raw string with as many `#` as its text needs.
fn raw(text: &str) -> String {
    let mut marks = "#".to_owned();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    format!("r{marks}\"{text}\"{marks}")
}

/// In single quotes, in which a shell reads nothing.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_gets_out_of_its_quotes() {
        assert_eq!(raw("{\"a\":\"\\\"# b\"}"), "r##\"{\"a\":\"\\\"# b\"}\"##");
        assert_eq!(shell("it's $(here)"), "'it'\\''s $(here)'");
    }

    #[test]
    fn a_kind_is_the_name_of_a_type() {
        let names = ["send_welcome", "mail.out-v2", "größe", "111", "<b>"].map(type_name);

        assert_eq!(names, ["SendWelcome", "MailOutV2", "Größe", "Job111", "B"]);
    }
}

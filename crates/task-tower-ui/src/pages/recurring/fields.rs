//! What people type into the form about a recurring job: from text to values, and back.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;
use task_tower::{MissedRuns, Overlap, RecurringDraft, RecurringRecord};

use crate::messages::Messages;
use crate::pages::job::{Faults, PAYLOAD_BYTES_MAX};

/// A form as it was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) expression: String,
    pub(super) zone: String,
    pub(super) queue: String,
    pub(super) priority: String,
    pub(super) max_retries: String,
    pub(super) tags: String,
    pub(super) timeout: String,
    pub(super) missed: String,
    pub(super) missed_max: String,
    pub(super) overlap: String,
    pub(super) jitter: String,
    /// `None` where there was no field for it: the payload stays.
    pub(super) payload: Option<String>,
    /// Of the job as it was when the form was made.
    pub(super) revision: String,
    /// `explain` when nothing is to be saved yet.
    pub(super) deed: String,
}

impl Typed {
    /// The form of a new one.
    pub(super) fn fresh() -> Self {
        Self { zone: "UTC".to_owned(), payload: Some("{}".to_owned()), ..Self::default() }
    }

    /// The form of one as it is.
    pub(super) fn of(recurring: &RecurringRecord) -> Self {
        let payload = serde_json::to_string_pretty(&recurring.payload).unwrap_or_default();
        let seconds = |milliseconds: u64| (milliseconds as f64 / 1_000.0).to_string();
        let (missed, missed_max) = match recurring.missed {
            MissedRuns::All(most) => ("all".to_owned(), most.to_string()),
            other => (other.to_string(), String::new()),
        };
        Self {
            name: recurring.name.clone(),
            kind: recurring.kind.clone(),
            expression: recurring.expression.clone(),
            zone: recurring.zone.clone(),
            queue: recurring.queue.clone(),
            priority: recurring.priority.to_string(),
            max_retries: recurring.max_retries.to_string(),
            tags: recurring.tags.join(", "),
            timeout: recurring.timeout_ms.map_or_else(String::new, |timeout| seconds(timeout.unsigned_abs())),
            missed,
            missed_max,
            overlap: recurring.overlap.as_str().to_owned(),
            jitter: if recurring.jitter_ms == 0 { String::new() } else { seconds(recurring.jitter_ms) },
            payload: (payload.len() <= PAYLOAD_BYTES_MAX).then_some(payload),
            revision: recurring.revision.clone(),
            deed: String::new(),
        }
    }

    pub(super) fn value(&self, name: &str) -> String {
        let value = match name {
            "name" => &self.name,
            "kind" => &self.kind,
            "expression" => &self.expression,
            "zone" => &self.zone,
            "queue" => &self.queue,
            "priority" => &self.priority,
            "max_retries" => &self.max_retries,
            "tags" => &self.tags,
            "timeout" => &self.timeout,
            "missed" => &self.missed,
            "missed_max" => &self.missed_max,
            "overlap" => &self.overlap,
            "jitter" => &self.jitter,
            _ => return self.payload.clone().unwrap_or_default(),
        };
        value.clone()
    }

    /// What was meant; where there was no field for the payload, that of the job as it is.
    pub(super) fn draft(&self, payload: Option<&Value>, m: Messages) -> Result<RecurringDraft, Faults> {
        let mut faults = Faults::new();
        let draft = RecurringDraft {
            name: self.name.trim().to_owned(),
            kind: self.kind.trim().to_owned(),
            payload: self.json(payload, m, &mut faults),
            expression: self.expression.trim().to_owned(),
            zone: some(&self.zone).unwrap_or_else(|| "UTC".to_owned()),
            queue: some(&self.queue),
            priority: number("priority", &self.priority, m, &mut faults),
            max_retries: number("max_retries", &self.max_retries, m, &mut faults),
            tags: self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            timeout_ms: milliseconds("timeout", &self.timeout, m, &mut faults),
            missed: self.missed(m, &mut faults),
            overlap: some(&self.overlap).and_then(|word| word.parse().ok()).unwrap_or(Overlap::Allow),
            jitter_ms: milliseconds("jitter", &self.jitter, m, &mut faults).unwrap_or(0),
        };
        if let Err(error) = task_tower::Recurrence::new(&draft.expression, &draft.zone) {
            let words = match error.suggestion() {
                Some(meant) => format!("{}: {meant}?", error.message()),
                None => error.message().to_owned(),
            };
            faults.push((if error.is_of_zone() { "zone" } else { "expression" }, words));
        }
        if faults.is_empty() { Ok(draft) } else { Err(faults) }
    }

    fn json(&self, stored: Option<&Value>, m: Messages, faults: &mut Faults) -> Value {
        let Some(text) = self.payload.as_deref() else { return stored.cloned().unwrap_or_default() };
        if text.trim().is_empty() {
            return Value::Object(serde_json::Map::new());
        }
        serde_json::from_str(text).unwrap_or_else(|error| {
            faults.push(("payload", m.form_no_json(error)));
            Value::Null
        })
    }

    fn missed(&self, m: Messages, faults: &mut Faults) -> MissedRuns {
        match self.missed.as_str() {
            "skip" => MissedRuns::Skip,
            "all" => MissedRuns::All(number("missed_max", &self.missed_max, m, faults).unwrap_or(1)),
            _ => MissedRuns::Once,
        }
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn number<T: FromStr>(field: &'static str, text: &str, m: Messages, faults: &mut Faults) -> Option<T> {
    let number = text.trim().parse().ok();
    if number.is_none() && !text.trim().is_empty() {
        faults.push((field, m.form_no_number()));
    }
    number
}

/// Written as seconds.
fn milliseconds(field: &'static str, text: &str, m: Messages, faults: &mut Faults) -> Option<u64> {
    let seconds: f64 = number(field, text, m, faults)?;
    match (0.0..1e9).contains(&seconds) {
        true => Some((seconds * 1_000.0).round() as u64),
        false => {
            faults.push((field, m.form_no_number()));
            None
        }
    }
}

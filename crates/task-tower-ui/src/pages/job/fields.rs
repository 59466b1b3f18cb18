//! What people type into the forms about jobs: from text to values, and back.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::Value;
use task_tower::{JobDraft, JobEdit, JobRecord, JobState};

use crate::look::typed_in;
use crate::messages::Messages;

/// A longer payload is not put into a form.
pub(in crate::pages) const PAYLOAD_BYTES_MAX: usize = 256 * 1024;

/// As `datetime-local` has it.
const TIME: &str = "%Y-%m-%dT%H:%M:%S";

/// A form as it was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(in crate::pages) kind: String,
    pub(in crate::pages) queue: String,
    pub(in crate::pages) priority: String,
    pub(in crate::pages) run_at: String,
    pub(in crate::pages) delay: String,
    pub(in crate::pages) tags: String,
    pub(in crate::pages) max_retries: String,
    /// `None` where there was no field for it: the payload of the job stays.
    pub(in crate::pages) payload: Option<String>,
    /// Of the job as it was when the form was made.
    pub(in crate::pages) revision: String,
    pub(in crate::pages) unique_key: String,
    /// The job that is copied.
    pub(in crate::pages) from: String,
    /// The filter of the list that one came from, which stands in the address.
    #[serde(skip)]
    pub(in crate::pages) list: Option<String>,
}

/// What cannot be understood: the field, and why.
pub(in crate::pages) type Faults = Vec<(&'static str, String)>;

/// Reads fields, and gathers what is wrong with them.
struct Reader {
    m: Messages,
    faults: Faults,
}

impl Typed {
    /// The form for a job as it is.
    pub(super) fn of(job: &JobRecord, zone: Tz) -> Self {
        let payload = serde_json::to_string_pretty(&job.payload).unwrap_or_default();
        Self {
            kind: job.kind.clone(),
            queue: job.queue.clone(),
            priority: job.priority.to_string(),
            run_at: local(job.run_at, zone),
            delay: String::new(),
            tags: job.tags.join(", "),
            max_retries: job.max_retries.to_string(),
            payload: (payload.len() <= PAYLOAD_BYTES_MAX).then_some(payload),
            revision: job.revision.clone().unwrap_or_default(),
            unique_key: String::new(),
            from: job.id.to_string(),
            list: None,
        }
    }

    /// What differs from the job.
    pub(super) fn edit(&self, job: &JobRecord, zone: Tz, m: Messages) -> Result<JobEdit, Faults> {
        let was = Self::of(job, zone);
        let mut reader = Reader { m, faults: Vec::new() };
        let time_counts = job.state != JobState::Dead && self.run_at != was.run_at && !self.run_at.is_empty();
        let edit = JobEdit {
            queue: Some(self.queue.trim().to_owned()).filter(|queue| *queue != job.queue),
            priority: reader.number("priority", &self.priority).filter(|priority| *priority != job.priority),
            run_at: if time_counts { reader.time(&self.run_at, zone) } else { None },
            payload: self.payload.as_deref().and_then(|text| reader.json(text)).filter(|new| *new != job.payload),
            tags: Some(self.tags()).filter(|tags| *tags != job.tags),
            max_retries: reader
                .number("max_retries", &self.max_retries)
                .filter(|retries: &u32| i64::from(*retries) != i64::from(job.max_retries)),
        };
        if reader.faults.is_empty() { Ok(edit) } else { Err(reader.faults) }
    }

    /// A new job; what no field is for comes from the job that is copied.
    pub(in crate::pages) fn draft(
        &self,
        copied: Option<&JobRecord>,
        zone: Tz,
        m: Messages,
    ) -> Result<JobDraft, Faults> {
        let mut reader = Reader { m, faults: Vec::new() };
        let payload = match self.payload.as_deref() {
            Some(text) if !text.trim().is_empty() => reader.json(text),
            Some(_) => None,
            None => copied.map(|job| job.payload.clone()),
        };
        let draft = JobDraft {
            kind: self.kind.trim().to_owned(),
            payload: payload.unwrap_or_default(),
            queue: Some(self.queue.trim().to_owned()).filter(|queue| !queue.is_empty()),
            priority: reader.number("priority", &self.priority),
            run_at: if self.run_at.is_empty() { None } else { reader.time(&self.run_at, zone) },
            delay_ms: reader.delay(&self.delay),
            tags: self.tags(),
            max_retries: reader.number("max_retries", &self.max_retries),
            timeout_ms: copied.and_then(|job| job.timeout_ms),
            context: copied.and_then(|job| job.context.clone()),
            unique_key: Some(self.unique_key.trim().to_owned()).filter(|key| !key.is_empty()),
        };
        if draft.run_at.is_some() && draft.delay_ms.is_some() {
            reader.faults.push(("delay", m.form_time_or_delay()));
        }
        if reader.faults.is_empty() { Ok(draft) } else { Err(reader.faults) }
    }

    fn tags(&self) -> Vec<String> {
        self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    }
}

/// A payload in which everything that still is as it was shown becomes as it is stored: secrets are not shown.
pub(in crate::pages) fn restored(new: &Value, shown: &Value, stored: &Value) -> Value {
    match (new, shown, stored) {
        _ if new == shown => stored.clone(),
        (Value::Object(fields), Value::Object(shown), Value::Object(stored)) => {
            let field = |(name, value): (&String, &Value)| {
                let known = shown.get(name).zip(stored.get(name));
                (name.clone(), known.map_or_else(|| value.clone(), |(shown, stored)| restored(value, shown, stored)))
            };
            Value::Object(fields.iter().map(field).collect())
        }
        (Value::Array(values), Value::Array(shown), Value::Array(stored)) => {
            let known = |place: usize| shown.get(place).zip(stored.get(place));
            let value = |(place, value): (usize, &Value)| {
                known(place).map_or_else(|| value.clone(), |(shown, stored)| restored(value, shown, stored))
            };
            Value::Array(values.iter().enumerate().map(value).collect())
        }
        _ => new.clone(),
    }
}

/// Tags of which the same is true.
pub(in crate::pages) fn restored_tags(new: &[String], shown: &[String], stored: &[String]) -> Vec<String> {
    let mut known: Vec<(&String, &String)> = shown.iter().zip(stored).collect();
    let tag = |tag: &String| match known.iter().position(|(shown, _)| *shown == tag) {
        Some(place) => known.remove(place).1.clone(),
        None => tag.clone(),
    };
    new.iter().map(tag).collect()
}

impl Reader {
    fn number<N: FromStr>(&mut self, field: &'static str, text: &str) -> Option<N> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            self.fault(field, self.m.form_no_number());
        }
        number
    }

    fn time(&mut self, text: &str, zone: Tz) -> Option<DateTime<Utc>> {
        let time = typed_in(text, zone);
        if time.is_none() {
            self.fault("run_at", self.m.form_no_time(zone.name()));
        }
        time
    }

    /// `90s`, `10 m`, `2h`, `1d`.
    fn delay(&mut self, text: &str) -> Option<u64> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let number: Option<u64> = text[..text.len() - unit.len()].parse().ok();
        let milliseconds = match unit.trim() {
            "s" => Some(1_000),
            "m" | "min" => Some(60_000),
            "h" => Some(3_600_000),
            "d" => Some(86_400_000),
            _ => None,
        };
        let delay = number.zip(milliseconds).and_then(|(number, unit)| number.checked_mul(unit));
        if delay.is_none() {
            self.fault("delay", self.m.form_no_delay());
        }
        delay
    }

    fn json(&mut self, text: &str) -> Option<Value> {
        match serde_json::from_str(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault("payload", self.m.form_no_json(error));
                None
            }
        }
    }

    fn fault(&mut self, field: &'static str, words: impl Display) {
        self.faults.push((field, words.to_string()));
    }
}

fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format(TIME).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(typed: &Typed) -> Result<JobDraft, Faults> {
        typed.draft(None, Tz::Europe__Berlin, Messages::default())
    }

    #[test]
    fn a_time_is_meant_in_the_readers_zone() {
        let at = |time: &str| draft(&Typed { run_at: time.to_owned(), ..Typed::default() });

        let summer = at("2026-07-01T12:00").unwrap().run_at.unwrap();
        let twice = at("2026-10-25T02:30:00").unwrap().run_at.unwrap();
        let never = at("2026-03-29T02:30").unwrap_err();

        assert_eq!(summer.to_rfc3339(), "2026-07-01T10:00:00+00:00");
        assert_eq!(twice.to_rfc3339(), "2026-10-25T00:30:00+00:00");
        assert_eq!(never[0].0, "run_at");
    }

    #[test]
    fn what_was_not_shown_stays_as_it_is_stored() {
        use serde_json::json;
        let stored = json!({ "user": 1, "token": "hush", "cards": [{ "cvc": 7 }, { "cvc": 8 }], "old": 1 });
        let shown = json!({ "user": 1, "token": "[redacted]", "cards": [{ "cvc": "[redacted]" }, { "cvc": "[redacted]" }], "old": 1 });
        let new = json!({ "user": 2, "token": "[redacted]", "cards": [{ "cvc": "[redacted]" }, { "cvc": 9 }], "new": "[redacted]" });

        let restored = restored(&new, &shown, &stored);

        assert_eq!(
            restored,
            json!({ "user": 2, "token": "hush", "cards": [{ "cvc": 7 }, { "cvc": 9 }], "new": "[redacted]" })
        );
    }

    #[test]
    fn tags_that_were_not_shown_stay_as_they_are_stored() {
        let tags = |tags: &[&str]| -> Vec<String> { tags.iter().map(|tag| (*tag).to_owned()).collect() };

        let restored = restored_tags(
            &tags(&["new", "[redacted]", "vip", "[redacted]", "[redacted]"]),
            &tags(&["[redacted]", "vip", "[redacted]"]),
            &tags(&["hush-1", "vip", "hush-2"]),
        );

        assert_eq!(restored, ["new", "hush-1", "vip", "hush-2", "[redacted]"]);
    }

    #[test]
    fn a_delay_has_a_number_and_a_unit() {
        let delay =
            |text: &str| draft(&Typed { delay: text.to_owned(), ..Typed::default() }).ok().map(|new| new.delay_ms);

        assert_eq!(
            ["", "90s", "10 m", "2h", "1d"].map(delay),
            [Some(None), Some(Some(90_000)), Some(Some(600_000)), Some(Some(7_200_000)), Some(Some(86_400_000))]
        );
        assert_eq!(["1", "h", "-1h", "1.5h", "99999999999999999999d", "1 week"].map(delay), [None; 6]);
    }
}

//! A recurring job as a person writes it down.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::{MAX_RETRIES_DEFAULT, PAYLOAD_BYTES_LIMIT, check_max_retries, check_priority, check_timeout};
use crate::error::{Error, Result};
use crate::record::{
    MISSED_RUNS_MAX, MissedRuns, Overlap, RecurringRecord, check_kind, check_queue, check_recurring, check_tags,
};
use crate::recurrence::{Occurrence, Recurrence};
use crate::store::RecurringRow;

/// The longest that a job may begin after its time.
pub const JITTER_MAX: Duration = Duration::from_secs(60 * 60);

/// A recurring job that a person writes down: of any kind, with any data.
///
/// Name, kind and expression are required. Whether a handler understands the data shows when it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecurringDraft {
    /// What it is called: 1 to 64 bytes, no two alike.
    pub name: String,
    /// What kind its jobs are of.
    pub kind: String,
    /// Their data; `{}` when it is not said.
    pub payload: Value,
    /// When it recurs, see [`Recurrence`].
    pub expression: String,
    /// The time zone whose clock cron reads; `UTC` when it is not said.
    pub zone: String,
    /// The queue of its jobs; `default` when it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// From -100 to 100, higher runs first; 0 when it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i16>,
    /// How many retries its jobs may have, 0 to 1,000; 10 when it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// Their tags.
    pub tags: Vec<String>,
    /// The longest that one run may take, in milliseconds; the kind's own limit when it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// What becomes of times at which no worker lived: `once` when it is not said.
    pub missed: MissedRuns,
    /// What becomes of a time while the job of an earlier one lives: `allow` when it is not said.
    pub overlap: Overlap,
    /// Jobs begin up to so many milliseconds after their time, an hour at most: 0 when it is not said. Which time is
    /// delayed by how much is always the same.
    pub jitter_ms: u64,
}

impl Default for RecurringDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: String::new(),
            payload: json!({}),
            expression: String::new(),
            zone: "UTC".to_owned(),
            queue: None,
            priority: None,
            max_retries: None,
            tags: Vec::new(),
            timeout_ms: None,
            missed: MissedRuns::default(),
            overlap: Overlap::default(),
            jitter_ms: 0,
        }
    }
}

impl RecurringDraft {
    /// When it recurs.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid), with the place of the mistake.
    pub fn recurrence(&self) -> Result<Recurrence> {
        let fault = |error| Error::invalid(format!("recurring job \"{}\", {error}", self.name.escape_debug()));
        Recurrence::new(&self.expression, &self.zone).map_err(fault)
    }

    /// Checked, with everything decided but its times.
    pub(crate) fn row(&self) -> Result<RecurringRow> {
        self.check()?;
        let recurrence = self.recurrence()?;
        Ok(RecurringRow {
            name: self.name.clone(),
            kind: self.kind.clone(),
            payload: self.payload.to_string(),
            queue: self.queue.clone().unwrap_or_else(|| "default".to_owned()),
            priority: self.priority.unwrap_or(0),
            max_retries: self.max_retries.unwrap_or(MAX_RETRIES_DEFAULT).cast_signed(),
            tags: self.tags.clone(),
            timeout_ms: self.timeout_ms.map(u64::cast_signed),
            expression: recurrence.expression().to_owned(),
            zone: recurrence.zone().to_owned(),
            missed: self.missed,
            overlap: self.overlap,
            jitter_ms: self.jitter_ms.cast_signed(),
            next_at: None,
            skips_next: false,
            paused_at: None,
            paused_until: None,
            paused_by: None,
            paused_reason: None,
            source: None,
            code: None,
            is_edited: false,
        })
    }

    fn check(&self) -> Result<()> {
        check_recurring(&self.name)?;
        check_kind(&self.kind)?;
        self.queue.as_deref().map_or(Ok(()), check_queue)?;
        self.priority.map_or(Ok(()), check_priority)?;
        check_tags(&self.tags)?;
        self.max_retries.map_or(Ok(()), |retries| check_max_retries("max_retries", retries))?;
        self.timeout_ms.map_or(Ok(()), |timeout| check_timeout(Duration::from_millis(timeout)))?;
        if let MissedRuns::All(most) = self.missed
            && !(1..=MISSED_RUNS_MAX).contains(&most)
        {
            return Err(Error::invalid(format!("missed all:{most} is not within 1 to {MISSED_RUNS_MAX}")));
        }
        if Duration::from_millis(self.jitter_ms) > JITTER_MAX {
            return Err(Error::invalid(format!("jitter of {} ms is longer than an hour", self.jitter_ms)));
        }
        check_payload(&self.payload.to_string())
    }
}

fn check_payload(payload: &str) -> Result<()> {
    match payload.len() {
        bytes if bytes > PAYLOAD_BYTES_LIMIT => {
            Err(Error::invalid(format!("payload has {bytes} bytes, at most {PAYLOAD_BYTES_LIMIT} are allowed")))
        }
        _ if payload.contains("\\u0000") => {
            Err(Error::invalid("payload has a NUL character in it, which PostgreSQL cannot store"))
        }
        _ => Ok(()),
    }
}

impl RecurringRecord {
    /// What a person would write down to have it so.
    #[must_use]
    pub fn draft(&self) -> RecurringDraft {
        RecurringDraft {
            name: self.name.clone(),
            kind: self.kind.clone(),
            payload: self.payload.clone(),
            expression: self.expression.clone(),
            zone: self.zone.clone(),
            queue: Some(self.queue.clone()),
            priority: Some(self.priority),
            max_retries: Some(self.max_retries),
            tags: self.tags.clone(),
            timeout_ms: self.timeout_ms.map(i64::unsigned_abs),
            missed: self.missed,
            overlap: self.overlap,
            jitter_ms: self.jitter_ms,
        }
    }

    /// When it recurs; `None` if this program does not understand what a newer one has written down.
    #[must_use]
    pub fn recurrence(&self) -> Option<Recurrence> {
        Recurrence::new(&self.expression, &self.zone).ok()
    }

    /// Its next times, at most so many, as far as they are known now: none while it is paused without an end.
    #[must_use]
    pub fn upcoming(&self, most: usize) -> Vec<Occurrence> {
        let (Some(recurrence), Some(next)) = (self.recurrence(), self.next_at) else { return Vec::new() };
        recurrence.upcoming(next - TimeDelta::milliseconds(1)).take(most).collect()
    }
}

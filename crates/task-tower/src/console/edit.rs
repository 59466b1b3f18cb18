//! Changing a job by hand.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Console;
use super::notes::Note;
use crate::config::{PAYLOAD_BYTES_LIMIT, check_max_retries, check_priority};
use crate::error::{Error, Result};
use crate::record::{JobId, JobState, check_queue, check_tags};
use crate::store::{self, Change, JobChange};

/// What to change in a job; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobEdit {
    /// The queue it waits in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// From -100 to 100, higher runs first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i16>,
    /// Not before this time. Not for a dead job: a requeue runs it at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_at: Option<DateTime<Utc>>,
    /// Its data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
    /// All its tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// How many retries it may have, 0 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
}

impl Console {
    /// Changes a job that waits, or that is dead and will be requeued. The audit keeps what was changed, and
    /// of the payload that it was.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found); [`is_conflict`](Error::is_conflict) when the job runs, or has
    /// ended and is not dead; [`is_invalid`](Error::is_invalid) for what cannot be, such as a queue without a
    /// name.
    pub async fn edit(&self, id: JobId, edit: &JobEdit) -> Result<()> {
        let wanted = edit.checked()?;
        let change = self.desk.begin().await?;
        self.check_revision(&change, &[id]).await?;
        if !changed(&change, id, &wanted).await? {
            drop(change);
            let job = self.job(id).await?;
            let advice = if job.state == JobState::Dead { ": requeue it instead of giving it a time" } else { "" };
            return Err(Error::conflict(format!("edit job {id}: it is {}{advice}", job.state)));
        }
        let note = Note { action: "edit", target: &id.to_string(), operation: None, details: edit.noted() };
        self.note(&change, note).await?;
        change.commit().await
    }
}

async fn changed(change: &Change<'_>, id: JobId, wanted: &JobChange) -> Result<bool> {
    if !store::change_jobs(change, &[id.as_uuid()], wanted).await?.is_empty() {
        return Ok(true);
    }
    Ok(wanted.run_at.is_none() && store::change_dead(change, id, wanted).await?)
}

impl JobEdit {
    fn checked(&self) -> Result<JobChange> {
        self.queue.as_deref().map_or(Ok(()), check_queue)?;
        self.priority.map_or(Ok(()), check_priority)?;
        self.tags.as_deref().map_or(Ok(()), check_tags)?;
        self.max_retries.map_or(Ok(()), |retries| check_max_retries("max_retries", retries))?;
        let payload = self.payload.as_ref().map(Value::to_string);
        check_size(payload.as_deref().unwrap_or_default())?;
        Ok(JobChange {
            queue: self.queue.clone(),
            priority: self.priority,
            run_at: self.run_at,
            payload,
            tags: self.tags.clone(),
            max_retries: self.max_retries.map(u32::cast_signed),
        })
    }

    /// A payload may hold secrets, and the audit is read by more people.
    fn noted(&self) -> Value {
        let mut details = serde_json::to_value(self).unwrap_or(Value::Null);
        if self.payload.is_some() {
            details["payload"] = json!("changed");
        }
        details
    }
}

pub(super) fn check_size(payload: &str) -> Result<()> {
    match payload.len() <= PAYLOAD_BYTES_LIMIT {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "payload has {} bytes, at most {PAYLOAD_BYTES_LIMIT} are allowed",
            payload.len()
        ))),
    }
}

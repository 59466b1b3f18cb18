//! Enqueueing a job by hand.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Console;
use super::edit::check_size;
use super::notes::Note;
use crate::config::{check_max_retries, check_priority};
use crate::error::{Error, Result};
use crate::job::check_unique_key;
use crate::record::{JobId, check_kind, check_queue, check_tags};
use crate::store::{self, NewDraft};
use crate::telemetry;

/// A job that a person writes down: of any kind, with any data.
///
/// Nothing but its kind is required. No contextualizer and no enqueue interceptor sees it. Whether a handler understands it shows when it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobDraft {
    /// What kind of job it is.
    pub kind: String,
    /// Its data; `{}` when it is null.
    pub payload: Value,
    /// The queue it waits in; `default` when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// From -100 to 100, higher runs first; 0 when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i16>,
    /// Not before this time; at once when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_at: Option<DateTime<Utc>>,
    /// Not before so many milliseconds have passed, by the database's clock. Not together with a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How many retries it may have, 0 to 1,000; 10 when it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// The longest that one run may take, in milliseconds; no limit when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<i64>,
    /// What contextualizers would store with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// At most one job of the kind with this key lives at a time; no key when there is none, whatever the kind's
    /// configuration says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique_key: Option<String>,
}

impl Console {
    /// Enqueues a job by hand. The audit keeps what was asked for, but of the payload and the context only
    /// that they were there.
    ///
    /// ```no_run
    /// # async fn example(console: task_tower::Console) -> task_tower::Result<()> {
    /// use serde_json::json;
    /// use task_tower::JobDraft;
    ///
    /// let draft = JobDraft {
    ///     kind: "send_welcome".to_owned(),
    ///     payload: json!({ "user_id": 1 }),
    ///     ..JobDraft::default()
    /// };
    /// let id = console.enqueue(&draft).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for what cannot be, such as a queue without a name;
    /// [`is_conflict`](Error::is_conflict) when a live job has the unique key.
    pub async fn enqueue(&self, draft: &JobDraft) -> Result<JobId> {
        draft.check()?;
        let change = self.desk.begin().await?;
        let id = JobId::new();
        let holder = store::enqueue_draft(&change, id, &draft.new_draft()).await?;
        if holder != id {
            return Err(Error::conflict(format!(
                "enqueue \"{}\": job {holder} lives and has its unique key",
                draft.kind
            )));
        }
        let note = Note { action: "enqueue", target: &id.to_string(), operation: None, details: draft.noted() };
        self.note(&change, note).await?;
        change.commit().await?;
        telemetry::enqueued(&draft.kind, draft.queue.as_deref().unwrap_or("default")).add(1);
        Ok(id)
    }
}

impl JobDraft {
    fn check(&self) -> Result<()> {
        check_kind(&self.kind)?;
        self.queue.as_deref().map_or(Ok(()), check_queue)?;
        self.priority.map_or(Ok(()), check_priority)?;
        check_tags(&self.tags)?;
        self.max_retries.map_or(Ok(()), |retries| check_max_retries("max_retries", retries))?;
        if self.run_at.is_some() && self.delay_ms.is_some() {
            return Err(Error::invalid("run_at and delay_ms are both given, one is wanted"));
        }
        self.unique_key.as_deref().map_or(Ok(()), check_unique_key)?;
        check_size(&self.payload.to_string())
    }

    fn new_draft(&self) -> NewDraft<'_> {
        NewDraft {
            kind: &self.kind,
            payload: if self.payload.is_null() { "{}".to_owned() } else { self.payload.to_string() },
            queue: self.queue.as_deref(),
            run_at: self.run_at,
            delay_ms: self.delay_ms.map(|delay| i64::try_from(delay).unwrap_or(i64::MAX)),
            priority: self.priority,
            max_retries: self.max_retries.map(u32::cast_signed),
            tags: &self.tags,
            timeout_ms: self.timeout_ms,
            context: self.context.as_ref().map(Value::to_string),
            unique_key: self.unique_key.as_deref(),
        }
    }

    /// Payload and context may hold secrets, and the audit is read by more people.
    fn noted(&self) -> Value {
        let mut details = serde_json::to_value(self).unwrap_or(Value::Null);
        details["payload"] = json!("given");
        if self.context.is_some() {
            details["context"] = json!("given");
        }
        details
    }
}

//! A recurring job as code says it.

use std::time::Duration;

use super::RecurringDraft;
use crate::error::{Error, Result};
use crate::job::{Job, KindConfig, encode};
use crate::record::{MissedRuns, Overlap};
use crate::store::RecurringRow;

/// A job that recurs, for [`TowerBuilder::recurring`](crate::TowerBuilder::recurring) and
/// [`Client::set_recurring`](crate::Client::set_recurring).
///
/// What is said here about its jobs wins over the kind's configuration, which wins over the constants of its [`Job`]
/// implementation. They are made by the database: contextualizers and enqueue interceptors do not see them, and a kind that is unique is not so
/// here; [`overlap`](RecurringJob::overlap) says what becomes of a time while an earlier job lives.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// use std::time::Duration;
/// use task_tower::{Job, MissedRuns, Overlap, RecurringJob, TaskTower};
///
/// #[derive(Serialize, Deserialize)]
/// struct SendInvoices {
///     country: String,
/// }
///
/// impl Job for SendInvoices {
///     const KIND: &'static str = "send_invoices";
/// }
///
/// let nightly = RecurringJob::new("invoices-de", "30 2 * * *", SendInvoices { country: "de".to_owned() })
///     .zone("Europe/Berlin")
///     .to_queue("billing")
///     .missed(MissedRuns::Once)
///     .overlap(Overlap::Skip)
///     .jitter(Duration::from_secs(20));
/// let builder = TaskTower::builder().recurring(nightly);
/// ```
#[derive(Clone, Debug)]
#[must_use = "it recurs when it is given to a builder or a client"]
pub struct RecurringJob {
    draft: RecurringDraft,
    payload: std::result::Result<String, String>,
    /// The constants of its type.
    queue: &'static str,
    priority: i16,
    max_retries: u32,
}

impl RecurringJob {
    /// A job with this name and this data, that recurs as the [expression](crate::Recurrence) says, by the clock of UTC
    /// unless a [zone](RecurringJob::zone) is said. What is wrong with any of it is told where it is given.
    #[expect(clippy::needless_pass_by_value, reason = "a job is given away, as it is to a client")]
    pub fn new<J: Job>(name: impl Into<String>, expression: impl Into<String>, job: J) -> Self {
        let draft = RecurringDraft {
            name: name.into(),
            kind: J::KIND.to_owned(),
            expression: expression.into(),
            ..RecurringDraft::default()
        };
        let payload = encode(&job, usize::MAX).map_err(|error| error.to_string());
        Self { draft, payload, queue: J::QUEUE, priority: J::PRIORITY, max_retries: J::MAX_RETRIES }
    }

    /// The time zone whose clock cron reads, by its name of the IANA database, such as `Europe/Berlin`. Default: `UTC`.
    pub fn zone(mut self, name: impl Into<String>) -> Self {
        self.draft.zone = name.into();
        self
    }

    /// The queue its jobs go to.
    pub fn to_queue(mut self, queue: impl Into<String>) -> Self {
        self.draft.queue = Some(queue.into());
        self
    }

    /// Which jobs of a queue run first: higher before lower, -100 to 100.
    pub fn priority(mut self, priority: i16) -> Self {
        self.draft.priority = Some(priority);
        self
    }

    /// How often a job of it is run again after failures before it is dead: 0 to 1,000.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.draft.max_retries = Some(retries);
        self
    }

    /// Adds tags to find its jobs by: at most 32, each a name like a queue's.
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        for tag in tags.into_iter().map(Into::into) {
            if !self.draft.tags.contains(&tag) {
                self.draft.tags.push(tag);
            }
        }
        self
    }

    /// The longest that one run may take, 1 ms to 365 days. Default: the kind's own limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.draft.timeout_ms = Some(milliseconds(timeout));
        self
    }

    /// What becomes of times at which no worker lived. Default: [`MissedRuns::Once`].
    pub fn missed(mut self, missed: MissedRuns) -> Self {
        self.draft.missed = missed;
        self
    }

    /// What becomes of a time while the job of an earlier one lives. Default: [`Overlap::Allow`].
    pub fn overlap(mut self, overlap: Overlap) -> Self {
        self.draft.overlap = overlap;
        self
    }

    /// Lets jobs begin up to so much after their time, so that not all begin at once: an hour at most, nothing by default.
    /// How much it is depends on the name and the time alone.
    pub fn jitter(mut self, most: Duration) -> Self {
        self.draft.jitter_ms = milliseconds(most);
        self
    }

    /// The kind of its jobs.
    pub(crate) fn kind(&self) -> &str {
        &self.draft.kind
    }

    /// With everything decided that code may leave open, and with what the code says.
    pub(crate) fn decide(mut self, config: Option<&KindConfig>, payload_bytes_max: usize) -> Result<RecurringRow> {
        let name = self.draft.name.clone();
        let named = |error: String| Error::invalid(format!("recurring job \"{}\", {error}", name.escape_debug()));
        let payload = self.payload.map_err(&named)?;
        if payload.len() > payload_bytes_max {
            return Err(named(format!("payload has {} bytes, at most {payload_bytes_max} are allowed", payload.len())));
        }
        let options = config.map(|config| &config.options);
        let draft = &mut self.draft;
        let queue = draft.queue.take().or_else(|| options?.queue.clone());
        draft.queue = Some(queue.unwrap_or_else(|| self.queue.to_owned()));
        draft.priority = Some(draft.priority.or_else(|| options?.priority).unwrap_or(self.priority));
        draft.max_retries = Some(draft.max_retries.or_else(|| options?.max_retry_count).unwrap_or(self.max_retries));
        let said = serde_json::to_string(draft).map_err(|error| named(error.to_string()))?;
        // Its own text: a value of ours would round the numbers that it cannot hold.
        let code = Some(format!(r#"{{"said":{said},"payload":{payload}}}"#));
        Ok(RecurringRow { payload, code, ..draft.row()? })
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

//! Batches: how many of their jobs have come how far, and what is called when.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::id::{BatchId, JobId};

/// The longest name of a batch, in bytes.
pub const BATCH_NAME_BYTES_MAX: usize = 200;

/// A batch with its numbers, exact at the moment of the question.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BatchRecord {
    /// Its id.
    pub id: BatchId,
    /// The batch of which it is a member, as one job would be.
    pub parent: Option<BatchId>,
    /// What people call it; may be empty.
    pub name: String,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Since when only its own jobs add to it; `None` while it is open.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was closed and the last of its members had ended. `None` before that, and again while a member that
    /// was requeued has not ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How many members it has: jobs, and batches inside of it.
    pub total: u64,
    /// How many of them have completed.
    pub completed: u64,
    /// How many of them are dead.
    pub dead: u64,
    /// How many of them are cancelled.
    pub cancelled: u64,
}

impl BatchRecord {
    /// How many members have ended, in whatever way.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.completed + self.dead + self.cancelled
    }

    /// How many members have not ended.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.total.saturating_sub(self.ended())
    }

    /// When the last of its present members will have ended, if they go on ending as they did on the average since it
    /// was opened. `None` before the first has ended, and when none is left.
    #[must_use]
    pub fn expected_end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (ended, pending) = (self.ended(), self.pending());
        if ended == 0 || pending == 0 {
            return None;
        }
        let passed = (now - self.created_at).num_milliseconds().max(0) as f64;
        let left = passed * pending as f64 / ended as f64;
        // What would take longer than a century is as good as unknown.
        let left = Some(left).filter(|left| *left < 3.2e12)?;
        now.checked_add_signed(TimeDelta::milliseconds(left as i64))
    }
}

/// What happens to a batch, and what a job may be enqueued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BatchEvent {
    /// The first of its members died.
    Death,
    /// It is closed, and all of its members have ended, in whatever way.
    Finished,
    /// It is closed, and all of its members have completed.
    Success,
}

impl BatchEvent {
    /// The event as a word, as it stands in the database and in the API.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Death => "death",
            Self::Finished => "finished",
            Self::Success => "success",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Death, Self::Finished, Self::Success].into_iter().find(|event| event.as_str() == word)
    }
}

/// A job that is enqueued when something happens to a batch.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BatchCallback {
    /// When it is enqueued.
    pub event: BatchEvent,
    /// The kind of the job.
    pub kind: String,
    /// The job; `None` before it was enqueued.
    pub job: Option<JobId>,
    /// When it was enqueued.
    pub enqueued_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(total: u64, completed: u64, dead: u64) -> BatchRecord {
        let created_at = DateTime::UNIX_EPOCH;
        BatchRecord {
            id: BatchId::default(),
            parent: None,
            name: String::new(),
            created_at,
            closed_at: None,
            ended_at: None,
            total,
            completed,
            dead,
            cancelled: 0,
        }
    }

    #[test]
    fn the_end_is_expected_at_the_pace_so_far() {
        let after_a_minute = DateTime::UNIX_EPOCH + TimeDelta::minutes(1);

        let end = batch(40, 9, 1).expected_end(after_a_minute);

        assert_eq!(end, Some(DateTime::UNIX_EPOCH + TimeDelta::minutes(4)));
    }

    #[test]
    fn no_end_is_expected_before_the_first_or_after_the_last() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::minutes(1);

        assert_eq!(batch(40, 0, 0).expected_end(now), None);
        assert_eq!(batch(40, 40, 0).expected_end(now), None);
        assert_eq!(batch(u64::MAX, 1, 0).expected_end(now), None);
    }
}

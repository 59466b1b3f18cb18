//! The states of a job, and their numbers in the tables.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Where a job is in its life.
///
/// `Scheduled`, `Awaiting`, `Enqueued` and `Failed` are all waiting in the same place: they differ in whether
/// their time has come or is not known yet, and in whether they wait for a first run or for a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum JobState {
    /// Waits for its time.
    Scheduled,
    /// Waits for the end of other jobs.
    Awaiting,
    /// Due: the next free slot of a worker that knows its kind runs it.
    Enqueued,
    /// A worker runs it.
    Processing,
    /// Ran to its end. Kept in the history.
    Completed,
    /// Failed and waits for its retry.
    Failed,
    /// Failed with no retries left, was discarded, or took its worker down too often. Kept in the
    /// history, can be requeued.
    Dead,
    /// Was cancelled. Kept in the history, can be requeued.
    Cancelled,
}

impl JobState {
    /// Every state, in the order in which pages show them.
    pub const ALL: [JobState; 8] = [
        JobState::Scheduled,
        JobState::Awaiting,
        JobState::Enqueued,
        JobState::Processing,
        JobState::Completed,
        JobState::Failed,
        JobState::Dead,
        JobState::Cancelled,
    ];

    /// The state as a word, as it stands in the database, in URLs and on the page.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            JobState::Scheduled => "scheduled",
            JobState::Awaiting => "awaiting",
            JobState::Enqueued => "enqueued",
            JobState::Processing => "processing",
            JobState::Completed => "completed",
            JobState::Failed => "failed",
            JobState::Dead => "dead",
            JobState::Cancelled => "cancelled",
        }
    }

    /// Whether the job will not run again unless somebody requeues it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.finished_code().is_some()
    }

    /// The number that the history stores, for the states that end there.
    pub(crate) fn finished_code(self) -> Option<i16> {
        match self {
            JobState::Completed => Some(3),
            JobState::Dead => Some(4),
            JobState::Cancelled => Some(5),
            _ => None,
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl FromStr for JobState {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
            let known = Self::ALL.map(|state| state.as_str()).join(", ");
            Error::invalid(format!("state \"{}\" is not one of {known}", text.escape_debug()))
        })
    }
}

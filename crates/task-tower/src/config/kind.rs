//! What can be set for one kind of job from outside of the code.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::duration;
use super::limits::{check_expected, check_max_retries, check_priority, check_timeout};
use crate::error::Result;
use crate::record::{check_kind, check_queue};

/// What is set for one kind of job, wherever it runs or is enqueued. What is `None` is left as the
/// code has it. See [`Options::kinds`](crate::Options::kinds).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct KindOptions {
    /// The queue that jobs of this kind go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// What people read on the dashboard in place of the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// How often a failed job is run again before it is dead: 0 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retry_count: Option<u32>,
    /// Which jobs of a queue run first: higher before lower, -100 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i16>,
    /// The longest that one run may take: 1 ms to 365 days.
    #[serde(with = "duration::option", skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// How long a run usually takes at the most: 1 ms to 365 days.
    #[serde(with = "duration::option", skip_serializing_if = "Option::is_none")]
    pub expected: Option<Duration>,
}

impl KindOptions {
    /// These, except where `winner` says something.
    pub(crate) fn under(&self, winner: &Self) -> Self {
        let (ours, theirs) = (self.clone(), winner.clone());
        Self {
            queue: theirs.queue.or(ours.queue),
            display_name: theirs.display_name.or(ours.display_name),
            max_retry_count: theirs.max_retry_count.or(ours.max_retry_count),
            priority: theirs.priority.or(ours.priority),
            timeout: theirs.timeout.or(ours.timeout),
            expected: theirs.expected.or(ours.expected),
        }
    }

    pub(crate) fn check(&self, kind: &str) -> Result<()> {
        check_kind(kind)?;
        self.check_values().map_err(|error| error.context(format!("kind \"{kind}\"")))
    }

    fn check_values(&self) -> Result<()> {
        self.queue.as_deref().map_or(Ok(()), check_queue)?;
        self.max_retry_count.map_or(Ok(()), |retries| check_max_retries("max_retry_count", retries))?;
        self.priority.map_or(Ok(()), check_priority)?;
        self.timeout.map_or(Ok(()), check_timeout)?;
        self.expected.map_or(Ok(()), check_expected)
    }
}

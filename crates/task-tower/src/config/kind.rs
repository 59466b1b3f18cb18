//! How one kind of job is run, where it differs from the defaults.

use std::time::Duration;

use crate::config::{MAX_RETRIES_LIMIT, PRIORITY_LIMIT};
use crate::error::{Error, Result};
use crate::record::check_queue;
use crate::retry::RetryPolicy;

/// The configuration of one kind of job, given when its handler is registered.
///
/// What is set on a call wins over this, this wins over the constants of the
/// [`Job`](crate::Job) trait, and those win over the tower's defaults.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct KindConfig {
    pub(crate) queue: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) max_retry_count: Option<u32>,
    pub(crate) priority: Option<i16>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry_policy: Option<RetryPolicy>,
}

impl KindConfig {
    /// The queue that jobs of this kind go to. Default: the kind's [`QUEUE`](crate::Job::QUEUE).
    pub fn queue(mut self, queue: impl Into<String>) -> Self {
        self.queue = Some(queue.into());
        self
    }

    /// What people read on the dashboard in place of the kind. Default: the kind itself.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// How often a failed job is run again before it is dead: 0 to 1,000. With 2, a job that
    /// always fails runs three times. Default: the kind's [`MAX_RETRIES`](crate::Job::MAX_RETRIES).
    pub fn max_retry_count(mut self, retries: u32) -> Self {
        self.max_retry_count = Some(retries);
        self
    }

    /// Which jobs of a queue run first: higher before lower, -100 to 100. Default: the kind's
    /// [`PRIORITY`](crate::Job::PRIORITY).
    pub fn priority(mut self, priority: i16) -> Self {
        self.priority = Some(priority);
        self
    }

    /// The longest that one run may take. When it is over, the handler's future is dropped and the
    /// run counts as failed. Default: the kind's [`TIMEOUT`](crate::Job::TIMEOUT).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long a failed job waits for its retry. Default: [`RetryPolicy::standard`].
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = Some(policy);
        self
    }

    pub(crate) fn check(&self, kind: &str) -> Result<()> {
        self.check_values().map_err(|error| error.context(format!("kind \"{kind}\"")))
    }

    fn check_values(&self) -> Result<()> {
        if let Some(queue) = &self.queue {
            check_queue(queue)?;
        }
        if let Some(retries) = self.max_retry_count {
            check_max_retries("max_retry_count", retries)?;
        }
        if let Some(priority) = self.priority {
            check_priority(priority)?;
        }
        match self.timeout {
            Some(timeout) => check_timeout(timeout),
            None => Ok(()),
        }
    }
}

pub(crate) fn check_max_retries(option: &str, retries: u32) -> Result<()> {
    match retries <= MAX_RETRIES_LIMIT {
        true => Ok(()),
        false => Err(Error::invalid(format!("{option} {retries} is more than {MAX_RETRIES_LIMIT}"))),
    }
}

pub(crate) fn check_priority(priority: i16) -> Result<()> {
    match (-PRIORITY_LIMIT..=PRIORITY_LIMIT).contains(&priority) {
        true => Ok(()),
        false => {
            Err(Error::invalid(format!("priority {priority} is not between -{PRIORITY_LIMIT} and {PRIORITY_LIMIT}")))
        }
    }
}

/// A timeout is kept in whole milliseconds.
pub(crate) fn check_timeout(timeout: Duration) -> Result<()> {
    match timeout >= Duration::from_millis(1) && timeout <= Duration::from_secs(365 * 24 * 60 * 60) {
        true => Ok(()),
        false => Err(Error::invalid(format!("timeout {timeout:?} is not between 1 ms and 365 days"))),
    }
}

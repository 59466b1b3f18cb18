//! Limits of what a kind's configuration and a call may say.

use std::time::Duration;

use super::options::{MAX_RETRIES_LIMIT, PRIORITY_LIMIT};
use crate::error::{Error, Result};

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

pub(crate) fn check_timeout(timeout: Duration) -> Result<()> {
    check_time("timeout", timeout)
}

pub(crate) fn check_expected(expected: Duration) -> Result<()> {
    check_time("expected", expected)
}

/// Times of runs are kept in whole milliseconds.
fn check_time(option: &str, time: Duration) -> Result<()> {
    match time >= Duration::from_millis(1) && time <= Duration::from_secs(365 * 24 * 60 * 60) {
        true => Ok(()),
        false => Err(Error::invalid(format!("{option} {time:?} is not between 1 ms and 365 days"))),
    }
}

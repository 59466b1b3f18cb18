//! How far a run has come, as its handler says.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// What a handler last told by [`JobContext::progress`](crate::JobContext::progress).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Progress {
    /// Which run told it, counted from 1: the latest that told anything, which need not be the latest of all.
    pub attempt: i32,
    /// How much is done.
    pub done: u64,
    /// Out of how much; 0 when that is not known.
    pub total: u64,
    /// Words about it, if the handler gave some.
    pub text: Option<String>,
    /// When it was written down, by the database's clock.
    pub at: DateTime<Utc>,
}

impl Progress {
    /// How much of the whole is done, from 0 to 100; `None` when the whole is not known.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        (self.total > 0).then(|| (u128::from(self.done.min(self.total)) * 100 / u128::from(self.total)) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(done: u64, total: u64) -> Option<u8> {
        Progress { attempt: 1, done, total, text: None, at: Utc::now() }.percent()
    }

    #[test]
    fn the_percentage_is_never_more_than_the_whole_and_never_rounded_up_to_it() {
        assert_eq!(percent(0, 3), Some(0));
        assert_eq!(percent(2, 3), Some(66));
        assert_eq!(percent(999, 1_000), Some(99));
        assert_eq!(percent(7, 3), Some(100));
        assert_eq!(percent(u64::MAX - 1, u64::MAX), Some(99));
        assert_eq!(percent(7, 0), None);
    }
}

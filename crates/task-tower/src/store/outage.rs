//! Says once that the database is gone and once that it is back, however many connections notice.

use std::sync::Mutex;
use std::time::Instant;

use crate::error::Error;

#[derive(Default)]
pub(crate) struct Outage {
    since: Mutex<Option<Instant>>,
}

impl Outage {
    pub(crate) fn begins(&self, error: &Error) {
        let mut since = self.since.lock().expect("no panic while held");
        if since.is_none() {
            *since = Some(Instant::now());
            tracing::warn!(%error, "PostgreSQL is not available; trying again until it is");
        }
    }

    pub(crate) fn ends(&self) {
        let mut since = self.since.lock().expect("no panic while held");
        if let Some(began) = since.take() {
            tracing::info!(after_ms = began.elapsed().as_millis() as u64, "PostgreSQL is available again");
        }
    }
}

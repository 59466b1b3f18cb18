//! Says once that a server is gone and once that it is back, however many connections notice.

use std::sync::Mutex;
use std::time::Instant;

use crate::error::Error;

pub(crate) struct Outage {
    server: &'static str,
    /// What is done until it is back.
    meanwhile: &'static str,
    since: Mutex<Option<Instant>>,
}

impl Default for Outage {
    fn default() -> Self {
        Self::of("PostgreSQL", "trying again")
    }
}

impl Outage {
    pub(crate) fn of(server: &'static str, meanwhile: &'static str) -> Self {
        Self { server, meanwhile, since: Mutex::default() }
    }

    pub(crate) fn begins(&self, error: &Error) {
        let mut since = self.since.lock().expect("no panic while held");
        if since.is_none() {
            *since = Some(Instant::now());
            tracing::warn!(%error, "{} is not available; {} until it is", self.server, self.meanwhile);
        }
    }

    pub(crate) fn ends(&self) {
        let mut since = self.since.lock().expect("no panic while held");
        if let Some(began) = since.take() {
            tracing::info!(after_ms = began.elapsed().as_millis() as u64, "{} is available again", self.server);
        }
    }
}

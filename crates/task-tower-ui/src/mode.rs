//! Which server it is, and whether it takes changes at present. Asked at most once in a while, since it seldom changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::request::Parts;
use task_tower::{Console, ReadOnly, Server};

/// How long an answer counts. A change that comes too early is refused by the database itself.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Default)]
pub(crate) struct Mode {
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    server: Option<Server>,
    /// When somebody last asked, unless there was no answer.
    asked_at: Option<Instant>,
}

impl Mode {
    /// Why the database takes no changes, as far as it is known.
    pub(crate) fn known(&self) -> Option<ReadOnly> {
        self.last().server.as_ref().and_then(|server| server.read_only)
    }

    /// The version of PostgreSQL, as far as it is known.
    pub(crate) fn postgres(&self) -> Option<String> {
        self.last().server.as_ref().map(|server| server.postgres.clone())
    }

    /// Why it takes no changes, asked anew if that was long ago. Who comes while somebody asks is told what was known before: many
    /// pages that are opened at once ask once. A file does not depend on it, and a database that is away is told by whoever needs it.
    pub(crate) async fn look(&self, console: &Console, parts: &Parts) -> Option<ReadOnly> {
        let is_file = parts.uri.path().starts_with("/assets/");
        if is_file || !self.is_due() {
            return self.known();
        }
        let server = console.server().await;
        let mut known = self.last();
        match server {
            Ok(server) => known.server = Some(server),
            Err(_) => known.asked_at = None,
        }
        known.server.as_ref().and_then(|server| server.read_only)
    }

    /// Whether it is this caller who asks.
    fn is_due(&self) -> bool {
        let mut known = self.last();
        let is_due = known.asked_at.is_none_or(|at| at.elapsed() >= KNOWN_FOR);
        if is_due {
            known.asked_at = Some(Instant::now());
        }
        is_due
    }

    fn last(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

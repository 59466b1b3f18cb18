//! Which server it is, and whether it takes changes at present. Asked at most once in a while, since it seldom changes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::request::Parts;
use task_tower::{Console, ReadOnly, Server};

/// How long an answer counts. A change that comes too early is refused by the database itself.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Default)]
pub(crate) struct Mode {
    known: Arc<Mutex<Option<Known>>>,
}

#[derive(Clone, Debug)]
struct Known {
    server: Server,
    since: Instant,
}

impl Mode {
    /// Why the database takes no changes, as far as it is known.
    pub(crate) fn known(&self) -> Option<ReadOnly> {
        self.last().and_then(|known| known.server.read_only)
    }

    /// The version of PostgreSQL, as far as it is known.
    pub(crate) fn postgres(&self) -> Option<String> {
        self.last().map(|known| known.server.postgres)
    }

    /// Why it takes no changes, asked anew if that was long ago. A file does not depend on it, and a database that is away is told
    /// by whoever needs it.
    pub(crate) async fn look(&self, console: &Console, parts: &Parts) -> Option<ReadOnly> {
        let is_file = parts.uri.path().starts_with("/assets/");
        if is_file || self.last().is_some_and(|known| known.since.elapsed() < KNOWN_FOR) {
            return self.known();
        }
        let server = console.server().await.ok()?;
        let read_only = server.read_only;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Known { server, since: Instant::now() });
        read_only
    }

    fn last(&self) -> Option<Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

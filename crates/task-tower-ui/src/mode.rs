//! Whether the database takes changes at present. Asked at most once in a while, since it seldom changes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::request::Parts;
use task_tower::{Console, ReadOnly};

/// How long an answer counts. A change that comes too early is refused by the database itself.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Default)]
pub(crate) struct Mode {
    known: Arc<Mutex<Option<Known>>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    read_only: Option<ReadOnly>,
    since: Instant,
}

impl Mode {
    /// Why the database takes no changes, as far as it is known.
    pub(crate) fn known(&self) -> Option<ReadOnly> {
        self.last().and_then(|known| known.read_only)
    }

    /// The same, asked anew if that was long ago. A file does not depend on it, and a database that is away is told
    /// by whoever needs it.
    pub(crate) async fn look(&self, console: &Console, parts: &Parts) -> Option<ReadOnly> {
        let is_file = parts.uri.path().starts_with("/assets/");
        if is_file || self.last().is_some_and(|known| known.since.elapsed() < KNOWN_FOR) {
            return self.known();
        }
        let read_only = console.read_only().await.ok()?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Known { read_only, since: Instant::now() });
        read_only
    }

    fn last(&self) -> Option<Known> {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The demo's own book of what was enqueued and what ran, kept beside the database: what the
//! database says is judged by it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use task_tower::{JobId, JobState};

use super::script::Expectation;

/// Cheap to clone; all clones are one book.
#[derive(Clone)]
pub(super) struct Ledger(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    /// A demo that runs for days keeps no book.
    keeps: bool,
    jobs: HashMap<JobId, Entry>,
    runs: HashMap<JobId, u32>,
    waits: Vec<Duration>,
}

/// A job that was enqueued.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) kind: &'static str,
    pub(super) expected: Expectation,
}

impl Ledger {
    pub(super) fn new(keeps: bool) -> Self {
        Self(Arc::new(Mutex::new(Book { keeps, ..Book::default() })))
    }

    /// Nothing panics while it holds the book.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enqueued(&self, id: JobId, kind: &'static str, expected: Expectation) {
        let mut book = self.book();
        if book.keeps {
            book.jobs.insert(id, Entry { kind, expected });
        }
    }

    /// Somebody cancelled it before it could run.
    pub(super) fn cancelled(&self, id: JobId) {
        if let Some(entry) = self.book().jobs.get_mut(&id) {
            entry.expected = Expectation { state: JobState::Cancelled, runs: 0 };
        }
    }

    pub(super) fn run_began(&self, id: JobId, waited: Duration) {
        let mut book = self.book();
        if book.keeps {
            *book.runs.entry(id).or_default() += 1;
            book.waits.push(waited);
        }
    }

    pub(super) fn jobs(&self) -> HashMap<JobId, Entry> {
        self.book().jobs.clone()
    }

    pub(super) fn runs(&self) -> HashMap<JobId, u32> {
        self.book().runs.clone()
    }

    /// The waits of all runs, the shortest first.
    pub(super) fn waits(&self) -> Vec<Duration> {
        let mut waits = self.book().waits.clone();
        waits.sort_unstable();
        waits
    }
}

//! What handlers tell of how far they are, in memory until a duty of the worker has written it down: of each run only
//! what was told last.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use super::error::Bounded;
use crate::record::{JobId, WorkerId};

/// The most bytes of the words beside the numbers.
const TEXT_BYTES_MAX: usize = 200;
/// The most runs that are remembered: no worker has more slots.
const RUNS_MAX: usize = 10_000;

/// What the runs of a worker told since it was last written down.
#[derive(Debug, Default)]
pub(crate) struct Board {
    told: Mutex<HashMap<(JobId, i64), Told>>,
}

/// What a run told last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) worker: WorkerId,
    pub(crate) attempt: i32,
    pub(crate) done: u64,
    pub(crate) total: u64,
    pub(crate) text: Option<String>,
}

impl Board {
    /// By job and lease.
    pub(crate) fn tell(&self, run: (JobId, i64), told: Told) {
        let mut runs = self.lock();
        if runs.len() < RUNS_MAX || runs.contains_key(&run) {
            runs.insert(run, told);
        }
    }

    /// Everything that was told. Whoever takes it writes it down, or puts it back.
    pub(crate) fn take(&self) -> HashMap<(JobId, i64), Told> {
        std::mem::take(&mut *self.lock())
    }

    /// What could not be written, unless the run has told something else meanwhile.
    pub(crate) fn put_back(&self, told: HashMap<(JobId, i64), Told>) {
        let mut runs = self.lock();
        for (run, told) in told {
            runs.entry(run).or_insert(told);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(JobId, i64), Told>> {
        self.told.lock().expect("no panic while held")
    }
}

/// As much of the words as is kept.
pub(super) fn words(text: &str) -> String {
    Bounded::of(TEXT_BYTES_MAX, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(done: u64) -> Told {
        Told { worker: WorkerId(1), attempt: 1, done, total: 10, text: None }
    }

    #[test]
    fn only_what_was_told_last_is_remembered_and_what_comes_back_late_does_not_replace_it() {
        let (board, run) = (Board::default(), (JobId::new(), 1));
        board.tell(run, told(1));
        board.tell(run, told(2));

        let taken = board.take();
        assert_eq!(taken[&run], told(2));
        assert!(board.take().is_empty());

        board.tell(run, told(3));
        board.put_back(taken.clone());
        assert_eq!(board.take()[&run], told(3));
        board.put_back(taken);
        assert_eq!(board.take()[&run], told(2));
    }

    #[test]
    fn words_are_cut_and_without_what_postgresql_cannot_store() {
        assert_eq!(words("page 3\0"), "page 3\u{fffd}");
        assert_eq!(words(&"é".repeat(1_000)), "é".repeat(100) + " … (cut)");
    }
}

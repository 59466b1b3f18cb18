//! The jobs that this worker holds in the database: from the claim until their outcome is written.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::mark::{AtomicMark, Mark};
use crate::record::JobId;

/// Counts what came to a slot, for the order of what runs.
static RUNS: AtomicU64 = AtomicU64::new(1);

#[derive(Default)]
pub(super) struct Held {
    jobs: Mutex<HashMap<JobId, Hold>>,
}

/// One job in our hands.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    pub(super) lease: i64,
    pub(super) token: CancellationToken,
    /// It is one crash away from being declared poison.
    pub(super) suspect: bool,
    flags: Arc<Flags>,
}

#[derive(Debug, Default)]
struct Flags {
    revoked: AtomicU8,
    /// It is in a slot, as the so manyth run of this process that came to one; 0 when it is not.
    running: AtomicU64,
    /// Its handler has completed it by itself, perhaps.
    settled: AtomicBool,
    mark: AtomicMark,
}

/// Why a run is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Revocation {
    /// Somebody cancelled the job.
    Cancelled = 1,
    /// The job belongs to another worker by now, or to nobody.
    Lost = 2,
    /// The worker stops, or cannot prove that it lives.
    Shutdown = 3,
}

impl Hold {
    pub(super) fn new(lease: i64, suspect: bool) -> Self {
        Self { lease, suspect, token: CancellationToken::new(), flags: Arc::default() }
    }

    pub(super) fn revocation(&self) -> Option<Revocation> {
        match self.flags.revoked.load(Ordering::Acquire) {
            1 => Some(Revocation::Cancelled),
            2 => Some(Revocation::Lost),
            3 => Some(Revocation::Shutdown),
            _ => None,
        }
    }

    /// It is in a slot.
    pub(super) fn begins(&self, mark: Mark) {
        self.flags.mark.set(mark);
        self.flags.running.store(RUNS.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Its handler has returned.
    pub(super) fn took(&self, time: Duration, settled: bool) {
        self.flags.mark.took(time);
        self.flags.settled.store(settled, Ordering::Relaxed);
    }

    /// Its slot is free.
    pub(super) fn ends(&self) {
        self.flags.running.store(0, Ordering::Relaxed);
    }

    pub(super) fn is_settled(&self) -> bool {
        self.flags.settled.load(Ordering::Relaxed)
    }

    /// For the statistics; `None` for what never began.
    pub(super) fn mark(&self) -> Option<Mark> {
        self.flags.mark.get()
    }

    /// The first reason counts, except that a lost job is lost whatever was said before.
    fn revoke(&self, why: Revocation) {
        if why == Revocation::Lost {
            self.flags.revoked.store(why as u8, Ordering::Release);
        } else {
            let revoked = &self.flags.revoked;
            let _ = revoked.compare_exchange(0, why as u8, Ordering::AcqRel, Ordering::Acquire);
        }
        self.token.cancel();
    }
}

impl Held {
    pub(super) fn insert(&self, id: JobId, hold: Hold) {
        self.lock().insert(id, hold);
    }

    pub(super) fn get(&self, id: JobId) -> Option<Hold> {
        self.lock().get(&id).cloned()
    }

    /// Those runs, if they are still here, in the order in which they are named.
    pub(super) fn holds(&self, runs: impl IntoIterator<Item = (JobId, i64)>) -> Vec<Option<Hold>> {
        let jobs = self.lock();
        runs.into_iter().map(|(id, lease)| jobs.get(&id).filter(|hold| hold.lease == lease).cloned()).collect()
    }

    /// Runs that are written down. The same job may be in our hands again, by a newer lease.
    pub(super) fn remove(&self, runs: impl IntoIterator<Item = (JobId, i64)>) {
        let mut jobs = self.lock();
        for (id, lease) in runs {
            if jobs.get(&id).is_some_and(|hold| hold.lease == lease) {
                jobs.remove(&id);
            }
        }
    }

    pub(super) fn has_suspect(&self) -> bool {
        self.lock().values().any(|hold| hold.suspect)
    }

    pub(super) fn ids(&self) -> Vec<JobId> {
        self.lock().keys().copied().collect()
    }

    /// Those in slots, up to so many, the longest running first.
    pub(super) fn running(&self, limit: usize) -> Vec<JobId> {
        let all: Vec<_> =
            self.lock().iter().map(|(id, hold)| (hold.flags.running.load(Ordering::Relaxed), *id)).collect();
        let mut running = Vec::from_iter(all.into_iter().filter(|(place, _)| *place > 0));
        running.sort_unstable();
        running.into_iter().map(|(_, id)| id).take(limit).collect()
    }

    /// Ids with leases, sorted.
    pub(super) fn leases(&self) -> Vec<(JobId, i64)> {
        let mut leases: Vec<_> = self.lock().iter().map(|(id, hold)| (*id, hold.lease)).collect();
        leases.sort_unstable();
        leases
    }

    /// Only that run: while it was asked about, its outcome may have been written and the job claimed anew.
    pub(super) fn revoke(&self, id: JobId, lease: i64, why: Revocation) {
        if let Some(hold) = self.lock().get(&id).filter(|hold| hold.lease == lease) {
            hold.revoke(why);
        }
    }

    pub(super) fn revoke_all(&self, why: Revocation) {
        self.lock().values().for_each(|hold| hold.revoke(why));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, Hold>> {
        self.jobs.lock().expect("no panic while held")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_not_stopped_by_what_was_found_out_about_the_one_before() {
        let (held, id) = (Held::default(), JobId::new());
        let claimed_anew = Hold::new(3, false);
        held.insert(id, claimed_anew.clone());

        assert!(held.holds([(id, 1)])[0].is_none());
        held.revoke(id, 1, Revocation::Lost);
        assert_eq!(claimed_anew.revocation(), None);
        assert!(!claimed_anew.token.is_cancelled());

        held.revoke(id, 3, Revocation::Cancelled);
        assert_eq!(claimed_anew.revocation(), Some(Revocation::Cancelled));
    }
}

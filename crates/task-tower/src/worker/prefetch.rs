//! How many jobs a worker may claim beyond its free slots.
//!
//! Long jobs: none, since a job that waits here could run elsewhere. Short jobs: as many as the
//! slots finish within some milliseconds, or claims would be tiny and every job would cost a
//! round trip.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// No job should wait longer than this in a buffer, by the measured run time.
const AHEAD: Duration = Duration::from_millis(20);
const PREFETCH_MAX: usize = 512;

pub(super) struct Prefetch {
    slots: usize,
    /// Moving average of run times, in nanoseconds; 0 while unknown.
    mean: AtomicU64,
}

impl Prefetch {
    pub(super) fn new(slots: usize) -> Self {
        Self { slots, mean: AtomicU64::new(0) }
    }

    /// A run took this long.
    pub(super) fn observe(&self, run: Duration) {
        let sample = (run.as_nanos() as u64).max(1);
        let mean = self.mean.load(Ordering::Relaxed);
        // Grows at once and shrinks slowly: claiming too much is worse than claiming too little.
        let next = if sample > mean { mean + (sample - mean) / 2 } else { mean - (mean - sample) / 16 };
        self.mean.store(if mean == 0 { sample } else { next }, Ordering::Relaxed);
    }

    pub(super) fn allowance(&self) -> usize {
        let mean = self.mean.load(Ordering::Relaxed);
        if mean == 0 || u128::from(mean) >= AHEAD.as_nanos() {
            return 0;
        }
        let ahead = AHEAD.as_nanos() as u64 / mean;
        (ahead as usize).saturating_mul(self.slots).min(PREFETCH_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_claimed_ahead_while_run_times_are_unknown_or_long() {
        let prefetch = Prefetch::new(4);
        assert_eq!(prefetch.allowance(), 0);

        prefetch.observe(Duration::from_millis(50));

        assert_eq!(prefetch.allowance(), 0);
    }

    #[test]
    fn short_jobs_are_claimed_ahead_by_what_the_slots_finish_in_time() {
        let prefetch = Prefetch::new(4);

        prefetch.observe(Duration::from_millis(5));
        assert_eq!(prefetch.allowance(), 16);

        prefetch.observe(Duration::from_secs(1));
        assert_eq!(prefetch.allowance(), 0);
    }
}

//! What happened to each job of a workload: when it was asked for, when its handler began, and how
//! often that was. A benchmark that loses jobs, or runs them twice, measures nothing.

use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

/// Longer than the slowest workload takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// Makes a payload of about 90 bytes.
const TEXT: &str = "the quick brown fox jumps over the lazy dog and back again.";

/// The data of every job, the same for all contenders.
#[derive(Serialize, Deserialize)]
pub(super) struct Errand {
    pub(super) number: u64,
    text: String,
}

impl Errand {
    pub(super) fn new(number: u64) -> Self {
        Self { number, text: TEXT.to_owned() }
    }
}

pub(super) struct Ledger {
    epoch: Instant,
    entries: Vec<Entry>,
    runs: AtomicUsize,
    goal: AtomicUsize,
    reached: Notify,
}

/// Times are nanoseconds since the epoch of the ledger.
#[derive(Default)]
struct Entry {
    asked: AtomicU64,
    began: AtomicU64,
    runs: AtomicU8,
}

impl Ledger {
    /// A ledger for jobs numbered from zero up to `capacity`.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            epoch: Instant::now(),
            entries: (0..capacity).map(|_| Entry::default()).collect(),
            runs: AtomicUsize::new(0),
            goal: AtomicUsize::new(usize::MAX),
            reached: Notify::new(),
        }
    }

    /// The job is about to be enqueued.
    pub(super) fn asked(&self, number: u64) -> Result<()> {
        let entry = self.entries.get(number as usize).context("the ledger has too few entries for so many jobs")?;
        entry.asked.store(self.now(), Ordering::Relaxed);
        Ok(())
    }

    /// The handler of the job begins: its first and only line.
    pub(super) fn began(&self, number: u64) {
        let now = self.now();
        let Some(entry) = self.entries.get(number as usize) else { return };
        entry.began.store(now, Ordering::Relaxed);
        entry.runs.fetch_add(1, Ordering::Relaxed);
        if self.runs.fetch_add(1, Ordering::AcqRel) + 1 >= self.goal.load(Ordering::Acquire) {
            self.reached.notify_one();
        }
    }

    /// Returns when so many runs have begun.
    pub(super) async fn reaches(&self, goal: usize) -> Result<()> {
        self.goal.store(goal, Ordering::Release);
        let reached = async {
            while self.runs() < goal {
                self.reached.notified().await;
            }
        };
        let late = || anyhow!("only {} of {goal} jobs ran within {PATIENCE:?}", self.runs());
        tokio::time::timeout(PATIENCE, reached).await.map_err(|_| late())
    }

    pub(super) fn runs(&self) -> usize {
        self.runs.load(Ordering::Acquire)
    }

    /// Milliseconds from before the enqueue to the handler's first line, of all jobs in the range.
    pub(super) fn delays_ms(&self, numbers: std::ops::Range<usize>) -> Vec<f64> {
        let delay = |entry: &Entry| {
            let (asked, began) = (entry.asked.load(Ordering::Relaxed), entry.began.load(Ordering::Relaxed));
            began.saturating_sub(asked) as f64 / 1e6
        };
        self.entries[numbers].iter().map(delay).collect()
    }

    /// Fails unless each of the first `count` jobs ran exactly once, and no other did.
    pub(super) fn each_ran_once(&self, count: usize) -> Result<()> {
        self.none_ran_twice()?;
        match self.entries[..count].iter().position(|entry| entry.runs.load(Ordering::Relaxed) == 0) {
            Some(number) => bail!("job {number} of {count} never ran"),
            None if self.runs() != count => bail!("{} jobs ran, but there were only {count}", self.runs()),
            None => Ok(()),
        }
    }

    pub(super) fn none_ran_twice(&self) -> Result<()> {
        match self.entries.iter().position(|entry| entry.runs.load(Ordering::Relaxed) > 1) {
            Some(number) => bail!("job {number} ran more than once"),
            None => Ok(()),
        }
    }

    fn now(&self) -> u64 {
        self.epoch.elapsed().as_nanos() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_never_ran_is_found() {
        let ledger = Ledger::new(3);

        ledger.began(0);
        ledger.began(2);

        assert!(ledger.each_ran_once(3).unwrap_err().to_string().contains("job 1 of 3 never ran"));
    }

    #[test]
    fn a_job_that_ran_twice_is_found() {
        let ledger = Ledger::new(2);

        ledger.began(1);
        ledger.began(1);

        assert!(ledger.none_ran_twice().unwrap_err().to_string().contains("job 1 ran more than once"));
    }

    #[test]
    fn an_errand_has_about_ninety_bytes() {
        let json = serde_json::to_string(&Errand::new(123_456)).unwrap();

        assert!((85..=95).contains(&json.len()), "{} bytes", json.len());
    }

    #[tokio::test]
    async fn who_waits_for_a_goal_that_was_passed_does_not_wait() {
        let ledger = Ledger::new(2);
        ledger.began(0);
        ledger.began(1);

        ledger.reaches(1).await.unwrap();
    }
}

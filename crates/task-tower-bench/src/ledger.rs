//! What happened to each job of a workload: when it was asked for, when its handler began, and how
//! often that was. A benchmark that loses jobs, or runs them twice, measures nothing.

use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

/// Makes a payload of about 90 bytes.
const TEXT: &str = "the quick brown fox jumps over the lazy dog and back again.";

/// The data of every job, the same for all contenders.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Errand {
    /// Jobs are numbered from zero.
    pub number: u64,
    /// Makes it as long as it is.
    pub text: String,
}

impl Errand {
    /// A job of about ninety bytes.
    pub fn new(number: u64) -> Self {
        Self { number, text: TEXT.to_owned() }
    }

    /// A job with so many bytes of text.
    pub fn with_text(number: u64, bytes: usize) -> Self {
        Self { number, text: TEXT.chars().cycle().take(bytes).collect() }
    }
}

/// What happened to each job.
pub struct Ledger {
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
    pub fn new(capacity: usize) -> Self {
        Self {
            epoch: Instant::now(),
            entries: (0..capacity).map(|_| Entry::default()).collect(),
            runs: AtomicUsize::new(0),
            goal: AtomicUsize::new(usize::MAX),
            reached: Notify::new(),
        }
    }

    /// The job is about to be enqueued.
    pub fn asked(&self, number: u64) -> Result<()> {
        let entry = self.entries.get(number as usize).context("the ledger has too few entries for so many jobs")?;
        entry.asked.store(self.now(), Ordering::Relaxed);
        Ok(())
    }

    /// The handler of the job begins: its first and only line.
    pub fn began(&self, number: u64) {
        let now = self.now();
        let Some(entry) = self.entries.get(number as usize) else { return };
        entry.began.store(now, Ordering::Relaxed);
        entry.runs.fetch_add(1, Ordering::Relaxed);
        if self.runs.fetch_add(1, Ordering::AcqRel) + 1 >= self.goal.load(Ordering::Acquire) {
            self.reached.notify_one();
        }
    }

    /// Returns whether so many runs have begun, as soon as they have, or when the patience ends.
    pub async fn reaches(&self, goal: usize, patience: Duration) -> bool {
        self.goal.store(goal, Ordering::Release);
        let reached = async {
            while self.runs() < goal {
                self.reached.notified().await;
            }
        };
        tokio::time::timeout(patience, reached).await.is_ok()
    }

    /// How many runs have begun.
    pub fn runs(&self) -> usize {
        self.runs.load(Ordering::Acquire)
    }

    /// Milliseconds from before the enqueue to the handler's first line, of all jobs in the range. Jobs that did not run
    /// have waited until now.
    pub fn delays_ms(&self, numbers: std::ops::Range<usize>) -> Vec<f64> {
        let now = self.now();
        let delay = |entry: &Entry| {
            let asked = entry.asked.load(Ordering::Relaxed);
            let began = match entry.runs.load(Ordering::Relaxed) {
                0 => now,
                _ => entry.began.load(Ordering::Relaxed),
            };
            began.saturating_sub(asked) as f64 / 1e6
        };
        self.entries[numbers].iter().map(delay).collect()
    }

    /// Fails unless each of the first `count` jobs ran exactly once, and no other did.
    pub fn each_ran_once(&self, count: usize) -> Result<()> {
        self.none_ran_twice()?;
        match self.entries[..count].iter().position(|entry| entry.runs.load(Ordering::Relaxed) == 0) {
            Some(number) => bail!("job {number} of {count} never ran"),
            None if self.runs() != count => bail!("{} jobs ran, but there were only {count}", self.runs()),
            None => Ok(()),
        }
    }

    /// Fails if a job ran more than once.
    pub fn none_ran_twice(&self) -> Result<()> {
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

        assert!(ledger.reaches(1, Duration::from_secs(60)).await);
    }

    #[tokio::test]
    async fn who_waits_for_too_much_gives_up() {
        let ledger = Ledger::new(2);
        ledger.began(0);

        assert!(!ledger.reaches(2, Duration::from_millis(1)).await);
    }

    #[test]
    fn a_text_is_as_long_as_was_asked() {
        let json = serde_json::to_string(&Errand::with_text(7, 10_000)).unwrap();

        assert!((10_000..10_050).contains(&json.len()), "{} bytes", json.len());
    }
}

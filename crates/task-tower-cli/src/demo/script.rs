//! What a job of the demo is going to go through, written into its payload: how long it takes, and
//! what goes wrong in which run. So it is known beforehand how each job has to end.

use std::panic;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{JobContext, JobError, JobState};

/// Whoever takes as long as this says how far they are.
const LONG_MS: u64 = 400;
const PARTS: u64 = 20;

/// The part of the payload that stands for the world outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Script {
    takes_ms: u64,
    /// One for each run, from the first; the runs after the last one succeed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mishaps: Vec<Mishap>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mishap {
    Error(String),
    Panic(String),
    Discard(String),
    Cancel(String),
}

/// How a job has to end, and after how many runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expectation {
    pub(super) state: JobState,
    pub(super) runs: u32,
}

impl Script {
    pub(super) fn takes(milliseconds: u64) -> Self {
        Self { takes_ms: milliseconds, mishaps: Vec::new() }
    }

    pub(super) fn fails(mut self, times: usize, message: &str) -> Self {
        self.mishaps.extend(std::iter::repeat_n(Mishap::Error(message.to_owned()), times));
        self
    }

    pub(super) fn then(mut self, mishap: Mishap) -> Self {
        self.mishaps.push(mishap);
        self
    }

    /// Plays the part of one run, by how many failed before.
    pub(super) async fn play(&self, run: &JobContext) -> Result<(), JobError> {
        tracing::info!(attempt = run.attempt(), takes_ms = self.takes_ms, "begins");
        if self.takes_ms >= LONG_MS {
            self.work_in_parts(run).await;
        } else {
            tokio::time::sleep(Duration::from_millis(self.takes_ms)).await;
        }
        match self.mishaps.get(run.failures() as usize) {
            None => Ok(()),
            Some(Mishap::Error(message)) => Err(JobError::new(message)),
            Some(Mishap::Discard(message)) => Err(JobError::discard(message)),
            Some(Mishap::Cancel(reason)) => Err(JobError::cancel(reason)),
            Some(Mishap::Panic(message)) => panic!("{message}"),
        }
    }

    async fn work_in_parts(&self, run: &JobContext) {
        for part in 1..=PARTS {
            tokio::time::sleep(Duration::from_millis(self.takes_ms / PARTS)).await;
            tracing::info!(part, "worked through a part of the list");
            run.progress_with(part, PARTS, "working through the list");
        }
    }

    pub(super) fn expectation(&self, retries_max: u32) -> Expectation {
        let after = |state, runs| Expectation { state, runs };
        for (run, mishap) in (1..).zip(&self.mishaps) {
            match mishap {
                Mishap::Cancel(_) => return after(JobState::Cancelled, run),
                Mishap::Discard(_) => return after(JobState::Dead, run),
                Mishap::Error(_) | Mishap::Panic(_) if run > retries_max => return after(JobState::Dead, run),
                Mishap::Error(_) | Mishap::Panic(_) => {}
            }
        }
        after(JobState::Completed, self.mishaps.len() as u32 + 1)
    }
}

/// Keeps the panics of this file out of the terminal: they are a part of the show, and the dashboard
/// tells of them.
pub(super) fn panic_quietly() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.location().is_none_or(|place| place.file() != file!()) {
            before(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_without_mishaps_completes_in_its_first_run() {
        assert_eq!(Script::takes(1).expectation(0), Expectation { state: JobState::Completed, runs: 1 });
    }

    #[test]
    fn a_job_that_fails_more_often_than_it_may_is_dead() {
        let script = Script::takes(1).fails(3, "no");

        assert_eq!(script.expectation(3), Expectation { state: JobState::Completed, runs: 4 });
        assert_eq!(script.expectation(2), Expectation { state: JobState::Dead, runs: 3 });
    }

    #[test]
    fn a_job_can_end_itself_whatever_retries_are_left() {
        let cancels = Script::takes(1).fails(1, "no").then(Mishap::Cancel("gone".to_owned()));

        assert_eq!(cancels.expectation(9), Expectation { state: JobState::Cancelled, runs: 2 });
    }
}

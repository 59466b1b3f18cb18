//! From the claim to the slots: what may begin, what has to wait for a better time, and what has
//! waited too long.

use std::sync::Arc;
use std::time::Duration;

use super::completer::{Outcomes, release};
use super::engine::Engine;
use super::held::Hold;
use crate::store::{self, Claimed};

/// How long a claimed job may wait for a slot before it is given back.
pub(super) const BUFFER_PATIENCE: Duration = Duration::from_millis(250);
/// How long a suspect waits while another one runs.
const SUSPECT_DELAY_MS: i64 = 1_000;

pub(super) struct Admission {
    engine: Arc<Engine>,
    outcomes: Outcomes,
}

impl Admission {
    pub(super) fn new(engine: Arc<Engine>, outcomes: Outcomes) -> Self {
        Self { engine, outcomes }
    }

    /// Hands jobs to the slots.
    pub(super) async fn admit(&self, jobs: Vec<Claimed>) {
        let last_chance = self.engine.options.poison_after.saturating_sub(1).cast_signed();
        let (suspects, others): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| last_chance > 0 && job.crashes >= last_chance);
        self.hand_over(others, false);
        if !suspects.is_empty() {
            self.admit_suspects(suspects).await;
        }
    }

    fn hand_over(&self, jobs: Vec<Claimed>, suspect: bool) {
        for job in &jobs {
            self.engine.held.insert(job.id, Hold::new(job.lease, suspect));
        }
        let late = self.engine.buffer.put(jobs);
        self.outcomes.release_soon(late, 0);
    }

    /// A job that is one crash away from being declared poison runs alone among its like: when the
    /// worker dies again, only the guilty one was there each time.
    async fn admit_suspects(&self, mut suspects: Vec<Claimed>) {
        let alone = (!self.engine.held.has_suspect()).then(|| suspects.remove(0));
        // First they are gone, then it begins: it may take this process down at once.
        if self.defer(suspects).await {
            self.hand_over(Vec::from_iter(alone), true);
        } else if let Some(job) = alone {
            self.engine.held.insert(job.id, Hold::new(job.lease, false));
            self.outcomes.release_soon(vec![job], SUSPECT_DELAY_MS);
        }
    }

    /// Gives jobs back for a while, and returns whether that is written down already.
    async fn defer(&self, jobs: Vec<Claimed>) -> bool {
        if jobs.is_empty() {
            return true;
        }
        for job in &jobs {
            self.engine.held.insert(job.id, Hold::new(job.lease, false));
        }
        let released: Vec<_> = jobs.iter().map(|job| release(job.id, job.lease, SUSPECT_DELAY_MS)).collect();
        let written = store::postpone(&self.engine.work, &released).await.is_ok();
        match written {
            true => self.engine.held.remove(jobs.iter().map(|job| (job.id, job.lease))),
            false => self.outcomes.release_soon(jobs, SUSPECT_DELAY_MS),
        }
        written
    }

    /// Gives back what has waited too long for a slot.
    pub(super) fn give_back_stale(&self) {
        let stale = self.engine.buffer.take_stale(BUFFER_PATIENCE);
        if !stale.is_empty() {
            // The slots are slower than we thought.
            self.engine.prefetch.observe(BUFFER_PATIENCE);
            self.outcomes.release_soon(stale, 0);
        }
    }
}

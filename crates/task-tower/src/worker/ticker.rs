//! Enqueues the jobs of times that have come. Every worker does this: there is no leader to lose, since the statement that
//! enqueues sees to it that of all that come at once, one does.

use std::sync::Arc;
use std::time::Duration;

use super::engine::Engine;
use crate::error::Result;
use crate::record::{JobId, TickOutcome};
use crate::recurrence::{Due, Recurrence, due, jittered};
use crate::store::{self, DueRecurring, NewTick};

/// How often it looks without being told of a change, and without any time that comes sooner.
const LOOK_INTERVAL: Duration = Duration::from_secs(60);
/// How often it looks whether a job has ended that another waits for.
const QUEUED_INTERVAL: Duration = Duration::from_secs(1);
/// After an error, and for a job whose times this program does not understand.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);
/// Workers come to a time one after the other, so that all but the first find it done.
const SPREAD_MS: u64 = 20;

pub(super) struct Ticker {
    engine: Arc<Engine>,
}

impl Ticker {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    pub(super) async fn run(self) {
        let engine = &self.engine;
        loop {
            let pause = match self.once().await {
                Ok(pause) => pause + Duration::from_millis(fastrand::u64(..=SPREAD_MS)),
                Err(error) => {
                    tracing::debug!(%error, "could not look for recurring jobs, trying again");
                    RETRY_INTERVAL
                }
            };
            tokio::select! {
                () = engine.stopping.cancelled() => return,
                () = engine.recurring.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One round: deals with what has come, and returns how long it is until something comes. It may be interrupted
    /// anywhere, and whatever is done twice is done once.
    pub(super) async fn once(&self) -> Result<Duration> {
        let coming = store::coming_recurring(&self.engine.work).await?;
        let mut pause = LOOK_INTERVAL;
        for recurring in &coming.soon {
            pause = pause.min(match recurring.due_in_ms {
                ..=0 => self.try_tick(recurring).await?,
                later => Duration::from_millis(later.unsigned_abs()),
            });
        }
        if coming.has_queued {
            let released = store::release_ticks(&self.engine.work).await?;
            tracing::debug!(released, "times of recurring jobs that waited for an earlier job");
            pause = pause.min(QUEUED_INTERVAL);
        }
        Ok(pause)
    }

    /// One that the database refuses does not hold up the others.
    async fn try_tick(&self, recurring: &DueRecurring) -> Result<Duration> {
        match self.tick(recurring).await {
            Err(error) if !error.is_unavailable() => {
                tracing::warn!(name = recurring.name, %error, "could not deal with a time of a recurring job, trying again");
                Ok(RETRY_INTERVAL)
            }
            done => done,
        }
    }

    /// Returns how long it is until there may be more to do.
    async fn tick(&self, recurring: &DueRecurring) -> Result<Duration> {
        let Ok(recurrence) = Recurrence::new(&recurring.expression, &recurring.zone) else {
            tracing::warn!(name = recurring.name, "this program does not understand when the job recurs");
            return Ok(RETRY_INTERVAL);
        };
        let due = due(&recurrence, recurring.next_at, recurring.now, recurring.missed);
        let ticks = planned(recurring, &due);
        let made = store::tick(&self.engine.work, recurring, &ticks, due.next).await?;
        tracing::debug!(name = recurring.name, missed = due.missed, made, "times of a recurring job have come");
        // Somebody was faster, or the next time is close: the next look tells.
        Ok(Duration::ZERO)
    }
}

/// What is to become of each time: first the missed ones, as one note about the latest of them.
fn planned(recurring: &DueRecurring, due: &Due) -> Vec<NewTick> {
    let tick = |at, outcome, missed| NewTick {
        at,
        outcome,
        id: JobId::new(),
        run_at: jittered(&recurring.name, at, recurring.jitter_ms),
        missed,
    };
    let missed = i32::try_from(due.missed).unwrap_or(i32::MAX);
    let left_out = due.missed_at.map(|at| tick(at, TickOutcome::Missed, missed));
    let runs = due.runs.iter().enumerate().map(|(place, at)| match place == 0 && recurring.skips_next {
        true => tick(*at, TickOutcome::Skipped, 0),
        false => tick(*at, TickOutcome::Enqueued, 0),
    });
    left_out.into_iter().chain(runs).collect()
}

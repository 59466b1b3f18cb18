//! Flushes what was counted to the database, and once a minute samples what is in the queues.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::engine::Engine;
use crate::error::Result;
use crate::store::{self, Purpose};

/// A worker that is killed loses what it counted for at most this long.
const INTERVAL: Duration = Duration::from_secs(2);
/// A flush may take this share of the time, so that it does not hold up what it counts.
const SHARE: u32 = 20;
/// The next minute can be sampled when this has passed.
const MINUTE: Duration = Duration::from_secs(60);
/// Workers do not ask at once whether a minute is sampled already, but within so long.
const SPREAD: Duration = Duration::from_secs(15);
/// What is counted while the last flush is under way is flushed by another one.
const LAST_FLUSHES: usize = 3;

pub(super) struct Tallier {
    engine: Arc<Engine>,
    sample_at: Instant,
}

impl Tallier {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine, sample_at: Instant::now() + spread() }
    }

    pub(super) async fn run(mut self) {
        loop {
            let began = Instant::now();
            if let Err(error) = self.once().await {
                tracing::debug!(%error, "could not write statistics, trying again");
            }
            let pause = INTERVAL.max(began.elapsed() * SHARE).mul_f64(0.9 + 0.1 * fastrand::f64());
            tokio::select! {
                () = self.engine.stopping.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One round.
    pub(super) async fn once(&mut self) -> Result<()> {
        flush(&self.engine).await?;
        if self.sample_at <= Instant::now() {
            // What fails comes again.
            self.sample_at = Instant::now() + SPREAD;
            self.sample_at = Instant::now() + sample(&self.engine).await?;
        }
        Ok(())
    }
}

/// Drawn anew each time.
fn spread() -> Duration {
    SPREAD.mul_f64(fastrand::f64())
}

/// Writes down everything that was counted.
pub(super) async fn flush_all(engine: &Engine) {
    for _ in 0..LAST_FLUSHES {
        match flush(engine).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return tracing::debug!(%error, "could not write the last statistics"),
        }
    }
}

/// Returns whether there was anything. What fails is kept, and comes again with the same number.
async fn flush(engine: &Engine) -> Result<bool> {
    let Some(worker) = engine.worker() else { return Ok(false) };
    let Some(batch) = engine.tally.pending() else { return Ok(false) };
    let version = engine.options.app_version.as_deref();
    store::flush_tally(&engine.outcomes, worker, version, &batch).await?;
    engine.tally.flushed(&batch);
    Ok(true)
}

/// Samples the last minute, unless somebody has, and returns when to come again. The question is cheap, the sample is
/// not: it has a connection of its own, so that no claim waits behind it. It goes along indexes up to a limit, so the
/// connection is one for work.
async fn sample(engine: &Engine) -> Result<Duration> {
    let rest = store::sample_is_due(&engine.outcomes).await?;
    if !rest.is_zero() {
        return Ok(rest + spread());
    }
    store::sample(&engine.upkeep.beside(Purpose::Work)).await?;
    Ok(MINUTE)
}

//! Settles what the end of jobs means for others: adds up the numbers of batches, ends those that are over, and
//! enqueues their callbacks; lets jobs begin that awaited others, or cancels them. Every worker does this; a batch, and a job
//! that awaits others, is worked on by one of them at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::wake::Calls;
use crate::error::Result;
use crate::store::{self, Link, Purpose};

/// Batches of one statement.
const BATCHES_MAX: i64 = 100;
/// Jobs that others await, of one statement.
const PARENTS_MAX: i32 = 1_000;
/// The least time from one round to the next: what is noted meanwhile is added up at once.
const PAUSE: Duration = Duration::from_millis(20);
/// How many heartbeats it waits when nobody rings.
const LOOK_HEARTBEATS: u32 = 3;
/// A round may take this share of the time, so that it does not hold up what it adds up.
const SHARE: u32 = 20;
/// A connection that nobody needed for so long is closed.
const IDLE: Duration = Duration::from_secs(10);

pub(super) struct Settler {
    engine: Arc<Engine>,
    /// Of its own, so that no claim and no outcome waits behind what has gathered.
    link: Link,
    used: Option<Instant>,
}

impl Settler {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { link: engine.upkeep.beside(Purpose::Work), engine, used: None }
    }

    pub(super) async fn run(mut self) {
        let engine = self.engine.clone();
        loop {
            let began = Instant::now();
            let is_any = self.once().await.unwrap_or_else(|error| {
                tracing::debug!(%error, "could not settle what ended, trying again");
                false
            });
            tokio::select! {
                () = engine.stopping.cancelled() => return,
                () = tokio::time::sleep(PAUSE.max(began.elapsed() * SHARE)) => {}
            }
            if is_any {
                // The end of a batch may be that of the one around it.
                continue;
            }
            tokio::select! {
                () = engine.stopping.cancelled() => return,
                () = engine.endings.notified() => {}
                // What was noted by workers that died since, and by clients that add.
                () = tokio::time::sleep(engine.options.heartbeat_interval * LOOK_HEARTBEATS) => {}
            }
        }
    }

    /// One round; returns whether there was anything. Each statement is guarded by itself, so it may be interrupted
    /// anywhere, and repeated.
    pub(super) async fn once(&mut self) -> Result<bool> {
        if !store::settling_is_due(&self.engine.outcomes).await? {
            self.rest().await;
            return Ok(false);
        }
        self.used = Some(Instant::now());
        // First those who await: one that is cancelled may be the last of a batch.
        let is_any = store::settle_followers(&self.link, PARENTS_MAX).await?;
        let settled = store::settle_batches(&self.link, BATCHES_MAX).await?;
        if is_any || settled.callbacks > 0 {
            self.engine.wake.ring(Calls { jobs: true, ..Calls::default() });
        }
        Ok(is_any || settled.batches > 0)
    }

    async fn rest(&mut self) {
        if self.used.is_some_and(|used| used.elapsed() > IDLE) {
            self.used = None;
            self.link.close().await;
        }
    }

    /// Settles until nothing is left, and returns whether there was anything.
    #[cfg(feature = "testing")]
    pub(super) async fn settle_due(&mut self) -> Result<bool> {
        let mut is_any = false;
        while self.once().await? {
            is_any = true;
        }
        Ok(is_any)
    }
}

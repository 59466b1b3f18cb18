//! Hears announcements by Redis, where the tower has one. The worker listens to NOTIFY all the same: it says in the database
//! by which of the two it wants to be woken, and who enqueues follows that.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::wake::Calls;
use crate::error::Result;
use crate::relay::Relay;
use crate::store::Backoff;
use crate::telemetry::Counted;

/// A subscription that lasted longer than this did not break for its own sake.
const STEADY: Duration = Duration::from_secs(5);

pub(super) struct Subscriber {
    engine: Arc<Engine>,
}

impl Subscriber {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    pub(super) async fn run(self) {
        let Some(relay) = &self.engine.relay else { return };
        let mut backoff = Backoff::default();
        while !self.engine.stopping.is_cancelled() {
            let began = Instant::now();
            if let Err(error) = self.once(relay).await {
                tracing::debug!(%error, "woken by NOTIFY until Redis is back");
            }
            if began.elapsed() > STEADY {
                backoff.reset();
            }
            tokio::select! {
                () = self.engine.stopping.cancelled() => {}
                () = backoff.wait() => {}
            }
        }
    }

    /// One subscription, until it breaks or the worker stops.
    pub(super) async fn once(&self, relay: &Relay) -> Result<()> {
        let mut ear = relay.listen().await?;
        let _subscribed = Subscribed::new(&self.engine);
        loop {
            let word = tokio::select! {
                () = self.engine.stopping.cancelled() => return Ok(()),
                word = ear.hear() => word?,
            };
            self.engine.wake.ring(Calls::from_payload(&word, &self.engine.options.queues));
        }
    }
}

/// As long as this lives, the worker can be woken by Redis. However it ends, a worker that sleeps has to say so anew, and what
/// was announced in between has to be looked for.
struct Subscribed<'a> {
    engine: &'a Engine,
    _counted: Counted,
}

impl<'a> Subscribed<'a> {
    fn new(engine: &'a Engine) -> Self {
        tell(engine, true);
        Self { engine, _counted: engine.meters.subscribed() }
    }
}

impl Drop for Subscribed<'_> {
    fn drop(&mut self) {
        tell(self.engine, false);
    }
}

fn tell(engine: &Engine, subscribed: bool) {
    engine.subscribed.store(subscribed, Ordering::Release);
    engine.wake.ring(Calls { listening: true, ..Calls::default() });
}

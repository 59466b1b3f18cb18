//! Tells the program's recorder what waits in the queues: every worker does, so that whichever is asked can tell.

use std::sync::Arc;
use std::time::Duration;

use super::engine::Engine;
use crate::error::Result;
use crate::store;
use crate::telemetry::{METRIC_QUEUES_MAX, gauge_queue};

/// How often it looks. What it reads is counted once a minute, by one worker for all of them.
const INTERVAL: Duration = Duration::from_secs(15);

pub(super) struct Gauger {
    engine: Arc<Engine>,
}

impl Gauger {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    pub(super) async fn run(self) {
        loop {
            if let Err(error) = self.once().await {
                tracing::debug!(%error, "could not look how much waits, trying again");
            }
            // Workers that begin together do not look together.
            let pause = INTERVAL.mul_f64(0.9 + 0.1 * fastrand::f64());
            tokio::select! {
                () = self.engine.stopping.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One round.
    pub(super) async fn once(&self) -> Result<()> {
        let queues = store::gauge_queues(&self.engine.outcomes, METRIC_QUEUES_MAX).await?;
        queues.iter().for_each(gauge_queue);
        Ok(())
    }
}

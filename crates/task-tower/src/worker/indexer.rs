//! Puts what was added to the history into its index for searches, so that no insert has to stop for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::onset::pass_onset;
use crate::error::Result;
use crate::store;

/// Within it, a busy fleet leaves less pending than what the index allows before an insert has to do the work.
const INTERVAL: Duration = Duration::from_secs(30);
/// What is so little that it does not matter is merged after so long.
const OVERDUE: Duration = Duration::from_secs(600);

pub(super) struct Indexer {
    engine: Arc<Engine>,
    merged: Option<Instant>,
}

impl Indexer {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine, merged: None }
    }

    pub(super) async fn run(mut self) {
        pass_onset(&self.engine).await;
        let mut identity = self.engine.identity.subscribe();
        loop {
            tokio::select! {
                () = self.engine.stopping.cancelled() => return,
                _ = identity.wait_for(Option::is_some) => {}
            }
            if let Err(error) = self.once().await {
                tracing::debug!(%error, "could not tidy the index for searches, trying again");
            }
            tokio::select! {
                () = self.engine.stopping.cancelled() => return,
                () = tokio::time::sleep(INTERVAL) => {}
            }
        }
    }

    /// One round. The question is cheap; the work is not, and has to connect.
    pub(super) async fn once(&mut self) -> Result<()> {
        let engine = &self.engine;
        let Some(worker) = engine.worker() else { return Ok(()) };
        let since = self.merged.map_or(OVERDUE, |merged| merged.elapsed());
        let began = Instant::now();
        if !store::merging_is_due(&engine.outcomes, worker, since, since >= OVERDUE).await? {
            return Ok(());
        }
        let merged = store::merge_pending(&engine.upkeep).await;
        engine.upkeep.close().await;
        merged?;
        self.merged = Some(began);
        Ok(())
    }
}

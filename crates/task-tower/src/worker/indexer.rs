//! Puts what was added to the history into its index for searches, so that no insert has to stop for it.

use std::sync::Arc;
use std::time::Duration;

use super::engine::Engine;
use super::onset::pass_onset;
use crate::error::Result;
use crate::store;

/// Within it, a busy fleet leaves less pending than what the index allows before an insert has to do the work.
const INTERVAL: Duration = Duration::from_secs(30);

pub(super) struct Indexer {
    engine: Arc<Engine>,
}

impl Indexer {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    pub(super) async fn run(self) {
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

    /// One round. Of many workers, the one that is there longest does it; the question is cheap, the work is not.
    pub(super) async fn once(&self) -> Result<()> {
        let engine = &self.engine;
        let Some(worker) = engine.worker() else { return Ok(()) };
        if !store::is_eldest(&engine.outcomes, worker).await? {
            return Ok(());
        }
        let merged = store::merge_pending(&engine.upkeep).await;
        engine.upkeep.close().await;
        merged
    }
}

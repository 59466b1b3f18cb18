//! Tells interceptors what became of jobs elsewhere: that they died, or that somebody cancelled or requeued them. It is
//! noted in the statement that does it, and the note is gone only when every interceptor has returned `Ok`: no crash
//! loses one. Here is who tells what and when; how one is told is in `telling`.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{Id, JoinSet};

use super::engine::Engine;
use super::interceptions::Stage;
use super::telling::Telling;
use crate::error::Result;
use crate::record::WorkerId;
use crate::store;

/// Notes told at the same time.
const TOLD_AT_ONCE_MAX: usize = 8;

pub(super) struct Herald {
    engine: Arc<Engine>,
    /// What there is to tell here: `stage:kind`.
    heard: Vec<String>,
    telling: JoinSet<()>,
    /// What is being told, by task: a task that panics is not forgotten.
    known: HashMap<Id, i64>,
}

impl Herald {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        let kinds = |stage: Stage| {
            engine.registry.kinds_with(|all| stage.of(all)).into_iter().map(move |kind| format!("{stage}:{kind}"))
        };
        let heard = Stage::DURABLE.into_iter().flat_map(kinds).collect();
        Self { engine, heard, telling: JoinSet::new(), known: HashMap::new() }
    }

    pub(super) async fn run(mut self) {
        if self.heard.is_empty() {
            return;
        }
        let engine = self.engine.clone();
        tokio::select! {
            // A claim that is cut short leaves notes in our name; others take them when that ends.
            () = engine.stopping.cancelled() => {}
            () = self.look_on() => {}
        }
        // What is not told by the end of the grace is told by another worker.
        tokio::select! {
            () = self.all_told() => {}
            () = engine.stopped_for(engine.options.shutdown_grace) => {}
        }
    }

    async fn look_on(&mut self) {
        let engine = self.engine.clone();
        let mut identity = engine.identity.subscribe();
        loop {
            let room_is_left = match self.once().await {
                Ok(begun) => begun < TOLD_AT_ONCE_MAX,
                Err(error) => {
                    tracing::debug!(%error, "could not look for what is to be told, trying again");
                    true
                }
            };
            tokio::select! {
                () = self.one_told(), if !room_is_left => {}
                () = engine.news.notified(), if room_is_left => {}
                // Now we may look, or what we told under another name has to be begun anew.
                () = changed(&mut identity) => {}
                // Those of workers that died, and those whose time has come again.
                () = tokio::time::sleep(engine.options.dead_after) => {}
            }
        }
    }

    /// Begins to tell what there is, and returns how many are being told.
    pub(super) async fn once(&mut self) -> Result<usize> {
        while let Some(ended) = self.telling.try_join_next_with_id() {
            self.known.remove(&id(ended));
        }
        let room = TOLD_AT_ONCE_MAX.saturating_sub(self.telling.len());
        let Some(worker) = self.engine.worker().filter(|_| room > 0) else { return Ok(self.telling.len()) };
        let known: Vec<i64> = self.known.values().copied().collect();
        for untold in store::claim_untold(&self.engine.work, worker, &self.heard, room, &known).await? {
            let id = untold.id;
            let Some(telling) = Telling::new(self.engine.clone(), untold, worker) else { continue };
            let task = self.telling.spawn(telling.run());
            self.known.insert(task.id(), id);
        }
        Ok(self.telling.len())
    }

    /// Tells what there is to its end, and returns whether there was any.
    #[cfg(feature = "testing")]
    pub(super) async fn tell_due(&mut self) -> Result<bool> {
        let is_any = !self.heard.is_empty() && self.once().await? > 0;
        self.all_told().await;
        Ok(is_any)
    }

    async fn one_told(&mut self) {
        if let Some(ended) = self.telling.join_next_with_id().await {
            self.known.remove(&id(ended));
        }
    }

    async fn all_told(&mut self) {
        while !self.telling.is_empty() {
            self.one_told().await;
        }
    }
}

fn id(ended: std::result::Result<(Id, ()), tokio::task::JoinError>) -> Id {
    ended.map_or_else(|broken| broken.id(), |(id, ())| id)
}

async fn changed(identity: &mut watch::Receiver<Option<WorkerId>>) {
    // The sender lives as long as the engine.
    let _ = identity.changed().await;
}

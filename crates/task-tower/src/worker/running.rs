//! A worker at work, and how it stops.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::task::JoinSet;

use super::claimer::Claimer;
use super::completer::{Completer, Outcomes};
use super::engine::Engine;
use super::executor::run_slot;
#[cfg(feature = "metrics")]
use super::gauger::Gauger;
use super::heartbeat::Heartbeat;
use super::held::Revocation;
use super::herald::Herald;
use super::indexer::Indexer;
use super::pruner::Pruner;
use super::recorder::{Recorder, record_all};
use super::rescuer::Rescuer;
use super::settler::Settler;
use super::subscriber::Subscriber;
use super::supervisor::{or_fall_silent, supervise};
use super::tallier::{Tallier, flush_all};
use super::ticker::Ticker;
use crate::error::{Error, Result};
use crate::store;
use crate::telemetry::Counted;

/// A database that does not answer must not keep a process from ending.
const SIGN_OFF_PATIENCE: Duration = Duration::from_secs(3);

/// A tower whose worker runs. Made by [`TaskTower::start`](crate::TaskTower::start).
///
/// Dropped without [`stop`](RunningTower::stop), the worker ends at once: what it was running is
/// rescued by others as if it had died.
pub struct RunningTower {
    engine: Arc<Engine>,
    /// Everything that claims or runs jobs.
    working: JoinSet<()>,
    /// What may be cut short anywhere.
    upkeep: JoinSet<()>,
    completer: JoinSet<()>,
    /// Handlers log until the last of them has returned.
    recorder: JoinSet<()>,
    outcomes: Option<Outcomes>,
    heartbeat: Option<JoinHandle<()>>,
    /// Counts this worker and its slots for as long as it is there.
    _present: (Counted, Counted),
}

impl RunningTower {
    /// Must be called inside a tokio runtime.
    pub(crate) fn start(engine: Arc<Engine>) -> Result<Self> {
        let mut running = Self::start_idle(engine.clone())?;
        let (completer, outcomes) = Completer::new(engine.clone());
        let working = &mut running.working;
        for _ in 0..engine.options.backend_concurrency {
            working.spawn(run_slot(engine.clone(), outcomes.clone()));
        }
        working.spawn({
            let (shared, outcomes) = (engine.clone(), outcomes.clone());
            let claim = move |again| Claimer::new(shared.clone(), outcomes.clone(), again).run();
            supervise(engine.stopping.clone(), "claimer", claim)
        });
        working.spawn({
            let shared = engine.clone();
            supervise(engine.stopping.clone(), "herald", move |_| Herald::new(shared.clone()).run())
        });
        running.upkeep = Self::start_upkeep(&engine);
        running.recorder.spawn({
            let shared = engine.clone();
            supervise(engine.stopping.clone(), "recorder", move |_| Recorder::new(shared.clone()).run())
        });
        running.completer.spawn(or_fall_silent(engine, "completer", completer.run()));
        running.outcomes = Some(outcomes);
        Ok(running)
    }

    /// A worker that says it lives, and does nothing yet.
    pub(super) fn start_idle(engine: Arc<Engine>) -> Result<Self> {
        if engine.registry.is_empty() {
            return Err(Error::invalid("start a worker: no job is registered, add .job(handler) to the builder"));
        }
        let heartbeat = Some(Heartbeat::start(engine.clone())?);
        let [working, upkeep, completer, recorder] = [(); 4].map(|()| JoinSet::new());
        let _present = engine.meters.present(engine.options.backend_concurrency);
        Ok(Self { engine, working, upkeep, completer, recorder, outcomes: None, heartbeat, _present })
    }

    fn start_upkeep(engine: &Arc<Engine>) -> JoinSet<()> {
        let mut upkeep = JoinSet::new();
        let shared = engine.clone();
        upkeep.spawn(supervise(engine.stopping.clone(), "rescuer", move |_| Rescuer::new(shared.clone()).run()));
        let shared = engine.clone();
        upkeep.spawn(supervise(engine.stopping.clone(), "pruner", move |_| Pruner::new(shared.clone()).run()));
        let shared = engine.clone();
        upkeep.spawn(supervise(engine.stopping.clone(), "indexer", move |_| Indexer::new(shared.clone()).run()));
        let shared = engine.clone();
        upkeep.spawn(supervise(engine.stopping.clone(), "tallier", move |_| Tallier::new(shared.clone()).run()));
        let shared = engine.clone();
        upkeep.spawn(supervise(engine.stopping.clone(), "ticker", move |_| Ticker::new(shared.clone()).run()));
        #[cfg(feature = "metrics")]
        {
            let shared = engine.clone();
            upkeep.spawn(supervise(engine.stopping.clone(), "gauger", move |_| Gauger::new(shared.clone()).run()));
        }
        let shared = engine.clone();
        upkeep.spawn(supervise(engine.stopping.clone(), "settler", move |_| Settler::new(shared.clone()).run()));
        let shared = engine.clone();
        upkeep.spawn(supervise(engine.stopping.clone(), "subscriber", move |_| Subscriber::new(shared.clone()).run()));
        upkeep
    }

    /// Returns when a person has asked this worker to stop, by [`Console::stop_worker`](crate::Console::stop_worker).
    /// It claims no more then; the program that started it has to [`stop`](RunningTower::stop) it.
    /// [`TaskTower::run`](crate::TaskTower::run) does so by itself.
    pub async fn stop_requested(&self) {
        self.engine.stop_requested().await;
    }

    /// Returns when the database knows this worker.
    #[cfg(all(feature = "systemd", unix))]
    pub(crate) async fn registered(&self) {
        // The sender lives as long as the engine.
        let _ = self.engine.identity.subscribe().wait_for(Option::is_some).await;
    }

    /// Stops gracefully: claims no more, lets running jobs go on for the
    /// [`shutdown_grace`](crate::Options::shutdown_grace), then asks them to stop, and gives back
    /// what is left, without counting the run. Returns when everything is written down.
    pub async fn stop(self) {
        self.stop_or(std::future::pending()).await;
    }

    /// The same, but without any more patience as soon as `hurry` is there: a second signal.
    pub async fn stop_or(mut self, hurry: impl Future<Output = ()>) {
        let engine = self.engine.clone();
        tracing::info!(busy = engine.buffer.busy(), "worker stops");
        engine.stop();
        self.upkeep.abort_all();
        let released = tokio::select! {
            () = self.drain() => true,
            () = hurry => false,
        };
        if !released {
            self.give_back_at_once().await;
        }
        self.sign_off().await;
    }

    /// Waits for the slots: first for the grace, then for the patience with handlers that were
    /// asked to stop.
    async fn drain(&mut self) {
        let engine = self.engine.clone();
        self.release_waiting();
        let grace = engine.options.shutdown_grace;
        if tokio::time::timeout(grace, self.wait_for_slots()).await.is_err() {
            engine.held.revoke_all(Revocation::Shutdown);
            self.wait_for_slots().await;
        }
    }

    async fn give_back_at_once(&mut self) {
        tracing::warn!("worker stops at once");
        self.engine.hurry.cancel();
        self.engine.held.revoke_all(Revocation::Shutdown);
        self.release_waiting();
        self.wait_for_slots().await;
    }

    /// Jobs that no slot has begun go back first: others can run them at once.
    fn release_waiting(&mut self) {
        let waiting = self.engine.buffer.close();
        // With ours gone, the completer ends when the last slot does.
        if let Some(outcomes) = self.outcomes.take() {
            outcomes.release_soon(waiting, 0);
        }
    }

    async fn wait_for_slots(&mut self) {
        while self.working.join_next().await.is_some() {}
        while self.completer.join_next().await.is_some() {}
    }

    /// The heartbeat ends first: one that is about to register would leave a worker behind that
    /// nobody ends, and one that beats after the end would register anew.
    async fn sign_off(&mut self) {
        self.engine.ended.cancel();
        if let Some(heartbeat) = self.heartbeat.take() {
            // It ends within an instant, unless it is about to connect.
            let _ = tokio::task::spawn_blocking(move || heartbeat.join()).await;
        }
        // With its heartbeats gone, a worker that is slow here is found dead, and no harm is done.
        self.recorder.abort_all();
        let last = async { tokio::join!(flush_all(&self.engine), record_all(&self.engine)) };
        let _ = tokio::time::timeout(SIGN_OFF_PATIENCE, last).await;
        if let Some(worker) = self.engine.worker() {
            let signing = store::end_worker(&self.engine.work, worker);
            if !matches!(tokio::time::timeout(SIGN_OFF_PATIENCE, signing).await, Ok(Ok(()))) {
                tracing::debug!(%worker, "could not sign off; the worker will be found silent");
            }
        }
        tracing::info!("worker stopped");
    }
}

impl Drop for RunningTower {
    fn drop(&mut self) {
        self.engine.stop();
        self.engine.ended.cancel();
    }
}

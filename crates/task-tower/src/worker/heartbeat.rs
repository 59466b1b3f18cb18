//! Says that this worker lives, hears what the database announces, and stops what it may no longer
//! run. On a thread, a runtime and a connection of its own: handlers that block the application's
//! runtime, or use all its connections, do not make this worker look dead.

use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use chrono::Utc;
use tokio::sync::mpsc;

use super::engine::Engine;
use super::held::Revocation;
use super::memory::resident_bytes;
use super::wake::Calls;
use crate::error::{Error, Result};
use crate::record::WorkerId;
use crate::store::{self, Backoff, Beat, Session, from_statement};

/// The most jobs that a heartbeat names as running.
const RUNNING_MAX: usize = 1_000;
/// A heartbeat that takes longer than this is no heartbeat.
const ANSWER_PATIENCE: Duration = Duration::from_secs(5);
/// How often an outage is checked against the time at which others declare us dead.
const WATCH_INTERVAL: Duration = Duration::from_millis(100);

pub(super) struct Heartbeat {
    engine: Arc<Engine>,
    /// Who we are, also while we cannot prove it.
    worker: Option<WorkerId>,
    heard: Arc<Heard>,
    /// When it was last notified of anything.
    notified: Option<Instant>,
}

/// When the last heartbeat that was heard began.
struct Heard(Mutex<Instant>);

impl Heard {
    fn note(&self, began: Instant) {
        *self.0.lock().expect("no panic while held") = began;
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().expect("no panic while held").elapsed()
    }
}

/// Why a connection was given up.
enum End {
    Stopped,
    Broken(Error),
}

impl Heartbeat {
    /// Starts the thread.
    pub(super) fn start(engine: Arc<Engine>) -> Result<JoinHandle<()>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::unavailable("start the heartbeat's runtime").because(error))?;
        let heard = Arc::new(Heard(Mutex::new(Instant::now())));
        let heartbeat = Self { engine, worker: None, heard, notified: None };
        thread::Builder::new()
            .name("task-tower-pulse".to_owned())
            .spawn(move || runtime.block_on(heartbeat.run()))
            .map_err(|error| Error::unavailable("start the heartbeat's thread").because(error))
    }

    async fn run(mut self) {
        tokio::spawn(Watch { engine: self.engine.clone(), heard: self.heard.clone() }.run());
        // A database that is back must hear of us before it counts us as dead.
        let mut backoff = Backoff::up_to(self.engine.options.dead_after / 3);
        loop {
            match self.once(&mut backoff).await {
                End::Stopped => return,
                End::Broken(error) => tracing::debug!(%error, "heartbeat interrupted"),
            }
            tokio::select! {
                () = backoff.wait() => {}
                () = self.engine.ended.cancelled() => return,
            }
        }
    }

    /// One connection, from the registration until it breaks or the worker ends.
    async fn once(&mut self, backoff: &mut Backoff) -> End {
        if self.engine.ended.is_cancelled() {
            return End::Stopped;
        }
        let (inbox, heard) = mpsc::unbounded_channel();
        let opened = tokio::select! {
            () = self.engine.ended.cancelled() => return End::Stopped,
            opened = self.engine.pulse.open(Some(inbox)) => opened,
        };
        let session = match opened {
            Ok(session) => session,
            Err(error) => return End::Broken(error),
        };
        match self.introduce(&session).await {
            Ok(()) => {
                backoff.reset();
                let _listening = self.engine.meters.listening();
                self.engine.vitals.listens(true);
                let end = self.live(&session, heard).await;
                self.engine.vitals.listens(false);
                end
            }
            Err(error) => End::Broken(error),
        }
    }

    /// Listens first and looks afterwards: what was enqueued in between is found by the look.
    async fn introduce(&mut self, session: &Session) -> Result<()> {
        session.listen().await?;
        self.engine.recurring.notify_one();
        self.beat(session).await?;
        self.engine.wake.ring(Calls { listening: true, jobs: true, lanes: true, ..Calls::default() });
        Ok(())
    }

    async fn live(&mut self, session: &Session, mut heard: mpsc::UnboundedReceiver<String>) -> End {
        let engine = self.engine.clone();
        let mut tick = tokio::time::interval(engine.options.heartbeat_interval);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        tick.tick().await;
        loop {
            tokio::select! {
                () = engine.ended.cancelled() => return End::Stopped,
                payload = heard.recv() => match payload {
                    Some(payload) => {
                        if let Err(error) = self.hear(session, &payload).await {
                            return End::Broken(error);
                        }
                    }
                    None => return End::Broken(Error::unavailable("listen: the connection was closed")),
                },
                _ = tick.tick() => if let Err(error) = self.beat(session).await {
                    return End::Broken(error);
                },
            }
        }
    }

    async fn hear(&mut self, session: &Session, payload: &str) -> Result<()> {
        self.notified = Some(Instant::now());
        match payload {
            "*cancel" => return self.check_runs(session).await,
            "*command" => return self.beat(session).await,
            "*recurring" => {
                self.engine.recurring.notify_one();
                return Ok(());
            }
            "*untold" => {
                self.engine.news.notify_one();
            }
            "*batch" => {
                self.engine.endings.notify_one();
                return Ok(());
            }
            _ => {}
        }
        self.engine.wake.ring(Calls::from_payload(payload, &self.engine.options.queues));
        Ok(())
    }

    /// Registers or beats, and checks that our runs are still ours.
    async fn beat(&mut self, session: &Session) -> Result<()> {
        let began = Instant::now();
        let beating = tokio::time::timeout(ANSWER_PATIENCE, self.prove(session)).await;
        let worker = beating.map_err(|_| Error::unavailable("heartbeat: no answer within 5 s"))??;
        // Counted from before the question: the answer may have taken its time.
        self.heard.note(began);
        if self.engine.worker() != Some(worker) {
            self.engine.identity.send_replace(Some(worker));
        }
        self.check_runs(session).await
    }

    async fn prove(&mut self, session: &Session) -> Result<WorkerId> {
        if let Some(worker) = self.worker {
            let heard = store::heartbeat(session, worker, &self.told()).await;
            if let Some(answer) = heard.map_err(|error| from_statement("heartbeat", error))? {
                self.engine.obey(answer.command);
                if answer.others_silent {
                    self.engine.silence.notify_one();
                }
                return Ok(worker);
            }
            tracing::warn!(%worker, "this worker was declared dead; it registers anew and drops what it was running");
            self.engine.held.revoke_all(Revocation::Lost);
        }
        let worker = store::register_worker(session, &self.engine.registration()).await;
        let worker = worker.map_err(|error| from_statement("register worker", error))?;
        tracing::info!(%worker, slots = self.engine.options.backend_concurrency, "worker registered");
        self.worker = Some(worker);
        Ok(worker)
    }

    fn told(&self) -> Beat {
        Beat {
            busy: i32::try_from(self.engine.buffer.busy()).unwrap_or(i32::MAX),
            running: self.engine.held.running(RUNNING_MAX),
            clock: Utc::now(),
            notified: self.notified.map(|at| at.elapsed()),
            memory_bytes: resident_bytes(),
            by_redis: self.engine.by_redis(),
        }
    }

    /// Stops runs that were cancelled, or that belong to another worker by now.
    async fn check_runs(&self, session: &Session) -> Result<()> {
        let held = self.engine.held.leases();
        if held.is_empty() {
            return Ok(());
        }
        let checking = tokio::time::timeout(ANSWER_PATIENCE, store::revoked(session, &held)).await;
        let revoked = checking.map_err(|_| Error::unavailable("heartbeat: no answer within 5 s"))?;
        for (id, lease, still_ours) in revoked.map_err(|error| from_statement("heartbeat", error))? {
            // A run that just ended is not there either; stopping it does nothing.
            let why = if still_ours { Revocation::Cancelled } else { Revocation::Lost };
            self.engine.held.revoke(id, lease, why);
        }
        Ok(())
    }
}

/// Minds the time after which nobody counts on this worker any more, also while a connection is
/// being made or an answer does not come.
struct Watch {
    engine: Arc<Engine>,
    heard: Arc<Heard>,
}

impl Watch {
    async fn run(self) {
        loop {
            tokio::select! {
                () = self.engine.ended.cancelled() => return,
                () = tokio::time::sleep(WATCH_INTERVAL) => self.fence(),
            }
        }
    }

    /// Before others may take our jobs, we stop them ourselves: what cannot prove that it lives
    /// must not go on.
    fn fence(&self) {
        let options = &self.engine.options;
        let margin = options.heartbeat_interval.min(options.dead_after / 4);
        if self.engine.worker().is_some() && self.heard.elapsed() + margin > options.dead_after {
            tracing::warn!(
                "no heartbeat reached PostgreSQL for too long; stopping what runs here, others will take it"
            );
            self.engine.identity.send_replace(None);
            self.engine.held.revoke_all(Revocation::Shutdown);
        }
    }
}

//! What the duties of one worker share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::buffer::Buffer;
use super::held::Held;
use super::logbook::Logbook;
use super::prefetch::Prefetch;
use super::tally::Tally;
use super::wake::{Calls, Wake};
use crate::config::Options;
use crate::job::{Board, Registry, States};
use crate::record::{Vitals, WorkerCommand, WorkerId};
use crate::relay::Relay;
use crate::store::{Link, Registration};
use crate::telemetry::EngineMeters;

/// One worker: its options, its connections, and what it holds at the moment.
pub(crate) struct Engine {
    pub(crate) options: Options,
    pub(crate) registry: Registry,
    pub(crate) states: States,
    /// Claims, and other short statements.
    pub(crate) work: Link,
    /// Outcomes. A claim never waits behind them, nor they behind a claim.
    pub(crate) outcomes: Link,
    /// What reads or changes whole tables, so that no claim waits behind it. Open only for moments.
    pub(crate) upkeep: Link,
    /// Listens and beats, on a thread of its own.
    pub(crate) pulse: Link,
    /// What handlers log, and how far they say they are. Open only where they do.
    pub(crate) notes: Link,
    /// What announces beside the database, where there is something, and whether it can wake this worker at present.
    pub(super) relay: Option<Relay>,
    pub(super) subscribed: AtomicBool,
    pub(super) buffer: Buffer,
    pub(super) held: Held,
    pub(super) prefetch: Prefetch,
    pub(super) tally: Tally,
    pub(super) meters: EngineMeters,
    pub(super) logbook: Arc<Logbook>,
    pub(super) board: Arc<Board>,
    pub(super) wake: Wake,
    /// How it is doing, for probes.
    pub(super) vitals: Arc<Vitals>,
    /// Rung when there is something to tell interceptors.
    pub(super) news: Notify,
    /// Rung when other workers are silent.
    pub(super) silence: Notify,
    /// Rung when recurring jobs have changed.
    pub(super) recurring: Notify,
    /// Rung when jobs have ended for which others wait.
    pub(super) endings: Notify,
    /// What completes a run in a transaction of its handler's.
    pub(super) complete_sql: Arc<str>,
    /// Who we are in the database; `None` while that is not certain.
    pub(super) identity: watch::Sender<Option<WorkerId>>,
    /// No more claims.
    pub(super) stopping: CancellationToken,
    stopping_since: OnceLock<Instant>,
    /// What a person asked of this worker.
    command: watch::Sender<Option<WorkerCommand>>,
    /// No more patience with handlers.
    pub(super) hurry: CancellationToken,
    /// Everything is written down: no more heartbeats.
    pub(super) ended: CancellationToken,
}

impl Engine {
    pub(crate) fn new(
        options: Options,
        registry: Registry,
        states: States,
        [work, outcomes, upkeep, pulse, notes]: [Link; 5],
        relay: Option<Relay>,
    ) -> Arc<Self> {
        Arc::new(Self {
            buffer: Buffer::default(),
            held: Held::default(),
            prefetch: Prefetch::new(options.backend_concurrency),
            tally: Tally::default(),
            meters: EngineMeters::new(),
            logbook: Arc::default(),
            board: Arc::default(),
            wake: Wake::default(),
            vitals: Arc::default(),
            news: Notify::new(),
            silence: Notify::new(),
            recurring: Notify::new(),
            endings: Notify::new(),
            complete_sql: work.render_complete_one().into(),
            identity: watch::channel(None).0,
            stopping: CancellationToken::new(),
            stopping_since: OnceLock::new(),
            command: watch::channel(None).0,
            hurry: CancellationToken::new(),
            ended: CancellationToken::new(),
            options,
            registry,
            states,
            work,
            outcomes,
            upkeep,
            pulse,
            notes,
            relay,
            subscribed: AtomicBool::new(false),
        })
    }

    pub(crate) fn vitals(&self) -> &Arc<Vitals> {
        &self.vitals
    }

    /// Whether Redis can wake it at present; `None` where it has none.
    pub(super) fn by_redis(&self) -> Option<bool> {
        self.relay.as_ref().map(|_| self.subscribed.load(Ordering::Acquire))
    }

    pub(super) fn worker(&self) -> Option<WorkerId> {
        *self.identity.borrow()
    }

    /// No more claims from now on.
    pub(super) fn stop(&self) {
        let _ = self.stopping_since.set(Instant::now());
        self.vitals.stops();
        self.stopping.cancel();
    }

    pub(super) fn stopping_since(&self) -> Option<Instant> {
        self.stopping_since.get().copied()
    }

    /// Returns when the worker has been stopping for so long, or is in a hurry.
    pub(super) async fn stopped_for(&self, patience: Duration) {
        self.stopping.cancelled().await;
        let stopping = self.stopping_since().map_or(Duration::ZERO, |since| since.elapsed());
        tokio::select! {
            () = tokio::time::sleep(patience.saturating_sub(stopping)) => {}
            () = self.hurry.cancelled() => {}
        }
    }

    /// How many more jobs this worker may hold.
    pub(super) fn room(&self) -> usize {
        let capacity = self.options.backend_concurrency + self.prefetch.allowance();
        capacity.saturating_sub(self.buffer.occupied())
    }

    pub(super) fn registration(&self) -> Registration {
        Registration {
            host: host_name(),
            process_id: i64::from(std::process::id()),
            slots: i32::try_from(self.options.backend_concurrency).unwrap_or(i32::MAX),
            kinds: self.registry.names(),
            display_names: self.registry.display_names(),
            expected_ms: self.registry.expected_ms(),
            death_kinds: self.registry.kinds_with(|all| &all.death),
            cancel_kinds: self.registry.kinds_with(|all| &all.cancel),
            requeue_kinds: self.registry.kinds_with(|all| &all.requeue),
            kind_setups: self.registry.setups(),
            queues: self.options.queues.clone(),
            queue_prioritization: self.options.queue_prioritization.as_str(),
            queue_priorities: serde_json::json!(self.options.queue_priorities).to_string(),
            dead_after: self.options.dead_after,
            app_version: self.options.app_version.clone(),
            command: self.command(),
        }
    }

    pub(super) fn command(&self) -> Option<WorkerCommand> {
        *self.command.borrow()
    }

    /// Follows a person who asks something of this worker, or nothing any more.
    pub(super) fn obey(&self, command: Option<WorkerCommand>) {
        let changed = self.command.send_if_modified(|held| {
            let changed = *held != command && *held != Some(WorkerCommand::Stop);
            *held = if changed { command } else { *held };
            changed
        });
        if changed {
            tracing::info!(command = command.map_or("resume", |command| command.as_str()), "worker was asked");
            // The claimer may be asleep.
            self.wake.ring(Calls { jobs: true, ..Calls::default() });
        }
    }

    /// Returns when the worker may claim.
    pub(super) async fn unless_asked_not_to(&self) {
        // The sender lives as long as the engine.
        let _ = self.command.subscribe().wait_for(Option::is_none).await;
    }

    /// Returns when a person has asked the worker to stop.
    pub(super) async fn stop_requested(&self) {
        let _ = self.command.subscribe().wait_for(|command| *command == Some(WorkerCommand::Stop)).await;
    }
}

fn host_name() -> String {
    let read = std::fs::read_to_string("/etc/hostname").ok();
    let name = std::env::var("HOSTNAME").ok().or(read);
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

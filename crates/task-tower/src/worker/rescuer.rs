//! Declares workers dead that went silent, as each heartbeat hears of others, and puts their jobs back. Every worker does
//! this: there is no leader to lose, and two that do it at once do no harm.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::onset::onset;
use super::tally::Fate;
use crate::error::Result;
use crate::record::{JobState, Likeness};
use crate::store::{self, Link, Rescued};
use crate::telemetry;

/// Jobs of one statement, as rescue.sql has it.
const BATCH: usize = 1_000;
/// How often the whole table is read for jobs whose worker ended without anybody rescuing them.
const SEARCH_INTERVAL: Duration = Duration::from_secs(60);

pub(super) struct Rescuer {
    engine: Arc<Engine>,
    search_at: Instant,
}

impl Rescuer {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine, search_at: Instant::now() + onset() }
    }

    pub(super) async fn run(mut self) {
        let engine = self.engine.clone();
        loop {
            let rest = match self.once().await {
                Ok(()) => self.search_at.saturating_duration_since(Instant::now()),
                Err(error) => {
                    tracing::debug!(%error, "rescue interrupted, trying again");
                    engine.options.heartbeat_interval
                }
            };
            tokio::select! {
                () = engine.stopping.cancelled() => return,
                () = engine.silence.notified() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// One round. Its statements are guarded by themselves, so it may be interrupted anywhere.
    pub(super) async fn once(&mut self) -> Result<()> {
        let buried = store::bury_workers(&self.engine.work).await?;
        for (worker, host, process_id) in &buried {
            tracing::warn!(%worker, host, process_id, "worker is silent and counts as dead; rescuing its jobs");
        }
        self.engine.meters.lost.add(buried.len() as u64);
        let now = Instant::now();
        if !buried.is_empty() || self.search_at <= now {
            // A worker is buried once: a rescue that fails must come again with the next round.
            self.search_at = now;
            self.search(!buried.is_empty()).await?;
            self.search_at = Instant::now() + SEARCH_INTERVAL;
        }
        Ok(())
    }

    /// After a death it takes the connection that is there. The search without a cause, which reads
    /// the whole backlog just as well, has a connection of its own, or claims would wait behind it; but not where that is
    /// small.
    async fn search(&self, somebody_died: bool) -> Result<()> {
        if somebody_died || store::is_backlog_small(&self.engine.work).await? {
            return self.rescue(&self.engine.work).await;
        }
        let rescued = self.rescue(&self.engine.upkeep).await;
        // Needed once a minute, and a connection that sleeps is paid for by the server.
        self.engine.upkeep.close().await;
        rescued
    }

    async fn rescue(&self, link: &Link) -> Result<()> {
        loop {
            let rescued = store::rescue(link, self.engine.options.poison_after).await?;
            rescued.iter().for_each(|job| self.tell(job));
            if rescued.iter().any(|job| job.ended.is_some()) {
                self.engine.news.notify_one();
            }
            if rescued.iter().any(|job| job.ended.is_some()) {
                self.engine.endings.notify_one();
            }
            if rescued.len() < BATCH {
                return Ok(());
            }
        }
    }

    fn tell(&self, job: &Rescued) {
        report(job);
        let tally = &self.engine.tally;
        tally.count_crash(&Likeness::of_crash(&job.kind), job.id, &job.queue, job.version.as_deref());
        let state = match job.ended.as_deref() {
            None => JobState::Enqueued,
            Some("poison") => {
                tally.count_rescued(&job.kind, &job.queue, Fate::Dead);
                JobState::Dead
            }
            Some(_) => {
                tally.count_rescued(&job.kind, &job.queue, Fate::Cancelled);
                JobState::Cancelled
            }
        };
        telemetry::rescued(&job.kind, &job.queue, state.as_str());
    }
}

fn report(job: &Rescued) {
    match job.ended.as_deref() {
        None => tracing::info!(id = %job.id, kind = job.kind, "rescued from a dead worker"),
        Some("poison") => {
            tracing::error!(id = %job.id, kind = job.kind, "took its workers down too often and is dead (poison)");
        }
        Some(reason) => tracing::info!(id = %job.id, kind = job.kind, reason, "ended with its dead worker"),
    }
}

//! Keeps the history in order: makes the partitions of the next days, drops those that are old
//! enough.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use uuid::Uuid;

use super::engine::Engine;
use super::onset::pass_onset;
use crate::error::Result;
use crate::record::JobState;
use crate::store;

const INTERVAL: Duration = Duration::from_secs(60 * 60);
/// A fleet that stands still for a long weekend still has partitions when it comes back; and if
/// not, there is the default one.
const DAYS_AHEAD: i32 = 3;

pub(super) struct Pruner {
    engine: Arc<Engine>,
}

impl Pruner {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    pub(super) async fn run(self) {
        // The first jobs that end today need the partition of today.
        if let Err(error) = store::make_partitions(&self.engine.upkeep, DAYS_AHEAD).await {
            tracing::warn!(%error, "could not make the history's partitions yet, trying again");
        }
        pass_onset(&self.engine).await;
        loop {
            if let Err(error) = self.once().await {
                tracing::warn!(%error, "could not prune the history, trying again in an hour");
            }
            self.engine.upkeep.close().await;
            tokio::select! {
                () = self.engine.stopping.cancelled() => return,
                () = tokio::time::sleep(INTERVAL) => {}
            }
        }
    }

    /// One round.
    pub(super) async fn once(&self) -> Result<()> {
        let (link, keep) = (&self.engine.upkeep, &self.engine.options.retention);
        store::make_partitions(link, DAYS_AHEAD).await?;
        for (state, keep) in
            [(JobState::Completed, keep.completed), (JobState::Cancelled, keep.cancelled), (JobState::Dead, keep.dead)]
        {
            self.forget_logs(state, keep).await?;
            let dropped = store::drop_partitions(link, state, keep).await?;
            if dropped > 0 {
                tracing::info!(%state, dropped, "dropped days of the history");
            }
        }
        for (id, kind, stage) in store::forget_untold(link, keep.dead).await? {
            tracing::warn!(%id, kind, stage, "no interceptor was told of this moment; no worker has one any more");
        }
        store::forget_operations(link).await?;
        let longest = keep.completed.max(keep.cancelled).max(keep.dead);
        store::forget_batches(link, longest).await?;
        store::forget_dependencies(link, longest).await?;
        store::forget_audit(link).await?;
        store::forget_workers(link).await?;
        store::forget_deploys(link).await?;
        store::forget_tallies(link, keep.dead).await?;
        self.forget_stray_logs().await?;
        self.forget_ticks().await
    }

    /// Before the day of their jobs is dropped, which nobody would find any more.
    async fn forget_logs(&self, state: JobState, keep: Duration) -> Result<()> {
        let mut after = Uuid::nil();
        while let Some(last) = store::forget_log(&self.engine.upkeep, state, keep, after).await? {
            after = last;
        }
        Ok(())
    }

    /// A time of a recurring job is kept as long as its job.
    async fn forget_ticks(&self) -> Result<()> {
        let mut after = (String::new(), DateTime::UNIX_EPOCH);
        while let Some(last) =
            store::forget_ticks(&self.engine.upkeep, self.engine.options.retention.completed, &after).await?
        {
            after = last;
        }
        Ok(())
    }

    /// Where a job is older than any is kept, few lines are left.
    async fn forget_stray_logs(&self) -> Result<()> {
        let keep = &self.engine.options.retention;
        let longest = keep.completed.max(keep.cancelled).max(keep.dead);
        let mut after = Uuid::nil();
        while let Some(last) = store::forget_stray_log(&self.engine.upkeep, longest, after).await? {
            after = last;
        }
        Ok(())
    }
}

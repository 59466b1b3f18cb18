//! Tells death interceptors of jobs that died. A death is noted in the statement that makes it one,
//! and the note is gone only when every interceptor has returned `Ok`: no crash loses one.

use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

use super::engine::Engine;
use super::interceptions::{Stage, event, tell};
use crate::error::Result;
use crate::job::{AnyInterceptor, ErrorDetails, InterceptorContext, JobContext, Run};
use crate::record::{JobId, JobRecord, WorkerId};
use crate::retry::RetryPolicy;
use crate::store::{self, Death, Link};

/// Deaths told at the same time.
const TOLD_AT_ONCE_MAX: usize = 8;
/// How often one is tried.
const ATTEMPTS_MAX: i32 = 10;

pub(super) struct Mourner {
    engine: Arc<Engine>,
    kinds: Vec<String>,
    /// Those that are being told.
    known: Arc<Mutex<Vec<JobId>>>,
    telling: JoinSet<()>,
}

impl Mourner {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        let kinds = engine.registry.death_kinds();
        Self { engine, kinds, known: Arc::default(), telling: JoinSet::new() }
    }

    pub(super) async fn run(mut self) {
        if self.kinds.is_empty() {
            return;
        }
        let engine = self.engine.clone();
        while !engine.stopping.is_cancelled() {
            let room_is_left = match self.once().await {
                Ok(begun) => begun < TOLD_AT_ONCE_MAX,
                Err(error) => {
                    tracing::debug!(%error, "could not look for deaths to tell, trying again");
                    true
                }
            };
            tokio::select! {
                () = engine.stopping.cancelled() => break,
                Some(_) = self.telling.join_next(), if !room_is_left => {}
                () = engine.deaths.notified(), if room_is_left => {}
                // Those of workers that died, and those whose time has come again.
                () = tokio::time::sleep(engine.options.dead_after) => {}
            }
        }
        // What is not told by the end of the grace is told by another worker.
        let told = tokio::time::timeout(engine.options.shutdown_grace, self.telling.join_all());
        tokio::select! {
            _ = told => {}
            () = engine.hurry.cancelled() => {}
        }
    }

    /// Begins to tell what there is, and returns how many are being told.
    pub(super) async fn once(&mut self) -> Result<usize> {
        while self.telling.try_join_next().is_some() {}
        let room = TOLD_AT_ONCE_MAX.saturating_sub(self.telling.len());
        let Some(worker) = self.engine.worker().filter(|_| room > 0) else { return Ok(self.telling.len()) };
        let known = self.lock_known().clone();
        for death in store::claim_deaths(&self.engine.work, worker, &self.kinds, room, &known).await? {
            self.lock_known().push(death.job_id);
            self.telling.spawn(Telling::new(&self.engine, death, worker).run(self.known.clone()));
        }
        Ok(self.telling.len())
    }

    /// Tells what there is to its end, and returns whether there was any.
    #[cfg(feature = "testing")]
    pub(super) async fn tell_due(&mut self) -> Result<bool> {
        let is_any = !self.kinds.is_empty() && self.once().await? > 0;
        while self.telling.join_next().await.is_some() {}
        Ok(is_any)
    }

    fn lock_known(&self) -> std::sync::MutexGuard<'_, Vec<JobId>> {
        self.known.lock().expect("no panic while held")
    }
}

/// One death, while it is told.
struct Telling {
    engine: Arc<Engine>,
    death: Death,
    worker: WorkerId,
}

impl Telling {
    fn new(engine: &Arc<Engine>, death: Death, worker: WorkerId) -> Self {
        Self { engine: engine.clone(), death, worker }
    }

    async fn run(self, known: Arc<Mutex<Vec<JobId>>>) {
        if let Err(error) = self.tell().await {
            // It is still noted, in the name of this worker, and no longer known: so it comes again.
            tracing::debug!(id = %self.death.job_id, %error, "could not tell a death, trying again");
        }
        known.lock().expect("no panic while held").retain(|id| *id != self.death.job_id);
    }

    async fn tell(&self) -> Result<()> {
        let (link, death) = (&self.engine.work, &self.death);
        let Some(job) = store::show_job(link, death.job_id).await? else {
            // Somebody deleted it, and with it what there was to tell.
            return store::forget_death(link, death).await;
        };
        let Some(kind) = self.engine.registry.get(&job.kind) else { return Ok(()) };
        let interceptors = &kind.config.interceptors.death;
        let context = self.context(job);
        let untold = usize::try_from(death.told).unwrap_or(0);
        for (interceptor, number) in interceptors.iter().zip(1..).skip(untold) {
            if !self.tell_one(link, interceptor, &context).await? {
                return self.postpone(link).await;
            }
            store::death_told(link, death, number).await?;
        }
        store::forget_death(link, death).await
    }

    async fn tell_one(&self, link: &Link, interceptor: &AnyInterceptor, context: &InterceptorContext) -> Result<bool> {
        let Err(failure) = tell(Stage::Death, interceptor, context.clone(), std::future::pending()).await else {
            return Ok(true);
        };
        let event = event(Stage::Death, interceptor, &failure);
        store::note_event(link, self.death.job_id, &event.to_string()).await?;
        Ok(false)
    }

    async fn postpone(&self, link: &Link) -> Result<()> {
        let attempt = self.death.attempt;
        if attempt >= ATTEMPTS_MAX {
            tracing::error!(id = %self.death.job_id, attempt, "a death interceptor keeps failing, given up");
            return store::forget_death(link, &self.death).await;
        }
        let delay = RetryPolicy::standard().delay(attempt.unsigned_abs(), fastrand::u32(0..=29));
        store::postpone_death(link, &self.death, delay).await
    }

    fn context(&self, job: JobRecord) -> InterceptorContext {
        let error = job.last_death().map(|(failure, at)| ErrorDetails::new(failure.message, failure.details, at));
        let run = JobContext::new(Run {
            id: job.id,
            kind: job.kind,
            queue: job.queue,
            priority: job.priority,
            attempt: job.attempt,
            failures: job.failures,
            max_retries: job.max_retries,
            tags: job.tags,
            created_at: job.created_at,
            run_at: job.run_at,
            worker: job.worker_id.unwrap_or(self.worker),
            states: self.engine.states.clone(),
            payload: job.payload.to_string(),
            context: job.context.map(|context| context.to_string()),
            ..Run::default()
        });
        InterceptorContext::new(run, error)
    }
}

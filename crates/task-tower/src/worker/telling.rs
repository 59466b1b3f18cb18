//! Tells one note to its interceptors, one after the other, and keeps who has been told.

use std::sync::Arc;

use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::engine::Engine;
use super::interceptions::{Stage, event, tell};
use crate::error::Result;
use crate::job::{AnyInterceptor, ErrorDetails, InterceptorContext, JobContext, Run};
use crate::record::{JobRecord, WorkerId};
use crate::retry::{CHANCE_MAX, RetryPolicy};
use crate::store::{self, Backoff, Untold};

/// How often one is tried.
const ATTEMPTS_MAX: i32 = 10;

/// One note, while it is told.
pub(super) struct Telling {
    engine: Arc<Engine>,
    untold: Untold,
    stage: Stage,
    worker: WorkerId,
    /// Cancelled when this ends, however it does: threads that block learn of it.
    token: CancellationToken,
}

impl Telling {
    /// `None` for a stage of a later version, which is never asked for.
    pub(super) fn new(engine: Arc<Engine>, untold: Untold, worker: WorkerId) -> Option<Self> {
        let stage = Stage::from_word(&untold.stage)?;
        Some(Self { engine, untold, stage, worker, token: CancellationToken::new() })
    }

    pub(super) async fn run(self) {
        let _ended = self.token.clone().drop_guard();
        let span =
            tracing::error_span!("tell", stage = %self.stage, id = %self.untold.job_id, attempt = self.untold.attempt);
        let told = tokio::select! {
            told = self.tell().instrument(span) => told,
            // What cannot prove that it lives must not go on: others may tell it from now on.
            () = self.replaced() => return,
        };
        if let Err(error) = told {
            tracing::debug!(id = %self.untold.job_id, stage = %self.stage, %error, "could not tell interceptors, trying again");
            // It is still noted in the name of this worker, and comes again when this ends. Not at once:
            // what always fails must not spin.
            tokio::select! {
                () = tokio::time::sleep(self.engine.options.dead_after) => {}
                () = self.engine.stopping.cancelled() => {}
            }
        }
    }

    /// Returns when this worker is, for the database, not the one any more that took the note.
    async fn replaced(&self) {
        let mut identity = self.engine.identity.subscribe();
        // The sender lives as long as the engine.
        let _ = identity.wait_for(|worker| *worker != Some(self.worker)).await;
    }

    async fn tell(&self) -> Result<()> {
        if self.untold.attempt > ATTEMPTS_MAX {
            return self.never_ended().await;
        }
        let Some(job) = store::show_job(&self.engine.work, self.untold.job_id).await? else {
            // Somebody deleted it, and with it what there was to tell.
            return self.forget().await;
        };
        let Some(kind) = self.engine.registry.get(&job.kind) else { return Ok(()) };
        let context = self.context(job);
        let mut told = self.untold.told.clone();
        let mut all_heard = true;
        for interceptor in rest(self.stage.of(&kind.config.interceptors), &told) {
            if !self.tell_one(interceptor, &context).await? {
                // It must not silence those after it.
                all_heard = false;
                continue;
            }
            told.push(interceptor.name.to_owned());
            if !self.keep(&told).await? {
                tracing::debug!("another worker tells this by now");
                return Ok(());
            }
        }
        match all_heard {
            true => self.forget().await,
            false => self.postpone().await,
        }
    }

    async fn tell_one(&self, interceptor: &AnyInterceptor, context: &InterceptorContext) -> Result<bool> {
        // A worker that stops, or is replaced, drops this as a whole.
        let told = tell(self.stage, interceptor, context.clone(), std::future::pending()).await;
        let Err(failure) = told else { return Ok(true) };
        let mut event = event(self.stage, interceptor, &failure);
        if self.is_last() {
            let note = event["note"].as_str().unwrap_or_default();
            event["note"] = format!("{note}, given up after {ATTEMPTS_MAX} tries").into();
        }
        store::note_event(&self.engine.work, self.untold.job_id, &event.to_string()).await?;
        Ok(false)
    }

    /// Insists: nobody is told twice because the database was away for a moment.
    async fn keep(&self, told: &[String]) -> Result<bool> {
        let mut backoff = Backoff::default();
        loop {
            match store::keep_told(&self.engine.work, &self.untold, told).await {
                Err(error) if error.is_unavailable() => backoff.wait().await,
                answer => return answer,
            }
        }
    }

    async fn postpone(&self) -> Result<()> {
        if self.is_last() {
            tracing::error!(stage = %self.stage, attempts = ATTEMPTS_MAX, "an interceptor keeps failing, given up");
            return self.forget().await;
        }
        let delay = RetryPolicy::standard().delay(self.untold.attempt.unsigned_abs(), fastrand::u32(0..=CHANCE_MAX));
        store::postpone_untold(&self.engine.work, &self.untold, delay).await
    }

    /// One that takes its process down each time must not do so for ever.
    async fn never_ended(&self) -> Result<()> {
        tracing::error!(stage = %self.stage, attempts = ATTEMPTS_MAX, "telling interceptors never came to its end, given up");
        let note = format!("{} interceptors, given up after {ATTEMPTS_MAX} tries that did not end", self.stage);
        let event = json!({ "event": "interceptor_failed", "note": note });
        store::note_event(&self.engine.work, self.untold.job_id, &event.to_string()).await?;
        self.forget().await
    }

    async fn forget(&self) -> Result<()> {
        store::forget_told(&self.engine.work, &self.untold).await
    }

    fn is_last(&self) -> bool {
        self.untold.attempt >= ATTEMPTS_MAX
    }

    /// The run that was the job's last by then, whatever has become of it since.
    fn context(&self, job: JobRecord) -> InterceptorContext {
        let failed = job.failed_before(self.untold.happened_at);
        let error = failed.filter(|_| self.stage == Stage::Death).and_then(|event| {
            let failure = event.error.clone()?;
            Some(ErrorDetails::new(failure.message, failure.details, event.at))
        });
        let worker = failed.and_then(|event| event.worker_id).map(WorkerId);
        let run = JobContext::new(Run {
            id: job.id,
            lease: self.untold.job_lease,
            attempt: failed.and_then(|event| event.attempt).unwrap_or(job.attempt),
            worker: worker.unwrap_or(self.worker),
            kind: job.kind,
            queue: job.queue,
            priority: job.priority,
            failures: job.failures,
            max_retries: job.max_retries,
            tags: job.tags,
            created_at: job.created_at,
            run_at: job.run_at,
            token: self.token.clone(),
            states: self.engine.states.clone(),
            payload: job.payload.to_string(),
            context: job.context.map(|context| context.to_string()),
            complete_sql: self.engine.complete_sql.clone(),
            course: Default::default(),
            board: Default::default(),
        });
        InterceptorContext::new(run, error).because(self.untold.reason.clone())
    }
}

/// Those whose names are not among the told. Several of one name, such as closures of one function, count
/// one by one. So a program that was deployed anew with other interceptors leaves none of them out.
fn rest<'a>(interceptors: &'a [AnyInterceptor], told: &[String]) -> Vec<&'a AnyInterceptor> {
    let mut told: Vec<&str> = told.iter().map(String::as_str).collect();
    let mut rest = Vec::from_iter(interceptors);
    rest.retain(|interceptor| match told.iter().position(|name| *name == interceptor.name) {
        Some(place) => {
            told.swap_remove(place);
            false
        }
        None => true,
    });
    rest
}

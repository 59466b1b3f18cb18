//! Runs one job: prepares its context, calls the handler, lets interceptors follow, and hands over
//! what is to be written down.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::completer::{Outcome, Outcomes, release};
use super::engine::Engine;
use super::held::Hold;
use super::interceptions::{Stage, tell_all};
use super::judge::{Conclusion, Ended, Judge};
use super::logbook::in_span_of;
use crate::job::{Crash, ErrorDetails, InterceptorContext, JobContext, Kind, Run, bounded, catch, drop_quietly};
use crate::record::{Failure, JobId, Likeness, WorkerId};
use crate::store::{self, Claimed, Postponement};
use crate::telemetry::{Histogram, Running};

/// How long a handler may go on after it was asked to stop, before its future is dropped.
const STOP_PATIENCE: Duration = Duration::from_secs(3);

/// One slot: runs one job after another until no more come.
pub(super) async fn run_slot(engine: Arc<Engine>, outcomes: Outcomes) {
    while let Some(job) = engine.buffer.next().await {
        let occupied = engine.meters.occupied();
        outcomes.send(execute(&engine, job).await).await;
        drop(occupied);
        engine.buffer.free();
    }
}

/// Runs one job, and returns what is to be written down.
pub(super) async fn execute(engine: &Engine, job: Claimed) -> Outcome {
    let (id, lease) = (job.id, job.lease);
    let (mark, duration) = engine.tally.begin(&job);
    let execution = Execution::new(engine, job, duration);
    let hold = execution.hold.clone();
    hold.begins(mark);
    // A retry policy is the user's code, too.
    let executed = catch(execution.run()).await;
    hold.ends();
    executed.unwrap_or_else(|crash| broken(id, lease, &engine.tally.kind(mark), &crash))
}

/// What becomes of a job when it was not the handler that panicked, but what judges its end.
fn broken(id: JobId, lease: i64, kind: &str, crash: &Crash) -> Outcome {
    tracing::error!(%id, ?crash, "the end of a run could not be judged; it is retried in a minute");
    let message = bounded(&format_args!("{crash:?}"));
    let failure = Failure { kind: "panic".to_owned(), class: "Panic".to_owned(), message, details: None };
    let events = json!([{ "event": "failed", "error": failure }]).to_string();
    let failure = Some(Box::new(Likeness::of(kind, &failure)));
    Outcome::Postponed(Postponement { id, lease, delay_ms: 60_000, failure, refunded: false, events })
}

/// The execution of one claimed job.
struct Execution<'a> {
    engine: &'a Engine,
    job: Claimed,
    hold: Hold,
    /// Where it is measured how long the handler runs.
    duration: Histogram,
}

impl<'a> Execution<'a> {
    fn new(engine: &'a Engine, job: Claimed, duration: Histogram) -> Self {
        let hold = engine.held.get(job.id).unwrap_or_else(|| Hold::new(job.lease, false));
        Self { engine, job, hold, duration }
    }

    async fn run(mut self) -> Outcome {
        let Some(kind) = self.engine.registry.get(&self.job.kind) else {
            // The claim asks only for kinds that we know.
            return Outcome::Postponed(release(self.job.id, self.job.lease, 0));
        };
        let job = &self.job;
        let log = self.engine.logbook.open(job, self.engine.worker(), self.engine.options.log_level);
        let running = Running {
            id: job.id,
            kind: &job.kind,
            queue: &job.queue,
            attempt: job.attempt,
            origin: job.trace_context.as_deref(),
        };
        let span = in_span_of(log.as_ref(), || running.begin());
        let outcome = self.run_kind(&kind).instrument(span).await;
        if let Some(log) = log {
            log.end();
        }
        outcome
    }

    async fn run_kind(&mut self, kind: &Kind) -> Outcome {
        let context = self.context();
        let judge = Judge::new(&self.job, &self.hold, kind);
        if self.hold.token.is_cancelled() {
            return judge.outcome(Conclusion::Stopped, Vec::new());
        }
        let began = Instant::now();
        let ended = self.call(kind, &context).await;
        let (took, settled) = (began.elapsed(), context.is_settled());
        self.hold.took(took, settled);
        self.duration.took(took);
        let conclusion = judge.conclude(ended);
        match &conclusion {
            Conclusion::Failed { failure, .. } if settled => tracing::warn!(
                error = failure.message,
                "failed after it had completed its job by itself; this changes nothing if that was committed"
            ),
            _ => judge.report(&conclusion),
        }
        conclusion.ended().tell();
        let events = self.tell_interceptors(kind, &context, &conclusion).await;
        self.engine.prefetch.observe(began.elapsed());
        if settled {
            // The outcome finds no job any more to which it could add them.
            self.note(&events).await;
            return Outcome::Settled(Box::new(judge.outcome(conclusion, Vec::new())));
        }
        judge.outcome(conclusion, events)
    }

    async fn call(&self, kind: &Kind, context: &JobContext) -> Ended {
        let limit = self.timeout(kind);
        let mut running = Box::pin(context.scope(catch(kind.run(context))));
        let ended = tokio::select! {
            ended = &mut running => ended,
            () = elapsed(limit) => Err(Crash::Timeout(limit.unwrap_or_default())),
            () = given_up(&self.hold.token, &self.engine.hurry) => Err(Crash::Stopped),
        };
        if matches!(ended, Err(Crash::Timeout(_))) {
            // What goes on without being asked, a thread or a task of its own, learns of it.
            self.hold.token.cancel();
        }
        drop_quietly(running);
        ended
    }

    fn context(&mut self) -> JobContext {
        let job = &mut self.job;
        JobContext::new(Run {
            id: job.id,
            lease: job.lease,
            kind: job.kind.clone(),
            queue: std::mem::take(&mut job.queue),
            priority: job.priority,
            attempt: job.attempt,
            failures: job.failures,
            max_retries: job.max_retries,
            tags: std::mem::take(&mut job.tags),
            created_at: job.created_at,
            run_at: job.run_at,
            worker: self.engine.worker().unwrap_or(WorkerId(0)),
            token: self.hold.token.clone(),
            states: self.engine.states.clone(),
            payload: std::mem::take(&mut job.payload),
            context: job.context.take(),
            complete_sql: self.engine.complete_sql.clone(),
            course: Default::default(),
            board: self.engine.board.clone(),
        })
    }

    /// The job's own limit, or else its kind's.
    fn timeout(&self, kind: &Kind) -> Option<Duration> {
        let own = self.job.timeout_ms.map(|milliseconds| Duration::from_millis(milliseconds.unsigned_abs()));
        own.or_else(|| kind.timeout())
    }

    /// Returns what went wrong with them, as events of the job.
    async fn tell_interceptors(&self, kind: &Kind, context: &JobContext, conclusion: &Conclusion) -> Vec<Value> {
        let (stage, error) = match conclusion {
            Conclusion::Done(_) => (Stage::Success, None),
            Conclusion::Failed { failure, .. } => (Stage::Failure, Some(failure)),
            _ => return Vec::new(),
        };
        let interceptors = stage.of(&kind.config.interceptors);
        if interceptors.is_empty() {
            return Vec::new();
        }
        let context = InterceptorContext::new(context.clone(), error.map(|failure| self.details(failure)));
        let patience = self.engine.options.shutdown_grace + STOP_PATIENCE;
        tell_all(stage, interceptors, &context, || self.engine.stopped_for(patience)).await
    }

    async fn note(&self, events: &[Value]) {
        for event in events {
            if let Err(error) = store::note_event(&self.engine.outcomes, self.job.id, &event.to_string()).await {
                tracing::warn!(%error, "could not note that an interceptor failed");
            }
        }
    }

    fn details(&self, failure: &Failure) -> ErrorDetails {
        // The database's clock at the claim, and our own for what came after: no host is ahead of it.
        let occurred_at = self.job.attempted_at + self.job.claimed.elapsed();
        ErrorDetails::new(failure.message.clone(), failure.details.clone(), occurred_at)
    }
}

async fn elapsed(limit: Option<Duration>) {
    match limit {
        Some(limit) => tokio::time::sleep(limit).await,
        None => std::future::pending().await,
    }
}

/// Asked to stop, and out of patience.
async fn given_up(asked: &CancellationToken, hurry: &CancellationToken) {
    asked.cancelled().await;
    tokio::select! {
        () = tokio::time::sleep(STOP_PATIENCE) => {}
        () = hurry.cancelled() => {}
    }
}

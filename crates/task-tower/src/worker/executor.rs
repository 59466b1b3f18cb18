//! Runs one job: prepares its context, calls the handler, and says what follows from how it ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::completer::{Outcome, Outcomes, release};
use super::engine::Engine;
use super::held::{Hold, Revocation};
use super::panics;
use crate::job::{self, Crash, JobContext, JobError, Kind, Run, Verdict, bounded};
use crate::record::{JobId, JobState};
use crate::retry::{RETRY_DELAY_MAX, RetryPolicy};
use crate::store::{Claimed, Ending, Postponement};

/// How long a handler may go on after it was asked to stop, before its future is dropped.
const STOP_PATIENCE: Duration = Duration::from_secs(3);

/// One slot: runs one job after another until no more come.
pub(super) async fn run_slot(engine: Arc<Engine>, outcomes: Outcomes) {
    while let Some(job) = engine.buffer.next().await {
        let run = (job.id, job.lease);
        // A retry policy is the user's code, too.
        let executed = panics::catch(Execution::new(&engine, job).run()).await;
        outcomes.send(executed.unwrap_or_else(|crash| broken(run, &crash))).await;
        engine.buffer.free();
    }
}

/// What becomes of a job when it was not the handler that panicked, but what judges its end.
fn broken((id, lease): (JobId, i64), crash: &Crash) -> Outcome {
    tracing::error!(%id, ?crash, "the end of a run could not be judged; it is retried in a minute");
    let error = json!({ "kind": "panic", "message": bounded(&format_args!("{crash:?}")) });
    let event = json!({ "event": "failed", "error": error }).to_string();
    Outcome::Postponed(Postponement { id, lease, delay_ms: 60_000, failed: true, refunded: false, event })
}

type Ended = Result<Result<job::Outcome, JobError>, Crash>;

/// The execution of one claimed job.
struct Execution<'a> {
    engine: &'a Engine,
    job: Claimed,
    hold: Hold,
}

impl<'a> Execution<'a> {
    fn new(engine: &'a Engine, job: Claimed) -> Self {
        let hold = engine.held.get(job.id).unwrap_or_else(|| Hold::new(job.lease, false));
        Self { engine, job, hold }
    }

    async fn run(mut self) -> Outcome {
        let Some(kind) = self.engine.registry.get(&self.job.kind) else {
            // The claim asks only for kinds that we know.
            return Outcome::Postponed(release(self.job.id, self.job.lease, 0));
        };
        if self.hold.token.is_cancelled() {
            return self.stopped();
        }
        let span = tracing::info_span!("job", id = %self.job.id, kind = %self.job.kind, attempt = self.job.attempt);
        let began = Instant::now();
        let ended = self.call(&kind).instrument(span.clone()).await;
        self.engine.prefetch.observe(began.elapsed());
        span.in_scope(|| self.judge(&kind, ended))
    }

    async fn call(&mut self, kind: &Kind) -> Ended {
        let payload = std::mem::take(&mut self.job.payload);
        let handler = kind.run(payload, self.context());
        let limit = self.timeout(kind);
        let mut running = Box::pin(panics::catch(handler));
        let ended = tokio::select! {
            ended = &mut running => ended,
            () = elapsed(limit) => Err(Crash::Timeout(limit.unwrap_or_default())),
            () = given_up(&self.hold.token, &self.engine.hurry) => Err(Crash::Stopped),
        };
        panics::drop_quietly(running);
        ended
    }

    fn context(&self) -> JobContext {
        let job = &self.job;
        JobContext::new(Run {
            id: job.id,
            lease: job.lease,
            kind: job.kind.clone(),
            queue: job.queue.clone(),
            priority: job.priority,
            attempt: job.attempt,
            failures: job.failures,
            max_retries: job.max_retries,
            tags: job.tags.clone(),
            created_at: job.created_at,
            run_at: job.run_at,
            worker: self.engine.worker().unwrap_or(crate::record::WorkerId(0)),
            token: self.hold.token.clone(),
            states: self.engine.states.clone(),
        })
    }

    /// The job's own limit, or else its kind's.
    fn timeout(&self, kind: &Kind) -> Option<Duration> {
        let own = self.job.timeout_ms.map(|milliseconds| Duration::from_millis(milliseconds.unsigned_abs()));
        own.or(kind.timeout())
    }

    fn judge(&self, kind: &Kind, ended: Ended) -> Outcome {
        match ended {
            Ok(Ok(job::Outcome::Done)) => Outcome::Done(self.job.id, self.job.lease),
            Ok(Ok(job::Outcome::Snooze(delay))) => self.snoozed(delay),
            Ok(Err(error)) => self.failed(kind, &error),
            Err(Crash::Panic { message, place }) => self.broke(kind, "panic", &message, place.as_deref()),
            Err(Crash::Timeout(limit)) => {
                self.broke(kind, "timeout", &format!("took longer than its limit of {limit:?}"), None)
            }
            Err(Crash::Stopped) => self.stopped(),
        }
    }

    /// An error that the handler gave while it was asked to stop says no more than that it did.
    fn failed(&self, kind: &Kind, error: &JobError) -> Outcome {
        if self.hold.revocation().is_some() {
            return self.stopped();
        }
        match error.verdict {
            Verdict::Snooze(delay) => self.snoozed(delay),
            Verdict::Cancel => self.cancelled(&error.message),
            Verdict::Retry => self.retry(kind, "error", &error.message, error.details.as_deref()),
            Verdict::Discard => self.dead("discarded", "error", &error.message, error.details.as_deref()),
            Verdict::Decode => self.dead("decode", "decode", &error.message, error.details.as_deref()),
        }
    }

    fn broke(&self, kind: &Kind, how: &str, message: &str, details: Option<&str>) -> Outcome {
        if self.hold.revocation() == Some(Revocation::Cancelled) {
            return self.stopped();
        }
        self.retry(kind, how, &bounded(&message), details)
    }

    fn retry(&self, kind: &Kind, how: &str, message: &str, details: Option<&str>) -> Outcome {
        if self.job.failures >= self.job.max_retries {
            return self.dead("retries", how, message, details);
        }
        let retry = self.job.failures.unsigned_abs().saturating_add(1);
        let delay = kind.retry_policy().delay(retry, fastrand::u32(0..=29));
        tracing::warn!(error = message, how, retry_in = ?delay, "failed, will be retried");
        let event = json!({ "event": "failed", "error": { "kind": how, "message": message, "details": details } });
        self.postponed(delay, true, &event)
    }

    fn dead(&self, reason: &str, how: &str, message: &str, details: Option<&str>) -> Outcome {
        tracing::error!(error = message, how, reason, "failed and is dead");
        let event = json!({ "event": "failed", "error": { "kind": how, "message": message, "details": details } });
        self.ended(JobState::Dead, true, reason, &event)
    }

    fn snoozed(&self, delay: Duration) -> Outcome {
        tracing::debug!(?delay, "snoozed");
        self.postponed(delay, false, &json!({ "event": "snoozed" }))
    }

    fn cancelled(&self, reason: &str) -> Outcome {
        tracing::info!(reason, "cancelled");
        self.ended(JobState::Cancelled, false, reason, &json!({ "event": "cancelled", "note": reason }))
    }

    /// The run was asked to stop.
    fn stopped(&self) -> Outcome {
        match self.hold.revocation() {
            Some(Revocation::Cancelled) => self.cancelled("cancelled"),
            Some(Revocation::Lost) => {
                tracing::warn!("stopped a run whose job belongs to another worker by now");
                Outcome::Lost(self.job.id, self.job.lease)
            }
            Some(Revocation::Shutdown) | None => {
                tracing::info!("given back, since the worker stops");
                Outcome::Postponed(release(self.job.id, self.job.lease, 0))
            }
        }
    }

    fn postponed(&self, delay: Duration, failed: bool, event: &serde_json::Value) -> Outcome {
        let delay_ms = delay.min(RETRY_DELAY_MAX).as_millis() as i64;
        let (id, lease, event) = (self.job.id, self.job.lease, event.to_string());
        Outcome::Postponed(Postponement { id, lease, delay_ms, failed, refunded: false, event })
    }

    fn ended(&self, state: JobState, failed: bool, reason: &str, event: &serde_json::Value) -> Outcome {
        let (id, lease, event) = (self.job.id, self.job.lease, event.to_string());
        Outcome::Ended(Ending { id, lease, state, failed, reason: reason.to_owned(), event })
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

impl Kind {
    fn timeout(&self) -> Option<Duration> {
        self.config.timeout.or(self.timeout_default)
    }

    fn retry_policy(&self) -> RetryPolicy {
        self.config.retry_policy.clone().unwrap_or_default()
    }
}

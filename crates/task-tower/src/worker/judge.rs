//! Decides what follows from how a run ended: completed, a retry and when, dead and why, given back.

use std::time::Duration;

use serde_json::{Value, json};

use super::completer::{Outcome, release};
use super::held::{Hold, Revocation};
use crate::job::{self, Crash, JobError, Kind, Verdict, bounded};
use crate::record::{Failure, JobState, Likeness};
use crate::retry::{CHANCE_MAX, RETRY_DELAY_MAX};
use crate::store::{Claimed, Ending, Postponement};
use crate::telemetry;

/// How a run ended: by its own answer, or by other means.
pub(super) type Ended = Result<Result<job::Outcome, JobError>, Crash>;

/// What follows from it.
#[derive(Debug)]
pub(super) enum Conclusion {
    /// Done, perhaps with a result.
    Done(Option<String>),
    /// To be run again after this time, without counting a failure.
    Snoozed(Duration),
    /// Cancelled, with the reason.
    Cancelled(String),
    /// Failed, and what becomes of the job.
    Failed { failure: Failure, then: Then },
    /// Asked to stop from outside.
    Stopped,
}

#[derive(Debug)]
pub(super) enum Then {
    Retry(Duration),
    Dead(&'static str),
}

impl Conclusion {
    /// For the span of the run.
    pub(super) fn ended(&self) -> telemetry::Ended<'_> {
        let (how, failure) = match self {
            Self::Done(_) => ("completed", None),
            Self::Snoozed(_) => ("snoozed", None),
            Self::Cancelled(_) => ("cancelled", None),
            Self::Failed { failure, then: Then::Retry(_) } => ("failed", Some(failure)),
            Self::Failed { failure, then: Then::Dead(_) } => ("dead", Some(failure)),
            Self::Stopped => ("stopped", None),
        };
        telemetry::Ended { how, failure }
    }
}

pub(super) struct Judge<'a> {
    job: &'a Claimed,
    hold: &'a Hold,
    kind: &'a Kind,
}

impl<'a> Judge<'a> {
    pub(super) fn new(job: &'a Claimed, hold: &'a Hold, kind: &'a Kind) -> Self {
        Self { job, hold, kind }
    }

    pub(super) fn conclude(&self, ended: Ended) -> Conclusion {
        match ended {
            Ok(Ok(job::Outcome::Done)) => Conclusion::Done(None),
            Ok(Ok(job::Outcome::DoneWith(result))) => Conclusion::Done(Some(result)),
            Ok(Ok(job::Outcome::Snooze(delay))) => Conclusion::Snoozed(delay),
            Ok(Ok(job::Outcome::Cancel(reason))) => Conclusion::Cancelled(bounded(&reason)),
            Ok(Err(error)) => self.failed(error),
            Err(Crash::Panic { message, place }) => self.broke("panic", "Panic", bounded(&message), place.as_ref()),
            Err(Crash::Timeout(limit)) => {
                self.broke("timeout", "Timeout", format!("took longer than its limit of {limit:?}"), None)
            }
            Err(Crash::Stopped) => Conclusion::Stopped,
        }
    }

    /// An error that the handler gave while it was asked to stop says no more than that it did.
    fn failed(&self, error: JobError) -> Conclusion {
        if self.hold.revocation().is_some() {
            return Conclusion::Stopped;
        }
        let (kind, class) = match error.verdict {
            Verdict::Decode => ("decode", "Decode".to_owned()),
            _ => ("error", error.class),
        };
        let failure = Failure { kind: kind.to_owned(), class, message: error.message, details: error.details };
        match error.verdict {
            Verdict::Snooze(delay) => Conclusion::Snoozed(delay),
            Verdict::Cancel => Conclusion::Cancelled(failure.message),
            Verdict::Retry => self.retry(failure),
            Verdict::Discard => Conclusion::Failed { failure, then: Then::Dead("discarded") },
            Verdict::Decode => Conclusion::Failed { failure, then: Then::Dead("decode") },
        }
    }

    fn broke(&self, kind: &str, class: &str, message: String, details: Option<&String>) -> Conclusion {
        if self.hold.revocation() == Some(Revocation::Cancelled) {
            return Conclusion::Stopped;
        }
        let (kind, class) = (kind.to_owned(), class.to_owned());
        self.retry(Failure { kind, class, message, details: details.map(bounded) })
    }

    fn retry(&self, failure: Failure) -> Conclusion {
        if self.job.failures >= self.job.max_retries {
            return Conclusion::Failed { failure, then: Then::Dead("retries") };
        }
        let retry = self.job.failures.unsigned_abs().saturating_add(1);
        let policy = self.kind.config.retry_policy.clone().unwrap_or_default();
        Conclusion::Failed { failure, then: Then::Retry(policy.delay(retry, fastrand::u32(0..=CHANCE_MAX))) }
    }

    /// Says it in the log.
    pub(super) fn report(&self, conclusion: &Conclusion) {
        match conclusion {
            Conclusion::Snoozed(delay) => tracing::debug!(?delay, "snoozed"),
            Conclusion::Cancelled(reason) => tracing::info!(reason, "cancelled"),
            Conclusion::Failed { failure: Failure { message, kind, .. }, then: Then::Retry(delay) } => {
                tracing::warn!(error = message, how = kind, retry_in = ?delay, "failed, will be retried");
            }
            Conclusion::Failed { failure: Failure { message, kind, .. }, then: Then::Dead(reason) } => {
                tracing::error!(error = message, how = kind, reason, "failed and is dead");
            }
            Conclusion::Stopped if self.hold.revocation() == Some(Revocation::Cancelled) => {
                tracing::info!(reason = "cancelled", "cancelled");
            }
            Conclusion::Done(_) | Conclusion::Stopped => {}
        }
    }

    /// What is to be written down, after the events of interceptors that failed.
    pub(super) fn outcome(&self, conclusion: Conclusion, events: Vec<Value>) -> Outcome {
        match conclusion {
            Conclusion::Done(None) if events.is_empty() => Outcome::Done(self.job.id, self.job.lease),
            Conclusion::Done(result) => self.completed(events, result),
            Conclusion::Snoozed(delay) => self.snoozed(delay),
            Conclusion::Cancelled(reason) => self.cancelled(&reason),
            Conclusion::Failed { failure, then: Then::Retry(delay) } => self.retried(events, &failure, delay),
            Conclusion::Failed { failure, then: Then::Dead(reason) } => self.dead(events, &failure, reason),
            Conclusion::Stopped => self.stopped(),
        }
    }

    fn completed(&self, events: Vec<Value>, result: Option<String>) -> Outcome {
        self.ended(JobState::Completed, None, None, events, result)
    }

    fn snoozed(&self, delay: Duration) -> Outcome {
        self.postponed(delay, None, vec![json!({ "event": "snoozed" })])
    }

    fn cancelled(&self, reason: &str) -> Outcome {
        let events = vec![json!({ "event": "cancelled", "note": reason })];
        self.ended(JobState::Cancelled, None, Some(reason), events, None)
    }

    fn retried(&self, mut events: Vec<Value>, failure: &Failure, delay: Duration) -> Outcome {
        events.push(json!({ "event": "failed", "error": failure }));
        self.postponed(delay, Some(failure), events)
    }

    fn dead(&self, mut events: Vec<Value>, failure: &Failure, reason: &str) -> Outcome {
        events.push(json!({ "event": "failed", "error": failure }));
        self.ended(JobState::Dead, Some(failure), Some(reason), events, None)
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

    fn postponed(&self, delay: Duration, failure: Option<&Failure>, events: Vec<Value>) -> Outcome {
        let delay_ms = delay.min(RETRY_DELAY_MAX).as_millis() as i64;
        let (id, lease, events) = (self.job.id, self.job.lease, Value::Array(events).to_string());
        Outcome::Postponed(Postponement { id, lease, delay_ms, failure: self.like(failure), refunded: false, events })
    }

    fn ended(
        &self,
        state: JobState,
        failure: Option<&Failure>,
        reason: Option<&str>,
        events: Vec<Value>,
        result: Option<String>,
    ) -> Outcome {
        let (id, lease, events) = (self.job.id, self.job.lease, Value::Array(events).to_string());
        let (kind, failure) = (self.job.kind.clone(), self.like(failure));
        Outcome::Ended(Ending { id, lease, kind, state, failure, reason: reason.map(str::to_owned), events, result })
    }

    fn like(&self, failure: Option<&Failure>) -> Option<Box<Likeness>> {
        failure.map(|failure| Box::new(Likeness::of(&self.job.kind, failure)))
    }
}

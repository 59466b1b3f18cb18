//! Calls interceptors so that an error or a panic of one is told and harms nothing else.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::job::{AnyInterceptor, Crash, InterceptorContext, bounded, catch};
use crate::record::Failure;

/// How long one interceptor may take that nothing else depends on.
const PATIENCE: Duration = Duration::from_secs(30);

/// The moments at which interceptors are told what has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Success,
    Failure,
    Death,
}

/// Tells all of them, in order; those that fail come back as events of the job.
pub(super) async fn tell_all(
    stage: Stage,
    interceptors: &[AnyInterceptor],
    context: &InterceptorContext,
) -> Vec<Value> {
    let mut events = Vec::new();
    for interceptor in interceptors {
        if let Err(failure) = tell(stage, interceptor, context.clone()).await {
            events.push(event(stage, interceptor, &failure));
        }
    }
    events
}

/// Tells one.
pub(super) async fn tell(
    stage: Stage,
    interceptor: &AnyInterceptor,
    context: InterceptorContext,
) -> Result<(), Failure> {
    let run = context.run().clone();
    let telling = run.scope(catch(interceptor.intercept(context)));
    let failure = match tokio::time::timeout(PATIENCE, telling).await {
        Ok(Ok(Ok(()))) => return Ok(()),
        Ok(Ok(Err(error))) => failure("error", error.message, error.details),
        Ok(Err(Crash::Panic { message, place })) => failure("panic", bounded(&message), place.as_ref().map(bounded)),
        Ok(Err(_)) | Err(_) => failure("timeout", format!("took longer than {PATIENCE:?}"), None),
    };
    tracing::error!(%stage, interceptor = interceptor.name, error = failure.message, how = failure.kind, "interceptor failed");
    Err(failure)
}

/// What a job keeps of an interceptor that failed.
pub(super) fn event(stage: Stage, interceptor: &AnyInterceptor, failure: &Failure) -> Value {
    json!({
        "event": "interceptor_failed",
        "note": format!("{stage} interceptor {}", interceptor.name),
        "error": failure,
    })
}

fn failure(kind: &str, message: String, details: Option<String>) -> Failure {
    Failure { kind: kind.to_owned(), message, details }
}

impl fmt::Display for Stage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Stage::Success => "success",
            Stage::Failure => "failure",
            Stage::Death => "death",
        })
    }
}

//! Calls interceptors so that an error or a panic of one is told and harms nothing else.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::job::{AnyInterceptor, Crash, InterceptorContext, Interceptors, bounded, catch, drop_quietly};
use crate::record::Failure;

/// How long one interceptor may take that nothing else depends on.
const PATIENCE: Duration = Duration::from_secs(30);

/// The moments at which interceptors are told what has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Success,
    Failure,
    Death,
    Cancel,
    Requeue,
}

impl Stage {
    /// Those that are noted in the database until they are told.
    pub(super) const DURABLE: [Self; 3] = [Self::Death, Self::Cancel, Self::Requeue];

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::DURABLE.into_iter().find(|stage| stage.word() == word)
    }

    /// Who is to be told.
    pub(super) fn of(self, interceptors: &Interceptors) -> &[AnyInterceptor] {
        match self {
            Stage::Success => &interceptors.success,
            Stage::Failure => &interceptors.failure,
            Stage::Death => &interceptors.death,
            Stage::Cancel => &interceptors.cancel,
            Stage::Requeue => &interceptors.requeue,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Stage::Success => "success",
            Stage::Failure => "failure",
            Stage::Death => "death",
            Stage::Cancel => "cancel",
            Stage::Requeue => "requeue",
        }
    }
}

/// Tells all of them, in order, until `stopped`; those that fail come back as events of the job.
pub(super) async fn tell_all<S: Future<Output = ()>>(
    stage: Stage,
    interceptors: &[AnyInterceptor],
    context: &InterceptorContext,
    stopped: impl Fn() -> S,
) -> Vec<Value> {
    let mut events = Vec::new();
    for interceptor in interceptors {
        if let Err(failure) = tell(stage, interceptor, context.clone(), stopped()).await {
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
    stopped: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let run = context.run().clone();
    let mut telling = Box::pin(run.scope(catch(interceptor.intercept(context))));
    let ended = tokio::select! {
        // One that does not wait is not cut short.
        biased;
        ended = &mut telling => ended,
        () = tokio::time::sleep(PATIENCE) => Err(Crash::Timeout(PATIENCE)),
        () = stopped => Err(Crash::Stopped),
    };
    drop_quietly(telling);
    let failure = match ended {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => failure("error", &error.class, error.message, error.details),
        Err(Crash::Panic { message, place }) => {
            failure("panic", "Panic", bounded(&message), place.as_ref().map(bounded))
        }
        Err(Crash::Timeout(limit)) => failure("timeout", "Timeout", format!("took longer than {limit:?}"), None),
        Err(Crash::Stopped) => failure("stopped", "Stopped", "stopped with its worker".to_owned(), None),
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

fn failure(kind: &str, class: &str, message: String, details: Option<String>) -> Failure {
    Failure { kind: kind.to_owned(), class: class.to_owned(), message, details }
}

impl fmt::Display for Stage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::job::{JobContext, JobError, KindConfig, Run};

    fn context() -> InterceptorContext {
        InterceptorContext::new(JobContext::new(Run::default()), None)
    }

    async fn hangs(_: InterceptorContext) -> Result<(), JobError> {
        std::future::pending().await
    }

    fn hanging() -> KindConfig {
        KindConfig::default().success_interceptor(hangs).success_interceptor(hangs)
    }

    #[tokio::test(start_paused = true)]
    async fn each_of_them_may_take_thirty_seconds() {
        let began = Instant::now();

        let events = tell_all(Stage::Success, &hanging().interceptors.success, &context(), std::future::pending).await;

        assert_eq!((began.elapsed(), events.len()), (2 * PATIENCE, 2));
        assert_eq!(events[0]["error"]["message"], "took longer than 30s");
        assert_eq!(events[0]["error"]["kind"], "timeout");
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_stops_waits_for_none_of_them() {
        let (began, stops_at) = (Instant::now(), Instant::now() + PATIENCE / 3);
        let stopped = || tokio::time::sleep_until(stops_at);

        let events = tell_all(Stage::Success, &hanging().interceptors.success, &context(), stopped).await;

        assert_eq!((began.elapsed(), events.len()), (PATIENCE / 3, 2));
        assert_eq!(events[1]["error"]["kind"], "stopped");
    }
}

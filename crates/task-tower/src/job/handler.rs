//! Handlers: plain async functions of a job and of what they ask for.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::Job;
use super::context::JobContext;
use super::error::JobError;
use super::extract::{FromContext, MissingState};
use super::states::States;

/// How a run ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Done.
    Done,
    /// Not yet: to be run again after this time. The run does not count as a failure.
    Snooze(Duration),
}

/// What a handler may return on success: nothing, or an [`Outcome`].
pub trait IntoOutcome {
    /// The outcome.
    fn into_outcome(self) -> Outcome;
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Outcome {
        Outcome::Done
    }
}

impl IntoOutcome for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}

/// A function that runs jobs of type `J`.
///
/// It is implemented for every `async fn` whose first parameter is the job, whose other
/// parameters (up to eight) implement [`FromContext`], and which returns `Result<(), E>` or
/// `Result<Outcome, E>`, where `E` is [`JobError`] or converts into it.
///
/// Handlers share the threads of the runtime and must not block them: blocking work belongs into
/// `tokio::task::spawn_blocking`.
#[diagnostic::on_unimplemented(
    message = "this is not a handler: `{Self}`",
    label = "not a handler",
    note = "a handler is an `async fn(job: YourJob, …) -> Result<(), JobError>` whose future is `Send`. Its first \
            parameter is the job, by value, of a type that implements `task_tower::Job`; every other one is \
            `State<T>`, `JobContext` or another type that implements `task_tower::FromContext`, by value"
)]
pub trait Handler<J: Job, Parameters>: Clone + Send + Sync + 'static {
    /// Runs the job.
    fn call(self, job: J, context: JobContext) -> impl Future<Output = Result<Outcome, JobError>> + Send;

    /// Says at build time what the handler asks for and nobody gave.
    ///
    /// # Errors
    ///
    /// Names the missing state.
    fn check(states: &States) -> Result<(), MissingState>;
}

macro_rules! handler {
    ($($parameter:ident),*) => {
        impl<J, F, Fut, T, E, $($parameter,)*> Handler<J, (J, $($parameter,)*)> for F
        where
            J: Job,
            F: FnOnce(J, $($parameter,)*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<T, E>> + Send,
            T: IntoOutcome,
            E: Into<JobError>,
            $($parameter: FromContext,)*
        {
            #[allow(unused_variables, reason = "a handler that asks for nothing needs no context")]
            async fn call(self, job: J, context: JobContext) -> Result<Outcome, JobError> {
                let outcome = self(job, $($parameter::from_context(&context).await?,)*).await;
                outcome.map(IntoOutcome::into_outcome).map_err(Into::into)
            }

            #[allow(unused_variables, reason = "a handler that asks for nothing misses nothing")]
            fn check(states: &States) -> Result<(), MissingState> {
                $($parameter::check(states)?;)*
                Ok(())
            }
        }
    };
}

handler!();
handler!(A);
handler!(A, B);
handler!(A, B, C);
handler!(A, B, C, D);
handler!(A, B, C, D, E2);
handler!(A, B, C, D, E2, G);
handler!(A, B, C, D, E2, G, H);
handler!(A, B, C, D, E2, G, H, I);

/// A handler without its types: raw payload in, outcome out.
pub(super) type Erased =
    Box<dyn Fn(String, JobContext) -> Pin<Box<dyn Future<Output = Result<Outcome, JobError>> + Send>> + Send + Sync>;

pub(super) fn erase<J: Job, P, H: Handler<J, P>>(handler: H) -> Erased {
    Box::new(move |payload, context| {
        let handler = handler.clone();
        Box::pin(async move {
            let job: J = serde_json::from_str(&payload).map_err(|error| JobError::decode(&error))?;
            handler.call(job, context).await
        })
    })
}

/// A run that ended by other means than its own answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    /// It panicked, with this message at this place.
    Panic { message: String, place: Option<String> },
    /// It took longer than this.
    Timeout(Duration),
    /// It was told to stop and did not in time, or said that it was cancelled.
    Stopped,
}

//! Handlers: plain async functions of a job and of what they ask for.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::Job;
use super::context::JobContext;
use super::error::JobError;
use super::extract::MissingState;
use super::function::{Answer, Asynchronous, Function, Parameters};
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
#[diagnostic::on_unimplemented(
    message = "a handler cannot succeed with `{Self}`",
    label = "succeeds with `{Self}`",
    note = "a handler returns `Result<(), JobError>` or `Result<Outcome, JobError>`: nobody waits for a value. What a \
            run found out belongs into your database"
)]
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
/// parameters (up to eight) implement [`FromContext`](super::FromContext), and which returns `Result<(), E>` or
/// `Result<Outcome, E>`, where `E` is [`JobError`] or converts into it.
///
/// Handlers share the threads of the runtime and must not block them: blocking work belongs into
/// `tokio::task::spawn_blocking`.
#[diagnostic::on_unimplemented(
    message = "this is not a handler: `{Self}`",
    label = "not a function of a job",
    note = "name the function here, without calling it: `.job(send_welcome)`. A handler is an \
            `async fn(job: YourJob, …) -> Result<(), JobError>` with up to eight parameters after the job"
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

impl<J, F, P> Handler<J, P> for F
where
    J: Job,
    F: Function<P> + Clone + Send + Sync + 'static,
    F::Returned: Asynchronous + Send,
    <F::Returned as Future>::Output: Answer,
    P: Parameters<J>,
{
    async fn call(self, job: J, context: JobContext) -> Result<Outcome, JobError> {
        let parameters = P::from_context(job, &context).await?;
        self.apply(parameters).await.into_result()
    }

    fn check(states: &States) -> Result<(), MissingState> {
        P::check(states)
    }
}

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

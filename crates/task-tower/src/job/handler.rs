//! Handlers: plain async functions of a job and of what they ask for.

use std::future::Future;
use std::time::Duration;

use super::Job;
use super::context::JobContext;
use super::error::JobError;
use super::extract::MissingState;
use super::function::{Function, Parameters, Place};
use super::interceptor::Running;
use super::outcome::Outcome;
use super::states::States;

/// A function that runs jobs of type `J`.
///
/// It is implemented for every `async fn` whose first parameter is the job, whose other
/// parameters (up to eight) implement [`FromContext`](super::FromContext), and which returns `Result<(), E>`,
/// `Result<Output<T>, E>` or `Result<Outcome, E>`, where `E` is [`JobError`] or converts into it.
///
/// Handlers share the threads of the runtime and must not block them: a function that blocks becomes
/// a handler by [`blocking`](crate::blocking).
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
    F::Place: Place<F::Returned>,
    P: Parameters<J> + 'static,
{
    async fn call(self, job: J, context: JobContext) -> Result<Outcome, JobError> {
        let parameters = P::from_context(job, &context).await?;
        F::Place::run(move || self.apply(parameters), context).await
    }

    fn check(states: &States) -> Result<(), MissingState> {
        P::check(states)
    }
}

/// A handler without its types.
pub(super) type Erased = Box<dyn Fn(JobContext) -> Running + Send + Sync>;

/// The payload is decoded inside, so that what does not decode fails that run.
pub(super) fn erase<J: Job, P, H: Handler<J, P>>(handler: H) -> Erased {
    Box::new(move |context| {
        let handler = handler.clone();
        Box::pin(async move { handler.call(context.job()?, context).await })
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

//! Functions as handlers: what they take, what they return, how that counts. It is asked in stages, each a trait
//! that says in its own words what a handler has to be. The first stage alone decides between functions of one,
//! two or more parameters; by then the compiler knows which parameters there are, so that it can name the one that
//! is wrong. One `impl` for each number of parameters with all conditions at once would only ever be told to
//! "not apply".

use std::future::Future;

use super::Job;
use super::context::JobContext;
use super::error::JobError;
use super::extract::{FromContext, MissingState};
use super::outcome::{IntoOutcome, Outcome};
use super::states::States;

/// The first stage: a function, of any parameters.
pub(super) trait Function<P> {
    type Returned;
    /// Where it may run.
    type Place;

    fn apply(self, parameters: P) -> Self::Returned;
}

/// The second stage: the job, then what can be had from the run's context.
#[diagnostic::on_unimplemented(
    message = "this handler does not take its job",
    label = "takes `{Self}`",
    note = "the first parameter of a handler is the job, by value: `async fn send_welcome(job: SendWelcome, …)`"
)]
pub(super) trait Parameters<J>: Sized + Send {
    fn from_context(job: J, context: &JobContext) -> impl Future<Output = Result<Self, JobError>> + Send;

    fn check(states: &States) -> Result<(), MissingState>;
}

/// The third stage: what the function returns is right for the place where it runs.
pub(super) trait Place<R> {
    fn run(
        call: impl FnOnce() -> R + Send + 'static,
        context: JobContext,
    ) -> impl Future<Output = Result<Outcome, JobError>> + Send;
}

/// Where functions run that wait for others without blocking them.
pub(super) struct OnTheRuntime;

impl<R> Place<R> for OnTheRuntime
where
    R: Asynchronous,
    R::Future: Send,
    R::Output: Answer,
{
    async fn run(call: impl FnOnce() -> R + Send + 'static, _context: JobContext) -> Result<Outcome, JobError> {
        call().future().await.into_result()
    }
}

/// There, it goes on while others run.
#[diagnostic::on_unimplemented(
    message = "this handler is not an `async fn`",
    label = "returns `{Self}` and no future",
    note = "write `async fn` in place of `fn`; one that blocks its thread is registered as `blocking(…)`"
)]
pub(super) trait Asynchronous {
    type Output;
    type Future: Future<Output = Self::Output>;

    fn future(self) -> Self::Future;
}

#[diagnostic::do_not_recommend]
impl<T: Future> Asynchronous for T {
    type Output = T::Output;
    type Future = T;

    fn future(self) -> T {
        self
    }
}

/// The fourth stage: it ends well, or with an error.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "does not return a `Result`",
    note = "a handler returns `Result<(), JobError>`, so that a run can fail; write `-> Result<(), JobError>`, and \
            `Ok(())` at the end",
    note = "`blocking(…)` is for a plain `fn`; an `async fn` is registered as it is"
)]
pub(super) trait Answer {
    fn into_result(self) -> Result<Outcome, JobError>;
}

impl<T: IntoOutcome, E: Failure> Answer for Result<T, E> {
    fn into_result(self) -> Result<Outcome, JobError> {
        self.map_err(Failure::into_job_error).and_then(IntoOutcome::into_outcome)
    }
}

/// The last stage: the error is one.
#[diagnostic::on_unimplemented(
    message = "a handler cannot fail with `{Self}`, which is not an error",
    label = "its error is not an error",
    note = "return `Result<(), JobError>`: `?` turns every `std::error::Error` into a `JobError`, and so does \
            `JobError::new(…)` with anything that can be displayed",
    note = "or implement `std::error::Error` for `{Self}`"
)]
pub(super) trait Failure {
    fn into_job_error(self) -> JobError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<JobError>> Failure for E {
    fn into_job_error(self) -> JobError {
        self.into()
    }
}

macro_rules! function {
    ($($parameter:ident),*) => {
        impl<F, R, $($parameter,)*> Function<($($parameter,)*)> for F
        where
            F: FnOnce($($parameter,)*) -> R,
        {
            type Returned = R;
            type Place = OnTheRuntime;

            #[allow(non_snake_case, reason = "a parameter is named as its type")]
            fn apply(self, ($($parameter,)*): ($($parameter,)*)) -> R {
                self($($parameter,)*)
            }
        }
    };
}

macro_rules! parameters {
    ($($parameter:ident),*) => {
        function!(J $(, $parameter)*);

        impl<J: Job, $($parameter: FromContext,)*> Parameters<J> for (J, $($parameter,)*) {
            #[allow(unused_variables, reason = "a handler that asks for nothing needs no context")]
            async fn from_context(job: J, context: &JobContext) -> Result<Self, JobError> {
                Ok((job, $($parameter::from_context(context).await?,)*))
            }

            #[allow(unused_variables, reason = "a handler that asks for nothing misses nothing")]
            fn check(states: &States) -> Result<(), MissingState> {
                $($parameter::check(states)?;)*
                Ok(())
            }
        }
    };
}

// Only so that the next stage can say what is missing.
function!();
parameters!();
parameters!(A);
parameters!(A, B);
parameters!(A, B, C);
parameters!(A, B, C, D);
parameters!(A, B, C, D, E);
parameters!(A, B, C, D, E, G);
parameters!(A, B, C, D, E, G, H);
parameters!(A, B, C, D, E, G, H, I);

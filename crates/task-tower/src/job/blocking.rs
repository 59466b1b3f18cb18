//! Handlers and interceptors that block: each call has a thread of its own for as long as it takes.

use std::panic;

use super::context::JobContext;
use super::error::JobError;
use super::function::{Answer, Function, Place};
use super::interceptor::{Interceptor, InterceptorContext};
use super::outcome::Outcome;
use super::panics;

/// Makes a handler, or an interceptor, out of a function that is not async and may block: long
/// calculations, libraries without async. It runs on a thread of tokio's pool for blocking work.
///
/// A thread cannot be stopped from outside. When its time is over, or the job is cancelled, the run
/// counts as ended and the thread goes on; so long ones ask
/// [`JobContext::is_cancelled`](crate::JobContext::is_cancelled) now and then.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// use task_tower::{Job, JobError, TaskTower, blocking};
///
/// # #[derive(Serialize, Deserialize)]
/// # struct Resize { path: String }
/// # impl Job for Resize { const KIND: &'static str = "resize"; }
/// fn resize(job: Resize) -> Result<(), JobError> {
///     std::fs::copy(&job.path, format!("{}.small", job.path))?;
///     Ok(())
/// }
///
/// let builder = TaskTower::builder().job(blocking(resize));
/// ```
pub fn blocking<F>(function: F) -> Blocking<F> {
    Blocking(function)
}

/// A function that may block. Made by [`blocking`].
#[derive(Clone, Copy, Debug)]
pub struct Blocking<F>(F);

impl<F: Function<P>, P> Function<P> for Blocking<F> {
    type Returned = F::Returned;
    type Place = OnAThread;

    fn apply(self, parameters: P) -> F::Returned {
        self.0.apply(parameters)
    }
}

/// Where a function runs that may block.
pub(super) struct OnAThread;

impl<R: Answer> Place<R> for OnAThread {
    async fn run(call: impl FnOnce() -> R + Send + 'static, context: JobContext) -> Result<Outcome, JobError> {
        on_a_thread(context, || call().into_result()).await
    }
}

impl<F, E> Interceptor for Blocking<F>
where
    F: Fn(InterceptorContext) -> Result<(), E> + Clone + Send + Sync + 'static,
    E: Into<JobError>,
{
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        let (run, function) = (context.run().clone(), self.0.clone());
        on_a_thread(run, move || function(context).map_err(Into::into)).await
    }
}

/// The thread belongs to the run: its log lines carry the job, and its panic is that of the run.
async fn on_a_thread<T: Send + 'static>(
    run: JobContext,
    work: impl FnOnce() -> Result<T, JobError> + Send + 'static,
) -> Result<T, JobError> {
    let span = tracing::Span::current();
    let guarded = move || panics::guarded(|| span.in_scope(|| run.scope_blocking(work)));
    match tokio::task::spawn_blocking(guarded).await {
        Ok(Ok(result)) => result,
        Ok(Err(crash)) => panic::resume_unwind(Box::new(crash)),
        Err(error) => Err(JobError::new(format_args!("the thread of the handler was not started: {error}"))),
    }
}

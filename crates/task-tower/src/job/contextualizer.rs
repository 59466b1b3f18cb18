//! Contextualizers: the user's own code at an enqueue, which stores parameters with the job.

use std::future::Future;
use std::pin::Pin;

use super::enqueue::EnqueueContext;
use super::error::JobError;

/// The most that contextualizers can store with one job, in bytes of JSON.
pub const PARAMETERS_BYTES_MAX: usize = 64 * 1024;

/// Stores context parameters with jobs while they are enqueued: who the user is, which tenant, which
/// request. Given to a client by [`Client::with_context`](crate::Client::with_context); interceptors and
/// handlers read them by [`JobContext::parameter`](crate::JobContext::parameter).
///
/// Implement it for a type, or give a function of `&mut EnqueueContext` that is not async.
///
/// ```
/// use task_tower::{Contextualizer, EnqueueContext, JobError};
///
/// struct CurrentUser(Option<String>);
///
/// impl Contextualizer for CurrentUser {
///     async fn enrich(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
///         let user = self.0.as_ref().ok_or_else(|| JobError::new("a user could not be established"))?;
///         context.set_parameter("User", user)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a contextualizer",
    label = "not a contextualizer",
    note = "implement `task_tower::Contextualizer` for it, or give a closure \
            `|context: &mut EnqueueContext<'_>| -> Result<(), JobError>`"
)]
pub trait Contextualizer: Send + Sync + 'static {
    /// Reads the job and sets parameters.
    ///
    /// # Errors
    ///
    /// An error refuses the enqueue, with its message as the reason.
    fn enrich(&self, context: &mut EnqueueContext<'_>) -> impl Future<Output = Result<(), JobError>> + Send;
}

impl<F, E> Contextualizer for F
where
    F: Fn(&mut EnqueueContext<'_>) -> Result<(), E> + Send + Sync + 'static,
    E: Into<JobError>,
{
    async fn enrich(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
        self(context).map_err(Into::into)
    }
}

/// A contextualizer without its type.
pub(crate) trait AnyContextualizer: Send + Sync {
    fn enrich_boxed<'a>(
        &'a self,
        context: &'a mut EnqueueContext<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<(), JobError>> + Send + 'a>>;
}

impl<C: Contextualizer> AnyContextualizer for C {
    fn enrich_boxed<'a>(
        &'a self,
        context: &'a mut EnqueueContext<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<(), JobError>> + Send + 'a>> {
        Box::pin(self.enrich(context))
    }
}

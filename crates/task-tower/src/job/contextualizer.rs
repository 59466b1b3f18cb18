//! Contextualizers: the user's own code at an enqueue, which stores parameters with the job.

use std::future::Future;
use std::pin::Pin;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Job;
use super::error::JobError;
use super::payload::fault;
use crate::record::JobId;

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

/// A job that is about to be enqueued, for contextualizers.
#[derive(Debug)]
pub struct EnqueueContext<'a> {
    pub(crate) id: JobId,
    pub(crate) kind: &'a str,
    pub(crate) queue: &'a str,
    pub(crate) tags: &'a [String],
    pub(crate) payload: &'a str,
    pub(crate) parameters: &'a mut Map<String, Value>,
}

impl EnqueueContext<'_> {
    /// The id that it will have.
    #[must_use]
    pub fn job_id(&self) -> JobId {
        self.id
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.kind
    }

    /// The queue that it goes to.
    #[must_use]
    pub fn queue(&self) -> &str {
        self.queue
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        self.tags
    }

    /// Its data, as it will be stored: JSON.
    #[must_use]
    pub fn payload(&self) -> &str {
        self.payload
    }

    /// Its data.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn job<J: Job>(&self) -> Result<J, JobError> {
        if self.kind != J::KIND {
            return Err(JobError::new(format_args!("the job is of kind \"{}\", not \"{}\"", self.kind, J::KIND)));
        }
        serde_json::from_str(self.payload).map_err(|error| JobError::decode(&error))
    }

    /// Stores a parameter with the job, in place of one of the same name.
    ///
    /// # Errors
    ///
    /// When the value cannot be written as JSON, is nested more than 100 deep, or has a NUL character in it.
    /// All parameters together may have [`PARAMETERS_BYTES_MAX`] bytes; more make the enqueue invalid.
    pub fn set_parameter<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), JobError> {
        let shown = name.escape_debug();
        let json = serde_json::to_value(value)
            .map_err(|error| JobError::new(format_args!("context parameter \"{shown}\": {error}")))?;
        // The length counts when all parameters are there.
        let fault = |json: &Value| fault(&json.to_string(), usize::MAX);
        if let Some(fault) = fault(&Value::from(name)).or_else(|| fault(&json)) {
            return Err(JobError::new(format_args!("context parameter \"{shown}\" {fault}")));
        }
        self.parameters.insert(name.to_owned(), json);
        Ok(())
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

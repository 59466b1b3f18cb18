//! A job on its way in, and the user's own code that looks at it there: enqueue interceptors. Contextualizers, which a
//! client has rather than a kind, are in `contextualizer`.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Job;
use super::error::JobError;
use super::payload::{encode, fault};
use crate::record::JobId;
use crate::store::{Due, NewJob};

/// A job that is about to be enqueued, for contextualizers and enqueue interceptors.
#[derive(Debug)]
pub struct EnqueueContext<'a> {
    job: &'a mut NewJob,
    parameters: &'a mut Map<String, Value>,
    payload_bytes_max: usize,
}

impl<'a> EnqueueContext<'a> {
    pub(crate) fn new(
        job: &'a mut NewJob,
        parameters: &'a mut Map<String, Value>,
        payload_bytes_max: usize,
    ) -> EnqueueContext<'a> {
        Self { job, parameters, payload_bytes_max }
    }

    /// The id that it will have.
    #[must_use]
    pub fn job_id(&self) -> JobId {
        self.job.id
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.job.kind
    }

    /// The queue that it goes to.
    #[must_use]
    pub fn queue(&self) -> &str {
        &self.job.queue
    }

    /// Its priority within the queue.
    #[must_use]
    pub fn priority(&self) -> i16 {
        self.job.priority
    }

    /// How often it is run again after failures before it is dead.
    #[must_use]
    pub fn max_retries(&self) -> u32 {
        self.job.max_retries.unsigned_abs()
    }

    /// The longest that one run may take, as the call says; `None` for the kind's own limit.
    #[must_use]
    pub fn timeout(&self) -> Option<Duration> {
        self.job.timeout_ms.map(|milliseconds| Duration::from_millis(milliseconds.unsigned_abs()))
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.job.tags
    }

    /// Its data, as it will be stored: JSON.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.job.payload
    }

    /// Its data.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn job<J: Job>(&self) -> Result<J, JobError> {
        self.expect_kind(J::KIND)?;
        serde_json::from_str(&self.job.payload).map_err(|error| JobError::decode(&error))
    }

    /// A parameter that was set before, if there is one of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.get(name)
    }

    /// Stores a parameter with the job, in place of one of the same name.
    ///
    /// # Errors
    ///
    /// When the value cannot be written as JSON, is nested more than 100 deep, or has a NUL character in it.
    /// All parameters together may have [`PARAMETERS_BYTES_MAX`](crate::PARAMETERS_BYTES_MAX) bytes; more make the
    /// enqueue invalid.
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

    /// Gives it other data of the same kind. A unique key that is made of the payload is made of this one.
    ///
    /// # Errors
    ///
    /// When it is of another kind, or cannot be stored: see [`Client::enqueue`](crate::Client::enqueue).
    pub fn set_job<J: Job>(&mut self, job: &J) -> Result<(), JobError> {
        self.expect_kind(J::KIND)?;
        self.job.payload = encode(job, self.payload_bytes_max).map_err(JobError::new)?;
        Ok(())
    }

    /// Sends it to another queue. What is not allowed makes the enqueue invalid, here and below.
    pub fn set_queue(&mut self, queue: impl Into<String>) {
        self.job.queue = queue.into();
    }

    /// Gives it another priority.
    pub fn set_priority(&mut self, priority: i16) {
        self.job.priority = priority;
    }

    /// Gives it another number of retries.
    pub fn set_max_retries(&mut self, retries: u32) {
        self.job.max_retries = i32::try_from(retries).unwrap_or(i32::MAX);
    }

    /// Gives it another limit for each run; `None` for the kind's own.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.job.timeout_ms = timeout.map(|timeout| i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX));
    }

    /// Gives it these tags in place of those that it has.
    pub fn set_tags<T: Into<String>>(&mut self, tags: impl IntoIterator<Item = T>) {
        self.job.tags.clear();
        for tag in tags {
            let tag = tag.into();
            if !self.job.tags.contains(&tag) {
                self.job.tags.push(tag);
            }
        }
    }

    /// Lets it run at this time, or at once if it has passed, whatever the call says.
    pub fn set_run_at(&mut self, time: DateTime<Utc>) {
        // All that has passed is alike, and PostgreSQL does not know times before 4713 BC.
        self.job.due = Due::At(time.max(DateTime::UNIX_EPOCH));
    }

    /// Lets it run after this long, counted from when the database takes it, whatever the call says.
    pub fn set_delay(&mut self, delay: Duration) {
        self.job.due = match i64::try_from(delay.as_millis()) {
            Ok(0) => Due::Now,
            Ok(milliseconds) => Due::After { months: 0, milliseconds },
            Err(_) => Due::After { months: 0, milliseconds: i64::MAX },
        };
    }

    fn expect_kind(&self, kind: &str) -> Result<(), JobError> {
        match self.job.kind == kind {
            true => Ok(()),
            false => Err(JobError::new(format_args!("the job is of kind \"{}\", not \"{kind}\"", self.job.kind))),
        }
    }
}

/// User code at each enqueue of a kind, or of all kinds: it refuses the job, or changes what it is and how it will
/// run. Registered by [`KindConfig::enqueue_interceptor`](crate::KindConfig::enqueue_interceptor) or
/// [`TowerBuilder::enqueue_interceptor`](crate::TowerBuilder::enqueue_interceptor).
///
/// Implement it for a type, or give a function of `&mut EnqueueContext` that is not async.
///
/// ```
/// use task_tower::{EnqueueContext, EnqueueInterceptor, JobError};
///
/// /// Tenants that do not pay wait behind the others.
/// struct Tariff;
///
/// impl EnqueueInterceptor for Tariff {
///     async fn intercept(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
///         match context.parameter("Tariff").and_then(|tariff| tariff.as_str()) {
///             Some("blocked") => return Err(JobError::new("this tenant is blocked")),
///             Some("free") => context.set_queue("slow"),
///             _ => {}
///         }
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enqueue interceptor",
    label = "not an enqueue interceptor",
    note = "implement `task_tower::EnqueueInterceptor` for it, or give a closure \
            `|context: &mut EnqueueContext<'_>| -> Result<(), JobError>`"
)]
pub trait EnqueueInterceptor: Send + Sync + 'static {
    /// Looks at the job, and changes or refuses it.
    ///
    /// # Errors
    ///
    /// An error refuses the enqueue, with its message as the reason.
    fn intercept(&self, context: &mut EnqueueContext<'_>) -> impl Future<Output = Result<(), JobError>> + Send;
}

impl<F, E> EnqueueInterceptor for F
where
    F: Fn(&mut EnqueueContext<'_>) -> Result<(), E> + Send + Sync + 'static,
    E: Into<JobError>,
{
    async fn intercept(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
        self(context).map_err(Into::into)
    }
}

/// An enqueue interceptor without its type.
pub(crate) trait AnyEnqueueInterceptor: Send + Sync {
    /// The name of its type.
    fn name(&self) -> &'static str;

    fn intercept_boxed<'a>(
        &'a self,
        context: &'a mut EnqueueContext<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<(), JobError>> + Send + 'a>>;
}

impl<I: EnqueueInterceptor> AnyEnqueueInterceptor for I {
    fn name(&self) -> &'static str {
        std::any::type_name::<I>()
    }

    fn intercept_boxed<'a>(
        &'a self,
        context: &'a mut EnqueueContext<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<(), JobError>> + Send + 'a>> {
        Box::pin(self.intercept(context))
    }
}

//! Interceptors: the user's own code at fixed moments of a run, several of them in the order in which
//! they were registered.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::context::JobContext;
use super::enqueue::AnyEnqueueInterceptor;
use super::error::JobError;
use super::outcome::Outcome;

/// What an interceptor is given: the run, and how it failed if it did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InterceptorContext {
    run: JobContext,
    error: Option<ErrorDetails>,
    reason: Option<String>,
}

/// How a run failed, for interceptors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorDetails {
    /// The error's own message, at most 16 KiB.
    pub message: String,
    /// The chain of causes, the place of a panic, a backtrace where there is one; at most 16 KiB.
    pub details: Option<String>,
    /// When it happened, by the database's clock.
    pub occurred_at: DateTime<Utc>,
}

impl ErrorDetails {
    pub(crate) fn new(message: String, details: Option<String>, occurred_at: DateTime<Utc>) -> Self {
        Self { message, details, occurred_at }
    }
}

impl InterceptorContext {
    pub(crate) fn new(run: JobContext, error: Option<ErrorDetails>) -> Self {
        Self { run, error, reason: None }
    }

    pub(crate) fn because(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }

    /// The run: the job with its data, parameters, states, and what to hand to the handler.
    #[must_use]
    pub fn run(&self) -> &JobContext {
        &self.run
    }

    /// How the run failed; for failure and death interceptors.
    #[must_use]
    pub fn error(&self) -> Option<&ErrorDetails> {
        self.error.as_ref()
    }

    /// Why the job died or was cancelled, as [`JobRecord::reason`](crate::JobRecord::reason) has it: a word such as
    /// `retries` or `poison`, or the words of whoever cancelled it; for death and cancel interceptors.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// User code at a fixed moment of a job's life: before the handler, after a success, after a failure, after a
/// death, when the job was requeued or cancelled. It is registered for a kind by
/// [`KindConfig::pre_processing_interceptor`](crate::KindConfig::pre_processing_interceptor) and its
/// sisters, which say what an error of it does, and for all kinds by those of
/// [`TowerBuilder`](crate::TowerBuilder::pre_processing_interceptor).
///
/// Implement it for a type, or give an async function or closure of an [`InterceptorContext`]. Code
/// that blocks goes into [`blocking`](crate::blocking).
///
/// ```
/// use task_tower::{Interceptor, InterceptorContext, JobError};
///
/// struct SlackSaysDeath {
///     channel: String,
/// }
///
/// impl Interceptor for SlackSaysDeath {
///     async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
///         let reason = context.error().map_or("no reason", |error| error.message.as_str());
///         println!("#{}: job {} has died: {reason}", self.channel, context.run().job_id());
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an interceptor",
    label = "not an interceptor",
    note = "implement `task_tower::Interceptor` for it, or give an async function \
            `async fn(InterceptorContext) -> Result<(), JobError>`, or `blocking(…)` around one that is not async"
)]
pub trait Interceptor: Send + Sync + 'static {
    /// Does it.
    ///
    /// # Errors
    ///
    /// What follows from one depends on the moment for which the interceptor is registered.
    fn intercept(&self, context: InterceptorContext) -> impl Future<Output = Result<(), JobError>> + Send;
}

impl<F, Fut, E> Interceptor for F
where
    F: Fn(InterceptorContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send,
    E: Into<JobError>,
{
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        self(context).await.map_err(Into::into)
    }
}

/// User code around the handler: it decides whether and when the handler runs, and sees its outcome.
///
/// ```
/// use std::time::Instant;
/// use task_tower::{AroundInterceptor, InterceptorContext, JobError, Next, Outcome};
///
/// struct Stopwatch;
///
/// impl AroundInterceptor for Stopwatch {
///     async fn around(&self, context: InterceptorContext, next: Next) -> Result<Outcome, JobError> {
///         let began = Instant::now();
///         let outcome = next.run().await;
///         println!("{} took {:?}", context.run().kind(), began.elapsed());
///         outcome
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an around interceptor",
    label = "not an around interceptor",
    note = "implement `task_tower::AroundInterceptor` for it, or give an async function \
            `async fn(InterceptorContext, Next) -> Result<Outcome, JobError>`"
)]
pub trait AroundInterceptor: Send + Sync + 'static {
    /// Runs what is inside by [`Next::run`], or does not.
    ///
    /// # Errors
    ///
    /// An error fails the run as one of the handler does.
    fn around(&self, context: InterceptorContext, next: Next)
    -> impl Future<Output = Result<Outcome, JobError>> + Send;
}

impl<F, Fut> AroundInterceptor for F
where
    F: Fn(InterceptorContext, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Outcome, JobError>> + Send,
{
    async fn around(&self, context: InterceptorContext, next: Next) -> Result<Outcome, JobError> {
        self(context, next).await
    }
}

/// What an around interceptor is around: the next one, or the handler.
pub struct Next(pub(super) Running);

impl Next {
    /// Runs it to its end.
    ///
    /// # Errors
    ///
    /// Those of the handler, and of the interceptors inside.
    pub async fn run(self) -> Result<Outcome, JobError> {
        self.0.await
    }
}

impl std::fmt::Debug for Next {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Next")
    }
}

/// A run without its types.
pub(crate) type Running = Pin<Box<dyn Future<Output = Result<Outcome, JobError>> + Send>>;

type Intercepting = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// An interceptor without its type, and its name for the log.
#[derive(Clone)]
pub(crate) struct AnyInterceptor {
    pub(crate) name: &'static str,
    call: Arc<dyn Fn(InterceptorContext) -> Intercepting + Send + Sync>,
}

impl AnyInterceptor {
    pub(super) fn new<I: Interceptor>(interceptor: I) -> Self {
        let interceptor = Arc::new(interceptor);
        let call = move |context| -> Intercepting {
            let interceptor = interceptor.clone();
            Box::pin(async move { interceptor.intercept(context).await })
        };
        Self { name: std::any::type_name::<I>(), call: Arc::new(call) }
    }

    pub(crate) fn intercept(&self, context: InterceptorContext) -> Intercepting {
        (self.call)(context)
    }
}

/// The same for one that is around.
#[derive(Clone)]
pub(super) struct AnyAround {
    name: &'static str,
    call: Arc<dyn Fn(InterceptorContext, Next) -> Running + Send + Sync>,
}

impl AnyAround {
    pub(super) fn new<I: AroundInterceptor>(interceptor: I) -> Self {
        let interceptor = Arc::new(interceptor);
        let call = move |context, next| -> Running {
            let interceptor = interceptor.clone();
            Box::pin(async move { interceptor.around(context, next).await })
        };
        Self { name: std::any::type_name::<I>(), call: Arc::new(call) }
    }
}

/// The interceptors of a kind, by their moment, each in the order of registration.
#[derive(Clone, Default)]
pub(crate) struct Interceptors {
    pub(crate) enqueue: Vec<Arc<dyn AnyEnqueueInterceptor>>,
    pub(super) pre_processing: Vec<AnyInterceptor>,
    pub(super) around: Vec<AnyAround>,
    pub(crate) success: Vec<AnyInterceptor>,
    pub(crate) failure: Vec<AnyInterceptor>,
    pub(crate) death: Vec<AnyInterceptor>,
    pub(crate) requeue: Vec<AnyInterceptor>,
    pub(crate) cancel: Vec<AnyInterceptor>,
}

impl Interceptors {
    /// Puts these in front of what is there.
    pub(super) fn begin_with(&mut self, first: &Self) {
        fn put<T: Clone>(first: &[T], all: &mut Vec<T>) {
            all.splice(..0, first.iter().cloned());
        }
        put(&first.enqueue, &mut self.enqueue);
        put(&first.pre_processing, &mut self.pre_processing);
        put(&first.around, &mut self.around);
        put(&first.success, &mut self.success);
        put(&first.failure, &mut self.failure);
        put(&first.death, &mut self.death);
        put(&first.requeue, &mut self.requeue);
        put(&first.cancel, &mut self.cancel);
    }

    /// The names of the types at each moment at which there are some, in their order.
    pub(super) fn names(&self) -> BTreeMap<String, Vec<String>> {
        let named = |all: &[AnyInterceptor]| all.iter().map(|one| one.name.to_owned()).collect();
        let moments: [(&str, Vec<String>); 8] = [
            ("enqueue", self.enqueue.iter().map(|one| one.name().to_owned()).collect()),
            ("pre_processing", named(&self.pre_processing)),
            ("around", self.around.iter().map(|one| one.name.to_owned()).collect()),
            ("success", named(&self.success)),
            ("failure", named(&self.failure)),
            ("death", named(&self.death)),
            ("requeue", named(&self.requeue)),
            ("cancel", named(&self.cancel)),
        ];
        let some = moments.into_iter().filter(|(_, names)| !names.is_empty());
        some.map(|(moment, names)| (moment.to_owned(), names)).collect()
    }

    /// Puts those that come before and around the handler there.
    pub(super) fn wrap(&self, run: &JobContext, handler: Running) -> Running {
        let context = || InterceptorContext::new(run.clone(), None);
        let around = self.around.iter().rev().fold(handler, |inner, around| (around.call)(context(), Next(inner)));
        if self.pre_processing.is_empty() {
            return around;
        }
        let before: Vec<(&'static str, Intercepting)> =
            self.pre_processing.iter().map(|before| (before.name, before.intercept(context()))).collect();
        Box::pin(async move {
            for (name, interceptor) in before {
                interceptor.await.map_err(|error| error.given_by(format_args!("pre-processing interceptor {name}")))?;
            }
            around.await
        })
    }
}

impl std::fmt::Debug for Interceptors {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count: usize = self.names().values().map(Vec::len).sum();
        write!(out, "Interceptors({count})")
    }
}

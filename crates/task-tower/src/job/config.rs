//! How one kind of job is run, where it differs from the defaults.

use std::time::Duration;

use super::Unique;
use super::interceptor::{AnyAround, AnyInterceptor, AroundInterceptor, Interceptor, Interceptors};
use crate::config::KindOptions;
use crate::retry::RetryPolicy;

/// The configuration of one kind of job, given when its handler is registered.
///
/// What is set on a call, and what [`Options::kinds`](crate::Options::kinds) says, wins over this;
/// this wins over the constants of the [`Job`](crate::Job) trait.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct KindConfig {
    pub(crate) options: KindOptions,
    pub(crate) retry_policy: Option<RetryPolicy>,
    pub(crate) unique: Option<Unique>,
    pub(crate) interceptors: Interceptors,
}

impl KindConfig {
    /// The queue that jobs of this kind go to. Default: the kind's [`QUEUE`](crate::Job::QUEUE).
    pub fn queue(mut self, queue: impl Into<String>) -> Self {
        self.options.queue = Some(queue.into());
        self
    }

    /// What people read on the dashboard in place of the kind. Default: the kind itself.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.options.display_name = Some(name.into());
        self
    }

    /// How often a failed job is run again before it is dead: 0 to 1,000. With 2, a job that
    /// always fails runs three times. Default: the kind's [`MAX_RETRIES`](crate::Job::MAX_RETRIES).
    pub fn max_retry_count(mut self, retries: u32) -> Self {
        self.options.max_retry_count = Some(retries);
        self
    }

    /// Which jobs of a queue run first: higher before lower, -100 to 100. Default: the kind's
    /// [`PRIORITY`](crate::Job::PRIORITY).
    pub fn priority(mut self, priority: i16) -> Self {
        self.options.priority = Some(priority);
        self
    }

    /// The longest that one run may take. When it is over, the handler's future is dropped and the
    /// run counts as failed. Default: the kind's [`TIMEOUT`](crate::Job::TIMEOUT).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// How long a failed job waits for its retry. Default: [`RetryPolicy::standard`].
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = Some(policy);
        self
    }

    /// Which jobs of this kind are the same, so that only one of them lives at a time. Default: the kind's
    /// [`UNIQUE`](crate::Job::UNIQUE). Other processes that enqueue the kind must know it too: it is
    /// checked as a job comes in.
    pub fn unique(mut self, unique: Unique) -> Self {
        self.unique = Some(unique);
        self
    }

    /// Adds an interceptor that runs before the handler, after those added before it. It can hand
    /// values to the handler by [`JobContext::set_extension`](crate::JobContext::set_extension).
    ///
    /// An error of it refuses the run: the handler does not run, and the error counts as one of the
    /// handler's, so the run is retried, or discarded, cancelled or snoozed, as the
    /// [`JobError`](crate::JobError) says. A panic counts as a panic of the handler.
    pub fn pre_processing_interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.pre_processing.push(AnyInterceptor::new(interceptor));
        self
    }

    /// Adds an interceptor around the handler, inside those added before it and after the
    /// pre-processing ones. Its time counts into the run's timeout.
    pub fn around_interceptor(mut self, interceptor: impl AroundInterceptor) -> Self {
        self.interceptors.around.push(AnyAround::new(interceptor));
        self
    }

    /// Adds an interceptor that runs when the handler has succeeded, before the job is recorded as
    /// completed: it may run again when its worker dies in between.
    ///
    /// The job is completed whatever it does. An error, a panic, taking longer than 30 seconds, or
    /// longer than its worker waits for handlers when it stops, shows among the job's
    /// [`events`](crate::JobRecord::events).
    pub fn success_interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.success.push(AnyInterceptor::new(interceptor));
        self
    }

    /// Adds an interceptor that runs after every failed run, the last one included, before the
    /// failure is recorded. [`InterceptorContext::error`](crate::InterceptorContext::error) tells it.
    ///
    /// What becomes of the job does not depend on it. An error, a panic, taking longer than 30 seconds,
    /// or longer than its worker waits for handlers when it stops, shows among the job's
    /// [`events`](crate::JobRecord::events).
    pub fn failure_interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.failure.push(AnyInterceptor::new(interceptor));
        self
    }

    /// Adds an interceptor that runs after a job is dead: no retries left, discarded by its handler,
    /// its payload did not decode, or its workers died too often. Not after a person gave it up.
    ///
    /// It is durable: the death is noted together with itself, and stays noted until every
    /// interceptor has returned `Ok`, whatever dies in between. So it runs at least once for each death.
    /// An error, a panic, or taking longer than 30 seconds shows among the job's
    /// [`events`](crate::JobRecord::events), and is tried again up to 10 times, at growing intervals,
    /// without those that have returned `Ok`. When the job is deleted meanwhile, it does not run.
    ///
    /// A worker that stops waits for it within its grace; after that, or when the worker has died, another
    /// one that knows the kind runs it.
    pub fn death_interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.death.push(AnyInterceptor::new(interceptor));
        self
    }
}

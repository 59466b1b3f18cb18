//! How one kind of job is run, where it differs from the defaults.

use std::sync::Arc;
use std::time::Duration;

use super::Unique;
use super::enqueue::EnqueueInterceptor;
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

    /// How long a run of it takes at the most when all is well, 1 ms to 365 days. A run that takes longer goes on, but is
    /// told as [`RunOverdue`](crate::Trouble::RunOverdue), by [`TaskTower::events`](crate::TaskTower::events) and on the
    /// dashboard; a shorter one is never told. Default: none; then the statistics of the kind decide.
    pub fn expected(mut self, time: Duration) -> Self {
        self.options.expected = Some(time);
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

    /// Adds an interceptor that runs in the process that enqueues a job of this kind, before the job is sent to the
    /// database and after the client's contextualizers. It may change the job, or refuse it: an error or a panic of
    /// it is an [`is_refused`](crate::Error::is_refused) of the enqueue, and nothing is enqueued. What it makes of
    /// the job has to be allowed, as what the call says.
    ///
    /// It runs for every way in by a [`Client`](crate::Client) of this tower: `enqueue`, `schedule`, `enqueue_all`
    /// (for each job), `in_transaction`. Not for jobs that are enqueued by SQL, by people at the dashboard, or by
    /// programs that do not register it. There is no limit to its time: the caller waits for it.
    pub fn enqueue_interceptor(mut self, interceptor: impl EnqueueInterceptor) -> Self {
        self.interceptors.enqueue.push(Arc::new(interceptor));
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

    /// Adds an interceptor that runs after a person has requeued a job: by the console, the dashboard, its API, or
    /// the program `task-tower`, one job or many, finished ones and those that wait. A retry, a rescue and a snooze are
    /// no requeues.
    ///
    /// It is durable, as a [death interceptor](KindConfig::death_interceptor) is, and tried again as that is: at
    /// least once for each requeue, by a worker that knows the kind, some milliseconds after the commit. The job
    /// may run, or have run, by then: it does not wait. What happens to one job soon after each other may be told
    /// in another order.
    ///
    /// The person's process does not know of it. The worker that started last with this kind said whether there
    /// are any; so one that is new in a program is told of what happens from its first start on.
    pub fn requeue_interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.requeue.push(AnyInterceptor::new(interceptor));
        self
    }

    /// Adds an interceptor that runs after a job is cancelled, whether it waited or ran: by a person, or by its own
    /// [`JobError::cancel`](crate::JobError::cancel). [`InterceptorContext::reason`](crate::InterceptorContext::reason)
    /// says why. A running job that was asked to stop and completes, fails for good or is deleted was not cancelled.
    ///
    /// It is durable, as a [requeue interceptor](KindConfig::requeue_interceptor) is, and all that is said there
    /// holds here. A cancellation that a person undoes may have been told already.
    pub fn cancel_interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.cancel.push(AnyInterceptor::new(interceptor));
        self
    }
}

//! What a running job may know of itself.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use super::completion::Completion;
use super::error::JobError;
use super::extensions::Extensions;
use super::progress::{Board, Told, words};
use super::states::States;
use super::{Job, parameters};
use crate::record::{JobId, WorkerId};

tokio::task_local! {
    static CURRENT: JobContext;
}

/// The run that a handler is in: who the job is, which attempt this is, whether it is asked to
/// stop. Cheap to clone.
#[derive(Clone, Debug)]
pub struct JobContext(Arc<Run>);

/// Everything the engine knows of a run, behind the context.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) id: JobId,
    pub(crate) lease: i64,
    pub(crate) kind: String,
    pub(crate) queue: String,
    pub(crate) priority: i16,
    pub(crate) attempt: i32,
    pub(crate) failures: i32,
    pub(crate) max_retries: i32,
    pub(crate) tags: Vec<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) run_at: DateTime<Utc>,
    pub(crate) worker: WorkerId,
    pub(crate) token: CancellationToken,
    pub(crate) states: States,
    /// JSON: the job's data.
    pub(crate) payload: String,
    /// JSON: what contextualizers stored.
    pub(crate) context: Option<String>,
    /// The statement that completes it in somebody's transaction.
    pub(crate) complete_sql: Arc<str>,
    pub(crate) course: Course,
    /// Where it tells how far it is.
    pub(crate) board: Arc<Board>,
}

/// What only comes to be while the job runs.
#[derive(Debug, Default)]
pub(crate) struct Course {
    extensions: Extensions,
    settled: AtomicBool,
}

impl JobContext {
    pub(crate) fn new(run: Run) -> Self {
        Self(Arc::new(run))
    }

    /// The run that the calling code is part of, `None` outside of one: for deep code that has no
    /// context at hand, to log the job's id for instance. A task that the handler spawns is outside;
    /// hand it the context.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Drives the future as part of this run.
    pub(crate) fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.clone(), future)
    }

    /// Calls the function as part of this run, on a thread that may block.
    pub(crate) fn scope_blocking<T>(&self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self.clone(), work)
    }

    /// The job's id. It is the same in every run, so it serves as an idempotency key.
    #[must_use]
    pub fn job_id(&self) -> JobId {
        self.0.id
    }

    /// The job's kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The queue it came from.
    #[must_use]
    pub fn queue(&self) -> &str {
        &self.0.queue
    }

    /// Its priority within the queue.
    #[must_use]
    pub fn priority(&self) -> i16 {
        self.0.priority
    }

    /// Which run of the job this is, from 1. Runs that ended with the death of their worker count;
    /// runs that were given back at a shutdown do not.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.0.attempt.unsigned_abs()
    }

    /// How many earlier runs failed.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.0.failures.unsigned_abs()
    }

    /// How many retries the job may have.
    #[must_use]
    pub fn max_retries(&self) -> u32 {
        self.0.max_retries.unsigned_abs()
    }

    /// Whether the job is dead if this run fails.
    #[must_use]
    pub fn is_last_attempt(&self) -> bool {
        self.0.failures >= self.0.max_retries
    }

    /// The tags that it had when this run began.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// When it was enqueued or scheduled.
    #[must_use]
    pub fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When this run was due.
    #[must_use]
    pub fn run_at(&self) -> DateTime<Utc> {
        self.0.run_at
    }

    /// The worker that runs it.
    #[must_use]
    pub fn worker_id(&self) -> WorkerId {
        self.0.worker
    }

    /// A number that grows whenever the job changes hands. Hand it to systems outside that can
    /// refuse a smaller number than they have seen: then a run that was long thought dead and wakes
    /// up again does no harm there either.
    #[must_use]
    pub fn fencing_token(&self) -> i64 {
        self.0.lease
    }

    /// Whether the run is asked to stop: it was cancelled, it took longer than its timeout, its
    /// worker shuts down and the grace is over, or the job belongs to another worker by now.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.token.is_cancelled()
    }

    /// Waits until the run is asked to stop. For `tokio::select!` in long handlers.
    pub async fn cancelled(&self) {
        self.0.token.cancelled().await;
    }

    /// The job's data, as stored: JSON.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.0.payload
    }

    /// The job's data, for interceptors, who are not given it.
    ///
    /// # Errors
    ///
    /// When the job is of another kind, or its payload does not decode.
    pub fn job<J: Job>(&self) -> Result<J, JobError> {
        if self.kind() != J::KIND {
            return Err(JobError::new(format_args!("the job is of kind \"{}\", not \"{}\"", self.kind(), J::KIND)));
        }
        serde_json::from_str(&self.0.payload).map_err(|error| JobError::decode(&error))
    }

    /// The context parameter of this name, as a contextualizer stored it.
    ///
    /// # Errors
    ///
    /// When it is missing or of another type; the error names it.
    pub fn parameter<T: DeserializeOwned>(&self, name: &str) -> Result<T, JobError> {
        self.find_parameter(name)?.ok_or_else(|| parameters::missing(self.0.context.as_deref(), name))
    }

    /// The same, for one that need not be there.
    ///
    /// # Errors
    ///
    /// When it is of another type; the error names it.
    pub fn find_parameter<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, JobError> {
        parameters::find(self.0.context.as_deref(), name)
    }

    /// The application's value of type `T`, given to the builder by `state`.
    ///
    /// # Errors
    ///
    /// When there is none; the error names the type.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> Result<T, JobError> {
        let name = std::any::type_name::<T>();
        self.0.states.get().ok_or_else(|| {
            JobError::new(format_args!("there is no state of type {name}: add .state(…) with one to the builder"))
        })
    }

    /// The application's states.
    #[must_use]
    pub fn states(&self) -> &States {
        &self.0.states
    }

    /// Puts a value into this run, for its handler to ask for by [`Extension<T>`](crate::Extension),
    /// and for interceptors that come later. One value of each type; a later one replaces it.
    pub fn set_extension<T: Clone + Send + Sync + 'static>(&self, value: T) {
        self.0.course.extensions.insert(value);
    }

    /// The value of this type that was put into this run.
    #[must_use]
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.0.course.extensions.get()
    }

    /// Tells how far the run is, for the dashboard and for [`Console::job`](crate::Console::job): so much of so much,
    /// in whatever unit; a total of 0 stands for one that is not known.
    ///
    /// Only what was told last is kept, about once a second, and with the job for as long as that is kept: tell it as often
    /// as you like, it costs a lock and waits for nothing. A worker that was declared dead tells nothing more.
    ///
    /// ```
    /// # use task_tower::{JobContext, JobError};
    /// async fn resize(pictures: Vec<String>, run: JobContext) -> Result<(), JobError> {
    ///     let total = pictures.len() as u64;
    ///     for (done, picture) in pictures.iter().enumerate() {
    ///         run.progress_with(done as u64, total, format!("resizing {picture}"));
    ///         // …
    ///     }
    ///     run.progress(total, total);
    ///     Ok(())
    /// }
    /// ```
    pub fn progress(&self, done: u64, total: u64) {
        self.tell(done, total, None);
    }

    /// The same with words about it, of which the first 200 bytes are kept.
    pub fn progress_with(&self, done: u64, total: u64, text: impl AsRef<str>) {
        self.tell(done, total, Some(words(text.as_ref())));
    }

    fn tell(&self, done: u64, total: u64, text: Option<String>) {
        let run = &self.0;
        let told = Told { worker: run.worker, attempt: run.attempt, done, total, text };
        run.board.tell((run.id, run.lease), told);
    }

    /// Completes the job as a part of the handler's own transaction: see [`Completion`].
    #[must_use = "it does nothing until it is given a transaction"]
    pub fn complete(&self) -> Completion<'_> {
        Completion::new(self)
    }

    pub(super) fn run(&self) -> &Run {
        &self.0
    }

    /// The handler has completed the job in its own transaction, if that was committed.
    pub(super) fn settle(&self) {
        self.0.course.settled.store(true, Ordering::Release);
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.0.course.settled.load(Ordering::Acquire)
    }
}

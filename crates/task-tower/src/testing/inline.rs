//! Runs one job here and now, without any database.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::config::Options;
use crate::error::Result;
use crate::job::{
    Crash, Handler, Job, JobContext, JobError, Kind, KindConfig, Outcome, Registry, Run, States, catch, encode,
};
use crate::record::{JobId, WorkerId};

/// Runs a job by its handler, here and now and without a database: await what this returns.
///
/// It goes the way of a real run: the payload is encoded and decoded, so that a mistake in its serde
/// attributes shows; the handler, async or [`blocking`](crate::blocking), has a real
/// [`JobContext`], which [`JobContext::current`] finds, too; the kind's timeout counts, and so do
/// pre-processing and around interceptors given by [`config`](InlineRun::config). The answer is the
/// handler's own, and nothing follows from it: no retry, no success, failure or death interceptor.
///
/// To complete the job in a transaction of the handler's, it must be in a database: see
/// [`TestBed`](super::TestBed).
///
/// # Panics
///
/// With the handler, if it panics. And where the job could never have come to run: the handler asks
/// for a [`State`](crate::State) that was not given, the payload cannot be stored, the configuration
/// is refused. The message is that of `build` or of `enqueue`.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use task_tower::{Job, JobContext, JobError, Outcome, State, testing};
///
/// #[derive(Serialize, Deserialize)]
/// struct SendWelcome {
///     user_id: i64,
/// }
///
/// impl Job for SendWelcome {
///     const KIND: &'static str = "send_welcome";
/// }
///
/// async fn send_welcome(job: SendWelcome, State(greeting): State<String>, run: JobContext) -> Result<(), JobError> {
///     match job.user_id {
///         0 => Err(JobError::discard("nobody has the id 0")),
///         user_id => Ok(println!("{greeting}, {user_id}! (attempt {})", run.attempt())),
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let outcome = testing::run(send_welcome, SendWelcome { user_id: 1 }).state("hello".to_owned()).attempt(3).await;
/// assert_eq!(outcome.unwrap(), Outcome::Done);
///
/// let error = testing::run(send_welcome, SendWelcome { user_id: 0 }).state("hello".to_owned()).await.unwrap_err();
/// assert!(error.is_discard());
/// assert_eq!(error.message(), "nobody has the id 0");
/// # }
/// ```
#[must_use = "the job does not run before this is awaited"]
#[expect(clippy::needless_pass_by_value, reason = "as an enqueue takes it")]
pub fn run<J: Job, P: 'static, H: Handler<J, P>>(handler: H, job: J) -> InlineRun {
    InlineRun {
        payload: encode(&job, Options::default().payload_bytes_max),
        register: Box::new(|registry, config| registry.add::<J, P, H>(handler, config)),
        config: KindConfig::default(),
        states: States::default(),
        parameters: Map::new(),
        extensions: Vec::new(),
        attempt: 1,
        cancelled: false,
        run: Run {
            id: JobId::new(),
            lease: 1,
            kind: J::KIND.to_owned(),
            queue: J::QUEUE.to_owned(),
            priority: J::PRIORITY,
            max_retries: J::MAX_RETRIES.cast_signed(),
            worker: WorkerId(1),
            ..Run::default()
        },
    }
}

type Register = Box<dyn FnOnce(&mut Registry, KindConfig) -> Result<()> + Send>;
type SetExtension = Box<dyn FnOnce(&JobContext) + Send>;

/// A job that runs when this is awaited. Made by [`run`].
///
/// Unless said otherwise, it is the job's first attempt, without states, tags and parameters.
#[must_use = "the job does not run before this is awaited"]
pub struct InlineRun {
    payload: Result<String>,
    register: Register,
    config: KindConfig,
    states: States,
    parameters: Map<String, Value>,
    extensions: Vec<SetExtension>,
    attempt: u32,
    cancelled: bool,
    run: Run,
}

impl InlineRun {
    /// Gives the handler a value that it asks for by `State<T>`. A second value of the same type
    /// replaces the first.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.insert(value);
        self
    }

    /// Gives the handler a value that it asks for by `Extension<T>`, as an interceptor would.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.extensions.push(Box::new(|context| context.set_extension(value)));
        self
    }

    /// Stores a context parameter with the job, as a contextualizer would.
    ///
    /// # Panics
    ///
    /// When the value cannot be written as JSON.
    #[track_caller]
    pub fn parameter<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.parameters.insert(name.to_owned(), value),
            Err(error) => panic!("context parameter \"{name}\": {error}"),
        };
        self
    }

    /// Which run of the job this is, from 1; those before it have failed. Default: 1.
    pub fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt.max(1);
        self
    }

    /// Adds tags.
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.run.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// The run is asked to stop from its beginning on. A handler that does not listen runs to its end.
    pub fn cancelled(mut self) -> Self {
        self.cancelled = true;
        self
    }

    /// Configures the kind as [`job_with`](crate::TowerBuilder::job_with) does.
    pub fn config(mut self, configure: impl FnOnce(KindConfig) -> KindConfig) -> Self {
        self.config = configure(self.config);
        self
    }

    /// The kind with its handler, and the context of the run.
    fn prepare(mut self) -> Result<(Arc<Kind>, JobContext)> {
        self.apply_config();
        self.run.payload = self.payload?;
        self.run.context = (!self.parameters.is_empty()).then(|| Value::Object(self.parameters).to_string());
        self.run.states = self.states.clone();
        let mut registry = Registry::default();
        (self.register)(&mut registry, self.config)?;
        registry.check(&self.states)?;
        let kind = registry.get(&self.run.kind).expect("it has just been registered");
        let context = JobContext::new(self.run);
        self.extensions.into_iter().for_each(|set| set(&context));
        Ok((kind, context))
    }

    fn apply_config(&mut self) {
        let (run, config) = (&mut self.run, &self.config);
        run.queue = config.options.queue.clone().unwrap_or_else(|| run.queue.clone());
        run.priority = config.options.priority.unwrap_or(run.priority);
        run.max_retries = config.options.max_retry_count.map_or(run.max_retries, u32::cast_signed);
        run.attempt = i32::try_from(self.attempt).unwrap_or(i32::MAX);
        run.failures = run.attempt - 1;
        run.created_at = Utc::now();
        run.run_at = run.created_at;
        if self.cancelled {
            run.token.cancel();
        }
    }
}

impl IntoFuture for InlineRun {
    type Output = Result<Outcome, JobError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    #[track_caller]
    fn into_future(self) -> Self::IntoFuture {
        let token = self.run.token.clone();
        match self.prepare() {
            Ok((kind, context)) => Box::pin(async move { execute(&kind, &context, &token).await }),
            // Here, and not in the future, so that the panic is at the caller's place.
            Err(error) => panic!("{error}"),
        }
    }
}

async fn execute(kind: &Kind, context: &JobContext, token: &CancellationToken) -> Result<Outcome, JobError> {
    let running = context.scope(catch(kind.run(context)));
    let ended = match kind.timeout() {
        Some(limit) => within(limit, running).await,
        None => running.await,
    };
    match ended {
        Ok(answer) => answer,
        Err(Crash::Timeout(limit)) => {
            // What goes on without being asked, a thread or a task of its own, learns of it.
            token.cancel();
            Err(JobError::new(format_args!("took longer than its limit of {limit:?}")))
        }
        // The panic has been reported already, where it happened.
        Err(Crash::Panic { message, .. }) => std::panic::resume_unwind(Box::new(message)),
        Err(Crash::Stopped) => Err(JobError::cancel("stopped")),
    }
}

async fn within<T>(limit: Duration, running: impl Future<Output = Result<T, Crash>>) -> Result<T, Crash> {
    tokio::time::timeout(limit, running).await.unwrap_or(Err(Crash::Timeout(limit)))
}

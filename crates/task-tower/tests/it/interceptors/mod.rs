//! Interceptors: user code at fixed moments of a run. Here is what the topics share: a kind whose jobs
//! end as they are told, and a log of who was there.

mod afterwards;
mod around;
mod before;
mod broken;
mod context;
mod deaths;
mod deeds;
mod durable;
mod enqueue;
mod everywhere;
mod handover;
mod poison;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    Client, Console, Event, EventKind, Interceptor, InterceptorContext, Job, JobError, JobRecord, JobState, KindConfig,
    RetryPolicy, RunningTower, State, TaskTower, TowerBuilder,
};

use crate::support::{TestBed, until};

/// A job that ends as it is told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Act {
    Succeed,
    Fail,
    Panic,
    Hang,
    Discard,
    Cancel,
    Snooze,
}

impl Job for Act {
    const KIND: &'static str = "act";
}

async fn act(job: Act, State(log): State<Log>) -> Result<(), JobError> {
    log.note("handler");
    match job {
        Act::Succeed => Ok(()),
        Act::Fail => Err(JobError::new("no luck")),
        Act::Panic => panic!("no nerves"),
        Act::Hang => std::future::pending().await,
        Act::Discard => Err(JobError::discard("no use")),
        Act::Cancel => Err(JobError::cancel("no need")),
        Act::Snooze => Err(JobError::snooze(Duration::from_secs(60))),
    }
}

/// A kind that the worker does not know.
#[derive(Debug, Serialize, Deserialize)]
struct Other;

impl Job for Other {
    const KIND: &'static str = "other";
}

/// Who was there, in order.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, name: impl Into<String>) {
        self.0.lock().unwrap().push(name.into());
    }

    fn notes(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// An interceptor that notes that it was there.
    fn notes_that(&self, name: &'static str) -> impl Interceptor + use<> {
        self.then(name, || Ok(()))
    }

    /// One that then ends like this.
    fn then<F>(&self, name: &'static str, end: F) -> impl Interceptor + use<F>
    where
        F: Fn() -> Result<(), JobError> + Send + Sync + 'static,
    {
        let log = self.clone();
        self.tells(move |_| {
            log.note(name);
            end()
        })
    }

    /// One that calls this function with what it is given.
    fn tells<F>(&self, tell: F) -> impl Interceptor + use<F>
    where
        F: Fn(InterceptorContext) -> Result<(), JobError> + Send + Sync + 'static,
    {
        let tell = Arc::new(tell);
        move |context| {
            let tell = tell.clone();
            async move {
                tokio::task::yield_now().await;
                tell(context)
            }
        }
    }
}

/// A worker that knows the kind, and what it needs.
struct House {
    bed: TestBed,
    log: Log,
    tower: TaskTower,
    client: Client,
    console: Console,
    running: Option<RunningTower>,
}

impl House {
    /// At work. Failed jobs run again at once, and once.
    async fn new(configure: impl FnOnce(KindConfig, &Log) -> KindConfig) -> Self {
        Self::with(configure, |builder| builder).await
    }

    async fn with(
        configure: impl FnOnce(KindConfig, &Log) -> KindConfig,
        options: impl FnOnce(TowerBuilder) -> TowerBuilder,
    ) -> Self {
        Self::build(TestBed::new().await, configure, options).await.start()
    }

    /// Not yet at work.
    async fn idle(configure: impl FnOnce(KindConfig, &Log) -> KindConfig) -> Self {
        Self::build(TestBed::new().await, configure, |builder| builder).await
    }

    /// Another one at work on the same schema, with a log of its own.
    async fn beside(&self, configure: impl FnOnce(KindConfig, &Log) -> KindConfig) -> Self {
        let bed = TestBed::at(&self.bed.url, &self.bed.schema);
        Self::build(bed, configure, |builder| builder).await.start()
    }

    async fn build(
        bed: TestBed,
        configure: impl FnOnce(KindConfig, &Log) -> KindConfig,
        options: impl FnOnce(TowerBuilder) -> TowerBuilder,
    ) -> Self {
        let log = Log::default();
        let soon = |config: KindConfig| config.retry_policy(RetryPolicy::custom(|_| Duration::ZERO));
        let configure = |config| configure(soon(config).max_retry_count(1), &log);
        let builder = options(bed.builder()).state(log.clone()).job_with(act, configure);
        let tower = builder.build().await.unwrap();
        Self { client: tower.client(), console: tower.console(), running: None, tower, log, bed }
    }

    fn start(mut self) -> Self {
        self.running = Some(self.tower.start().unwrap());
        self
    }

    /// Runs a job until it waits for nothing but a person, or for long.
    async fn run(&self, act: Act) -> JobRecord {
        let id = self.client.enqueue(act).await.unwrap();
        let rests = |state: JobState| state.is_final() || state == JobState::Scheduled;
        until("the job rests", async || rests(self.console.job(id).await.unwrap().state)).await;
        self.console.job(id).await.unwrap()
    }

    fn worker(&mut self) -> RunningTower {
        self.running.take().unwrap()
    }

    async fn stop(mut self) -> Vec<String> {
        self.worker().stop().await;
        self.log.notes()
    }

    /// How much has still to be told.
    async fn untold(&self) -> i64 {
        self.bed.number("SELECT count(*) FROM tower.untold").await
    }

    async fn until_all_are_told(&self) {
        until("all is told", async || self.untold().await == 0).await;
    }

    /// The deaths of which the interceptor of [`mourned`] was told.
    fn told(&self) -> Vec<String> {
        self.log.notes().iter().filter_map(|note| note.strip_prefix("told of ").map(str::to_owned)).collect()
    }
}

/// With a death interceptor that notes of what it is told.
fn mourned(config: KindConfig, log: &Log) -> KindConfig {
    let notes = log.clone();
    config.death_interceptor(log.tells(move |context| {
        notes.note(format!("told of {}", context.error().unwrap().message));
        Ok(())
    }))
}

/// The job's events about interceptors: what they say, and how they failed.
fn complaints(job: &JobRecord) -> Vec<(String, String, String)> {
    let complaints = job.events.iter().filter(|event| event.event == EventKind::InterceptorFailed);
    let tell = |event: &Event| {
        let error = event.error.clone().unwrap();
        (event.note.clone().unwrap(), error.kind, error.message)
    };
    complaints.map(tell).collect()
}

/// The states of the job's life, in order.
fn life(job: &JobRecord) -> Vec<JobState> {
    job.history().iter().map(|step| step.state).collect()
}

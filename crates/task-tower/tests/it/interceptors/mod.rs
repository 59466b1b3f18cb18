//! Interceptors: user code at fixed moments of a run. Here is what the topics share: a kind whose jobs
//! end as they are told, and a log of who was there.

mod afterwards;
mod around;
mod before;
mod broken;
mod context;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    Client, Console, Event, EventKind, Interceptor, InterceptorContext, Job, JobError, JobRecord, JobState, KindConfig,
    RetryPolicy, RunningTower, State, TowerBuilder,
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

/// A worker at work that knows the kind.
struct House {
    bed: TestBed,
    log: Log,
    client: Client,
    console: Console,
    running: RunningTower,
}

impl House {
    /// Runs failed at once again, once.
    async fn new(configure: impl FnOnce(KindConfig, &Log) -> KindConfig) -> Self {
        Self::with(configure, |builder| builder).await
    }

    async fn with(
        configure: impl FnOnce(KindConfig, &Log) -> KindConfig,
        options: impl FnOnce(TowerBuilder) -> TowerBuilder,
    ) -> Self {
        let bed = TestBed::new().await;
        let log = Log::default();
        let soon = |config: KindConfig| config.retry_policy(RetryPolicy::custom(|_| Duration::ZERO));
        let configure = |config| configure(soon(config).max_retry_count(1), &log);
        let builder = options(bed.builder()).state(log.clone()).job_with(act, configure);
        let tower = builder.build().await.unwrap();
        let running = tower.start().unwrap();
        Self { client: tower.client(), console: tower.console(), running, log, bed }
    }

    /// Runs a job until it waits for nothing but a person, or for long.
    async fn run(&self, act: Act) -> JobRecord {
        let id = self.client.enqueue(act).await.unwrap();
        let rests = |state: JobState| state.is_final() || state == JobState::Scheduled;
        until("the job rests", async || rests(self.console.job(id).await.unwrap().state)).await;
        self.console.job(id).await.unwrap()
    }

    async fn stop(self) -> Vec<String> {
        self.running.stop().await;
        self.log.notes()
    }
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

//! The program that the faults hit: a worker whose handler writes what happens to it into the
//! outside record.
//!
//! It is this same test binary, started again with only `worker_process` to run: so it is always
//! there, and never older than the tests.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, RetryPolicy, State};

use crate::record::{Blow, Event, How, Record, Run, Start};
use crate::support::TestBed;

/// With this, a heartbeat can come too late.
const STALL: Duration = Duration::from_millis(600);
const SETTINGS: &str = "TASK_TOWER_CHAOS_WORKER";

/// What a worker process is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    pub url: String,
    pub schema: String,
    /// Where the record and the gates are.
    pub directory: PathBuf,
    pub slots: usize,
    pub shutdown_grace_ms: u64,
    pub poison_after: u32,
}

/// A job whose payload says what its handler does.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Task {
    /// Given by the producer, so that a job is known before the database knows it.
    pub number: u64,
    pub work_ms: u64,
    /// Runs until the gate of its number and attempt is opened.
    pub gated: bool,
    /// Does not listen when it is asked to stop.
    pub stubborn: bool,
    /// What the first runs do; every later one succeeds.
    pub acts: Vec<Act>,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    Succeed,
    Fail,
    Panic,
    Snooze,
    Discard,
    Cancel,
    /// Takes the whole process down.
    Abort,
}

impl Job for Task {
    const KIND: &'static str = "task";
}

/// The gate of a run: a file that is not there yet.
pub fn gate(directory: &Path, number: u64, attempt: u32) -> PathBuf {
    directory.join(format!("gate_{number}_{attempt}"))
}

impl Settings {
    /// Starts a process; what it says goes to the log.
    pub fn spawn(&self, log: &Path) -> Child {
        let log = File::create(log).unwrap();
        Command::new(std::env::current_exe().unwrap())
            .args(["worker::worker_process", "--exact", "--ignored", "--nocapture"])
            .env(SETTINGS, serde_json::to_string(self).unwrap())
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap()
    }
}

#[test]
#[ignore = "the child process of the other tests"]
fn worker_process() {
    let Ok(settings) = std::env::var(SETTINGS) else { return };
    let settings: Settings = serde_json::from_str(&settings).unwrap();
    let record = Record::new(&settings.directory);

    std::thread::spawn(end_with_parent);
    std::thread::spawn(move || watch_for_stalls(&record));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work(settings));
}

/// The parent holds the other end; however it ends, this process does not stay behind.
fn end_with_parent() {
    let mut nothing = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut nothing);
    std::process::exit(3);
}

/// A loaded machine may not let this process run for so long that it counts as dead: that is a
/// fault like any other, and nobody else could tell.
fn watch_for_stalls(record: &Record) {
    loop {
        let began = Instant::now();
        std::thread::sleep(Duration::from_millis(20));
        let gap = began.elapsed();
        if gap > STALL {
            record.write(Event::Stalled(std::process::id(), gap.as_millis() as u64));
        }
    }
}

async fn work(settings: Settings) {
    tracing_subscriber::fmt().with_env_filter("info,task_tower=debug").with_ansi(false).init();
    let bed = TestBed::at(&settings.url, &settings.schema);
    let builder = bed.builder();
    #[cfg(feature = "tokio-postgres-0_7")]
    let builder = builder.job(crate::settling::pay);
    let tower = builder
        .migrate(false)
        .backend_concurrency(settings.slots)
        .shutdown_grace(Duration::from_millis(settings.shutdown_grace_ms))
        .poison_after(settings.poison_after)
        .state(settings)
        .job(crate::batches::work)
        .job(crate::batches::follow)
        .job(crate::batches::tell)
        .job_with(handle, |kind| kind.retry_policy(RetryPolicy::custom(|_| Duration::from_millis(100))))
        .build()
        .await
        .unwrap();
    tower.run().await.unwrap();
}

async fn handle(task: Task, State(settings): State<Settings>, context: JobContext) -> Result<(), JobError> {
    let mut run = Recorded::start(&settings, &task, &context);
    tokio::select! {
        () = work_on(&task, &settings, context.attempt()) => {}
        () = context.cancelled(), if !task.stubborn => {
            run.end(How::Stopped);
            return Err(JobError::new("asked to stop"));
        }
    }
    run.effect();
    let act = task.acts.get(context.attempt() as usize - 1).copied().unwrap_or(Act::Succeed);
    run.leave(act)
}

async fn work_on(task: &Task, settings: &Settings, attempt: u32) {
    tokio::time::sleep(Duration::from_millis(task.work_ms)).await;
    let gate = gate(&settings.directory, task.number, attempt);
    while task.gated && !gate.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A run that is on record from its start to its end, also when its future is only dropped.
struct Recorded {
    record: Record,
    run: Run,
    ended: bool,
}

impl Recorded {
    fn start(settings: &Settings, task: &Task, context: &JobContext) -> Self {
        let record = Record::new(&settings.directory);
        let run = Run { job: context.job_id(), lease: context.fencing_token() };
        record.write(Event::Started(Start {
            run,
            number: task.number,
            attempt: i64::from(context.attempt()),
            worker: context.worker_id().as_i64(),
            process: std::process::id(),
        }));
        Self { record, run, ended: false }
    }

    fn effect(&self) {
        self.record.write(Event::Effect(self.run));
    }

    fn end(&mut self, how: How) {
        self.ended = true;
        self.record.write(Event::Ended(self.run, how));
    }

    fn leave(&mut self, act: Act) -> Result<(), JobError> {
        match act {
            Act::Succeed => self.end(How::Done),
            Act::Fail => self.end(How::Failed),
            Act::Panic => self.end(How::Panicked),
            Act::Snooze => self.end(How::Snoozed),
            Act::Discard => self.end(How::Discarded),
            Act::Cancel => self.end(How::Cancelled),
            Act::Abort => self.record.write(Event::Struck(Blow::Abort, std::process::id())),
        }
        perform(act)
    }
}

fn perform(act: Act) -> Result<(), JobError> {
    match act {
        Act::Succeed => Ok(()),
        Act::Fail => Err(JobError::new("told to fail")),
        Act::Panic => panic!("told to panic"),
        Act::Snooze => Err(JobError::snooze(Duration::from_millis(100))),
        Act::Discard => Err(JobError::discard("told to be discarded")),
        Act::Cancel => Err(JobError::cancel("told to be cancelled")),
        Act::Abort => std::process::abort(),
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        if !self.ended {
            self.end(How::Dropped);
        }
    }
}

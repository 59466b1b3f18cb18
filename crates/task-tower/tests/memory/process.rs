//! A worker as a process of its own, which may enqueue, too: this same binary, started again with only `worker_process` to
//! run. How much memory it has is asked of the kernel.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Client, Job, JobError, State};

use crate::support::TestBed;

const SETTINGS: &str = "TASK_TOWER_MEMORY_WORKER";

/// What the process is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub slots: usize,
    /// How long a job runs.
    pub work_ms: u64,
    /// How many enqueue, one job after the other.
    pub callers: usize,
    /// How long each of them rests after a job.
    pub pause_ms: u64,
}

impl Default for Task {
    fn default() -> Self {
        Self { slots: 20, work_ms: 0, callers: 0, pause_ms: 0 }
    }
}

#[derive(Serialize, Deserialize)]
struct Parcel {
    label: String,
}

impl Job for Parcel {
    const KIND: &'static str = "task";
}

pub struct Process {
    child: Child,
}

impl Process {
    pub fn start(bed: &TestBed, task: Task) -> Self {
        let settings = serde_json::to_string(&(&bed.url, &bed.schema, task)).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["process::worker_process", "--exact", "--ignored", "--nocapture"])
            .env(SETTINGS, settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child }
    }

    /// Bytes that it has in memory.
    pub fn now(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most that it ever had.
    pub fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("the process lives");
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "the child process of the other tests"]
fn worker_process() {
    let Ok(settings) = std::env::var(SETTINGS) else { return };
    let (url, schema, task): (String, String, Task) = serde_json::from_str(&settings).unwrap();
    std::thread::spawn(end_with_parent);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work(TestBed::at(&url, &schema), task));
}

/// The parent holds the other end; however it ends, this process does not stay behind.
fn end_with_parent() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(3);
}

async fn work(bed: TestBed, task: Task) {
    let builder = bed.builder().heartbeat_interval(Duration::from_secs(5)).dead_after(Duration::from_secs(60));
    let builder = builder.migrate(false).backend_concurrency(task.slots).state(task.clone()).job(handle);
    let tower = builder.build().await.unwrap();
    for _ in 0..task.callers {
        tokio::spawn(enqueue(tower.client(), task.pause_ms));
    }
    tower.run().await.unwrap();
}

async fn handle(_: Parcel, State(task): State<Task>) -> Result<(), JobError> {
    if task.work_ms > 0 {
        tokio::time::sleep(Duration::from_millis(task.work_ms)).await;
    }
    Ok(())
}

async fn enqueue(client: Client, pause_ms: u64) {
    loop {
        client.enqueue(Parcel { label: "x".repeat(200) }).await.unwrap();
        if pause_ms > 0 {
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
    }
}

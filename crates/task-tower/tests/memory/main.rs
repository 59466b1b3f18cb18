//! What a worker process takes: little, bounded, and the same whatever waits for it. Each is a process of its own, whose memory
//! the kernel tells.
//!
//! `SOAK=3600` lets it work for an hour instead of half a minute, `SOAK_PAUSE_MS=10` with a rest after each enqueue.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking, and print what they measured")]
#![allow(unreachable_pub, reason = "support is shared with the other tests")]

mod process;
#[path = "../it/support/mod.rs"]
mod support;
mod trend;

use std::time::{Duration, Instant};

use process::{Process, Task};
use support::{TestBed, until};
use tokio::sync::{Mutex, MutexGuard};
use trend::growth;

const MIB: u64 = 1024 * 1024;
const KIB: u64 = 1024;

/// An idle worker takes no more than this, in a build without optimizations.
const IDLE_MAX: u64 = 40 * MIB;
/// A slot that is in use takes no more than this, with a job of a few hundred bytes.
const SLOT_MAX: u64 = 12 * KIB;
/// How much a larger backlog may add: what the allocator happens to keep.
const BACKLOG_MAX: u64 = 4 * MIB;
/// How much a soak may add, however long it is: the same.
const SOAK_MAX: u64 = 4 * MIB;

/// One after the other: they are measured.
async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

/// A schema with so many jobs that wait.
async fn bed(jobs: i32) -> TestBed {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let schema = bed.quoted();
    // Nobody has to be told of them.
    let sql = format!(
        "SET session_replication_role = replica;
         INSERT INTO {schema}.lane (queue, priority) VALUES ('default', 0);
         INSERT INTO {schema}.job (id, kind, payload)
         SELECT (lpad(to_hex(number), 12, '0') || '70008000000000000000')::uuid, 'task', '{{\"label\": \"a payload as most are\"}}'
         FROM generate_series(1, {jobs}) AS number"
    );
    bed.execute(&sql).await;
    bed
}

async fn completed(bed: &TestBed, jobs: i64) {
    let count =
        async || bed.number("SELECT sum(completed)::bigint FROM tower.tally WHERE axis = 'all' AND step = 1").await;
    let enough = async || bed.query("SELECT FROM tower.tally LIMIT 1", &[]).await.len() == 1 && count().await >= jobs;
    until("so many jobs are completed", enough).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_of_a_million_does_not_grow_the_process() {
    let _turn = turn().await;
    let (few, many) = (bed(1_000).await, bed(1_000_000).await);

    let with_few = Process::start(&few, Task::default());
    completed(&few, 1_000).await;
    let with_many = Process::start(&many, Task::default());
    completed(&many, 20_000).await;

    let (small, large) = (with_few.peak(), with_many.peak());
    println!("peak with 1,000 jobs {} KiB, with a million {} KiB", small / KIB, large / KIB);
    assert!(large < small + BACKLOG_MAX, "{large} bytes with a million jobs, {small} with a thousand");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_and_a_busy_slot_take_what_is_stated() {
    let _turn = turn().await;
    const SLOTS: u64 = 2_000;
    let (idle, busy) = (bed(0).await, bed(SLOTS as i32).await);

    let resting = Process::start(&idle, Task { slots: SLOTS as usize, ..Task::default() });
    registered(&idle).await;
    let working = Process::start(&busy, Task { slots: SLOTS as usize, work_ms: 60_000, ..Task::default() });
    until("all slots are in use", async || {
        busy.number("SELECT count(*) FROM tower.job WHERE state = 1").await == SLOTS as i64
    })
    .await;

    let (without, with) = (resting.now(), working.now());
    let slot = with.saturating_sub(without) / SLOTS;
    println!("idle {} KiB, a busy slot {slot} bytes", without / KIB);
    assert!(without < IDLE_MAX, "{without} bytes while idle");
    assert!(slot < SLOT_MAX, "{slot} bytes for a slot in use");
}

/// Waits until the worker is known and has looked around.
async fn registered(bed: &TestBed) {
    until("the worker sleeps", async || bed.number("SELECT count(*) FROM tower.armed").await > 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enqueueing_and_working_for_long_does_not_grow_the_process() {
    let _turn = turn().await;
    let length = Duration::from_secs(number_of("SOAK").unwrap_or(25));
    let bed = bed(0).await;
    let process =
        Process::start(&bed, Task { callers: 4, pause_ms: number_of("SOAK_PAUSE_MS").unwrap_or(0), ..Task::default() });
    // Until then buffers and plans find their size.
    completed(&bed, 5_000).await;
    tokio::time::sleep(Duration::from_secs(5)).await;

    let (began, every) = (Instant::now(), (length / 100).max(Duration::from_millis(200)));
    let mut samples = Vec::new();
    while began.elapsed() < length {
        samples.push(process.now());
        tokio::time::sleep(every).await;
    }

    let jobs = bed.number("SELECT sum(completed)::bigint FROM tower.tally WHERE axis = 'all' AND step = 1").await;
    let grown = growth(&samples);
    println!("{} KiB, {} KiB more after {length:?} and {jobs} jobs", samples[0] / KIB, grown / KIB as i64);
    assert!(grown < SOAK_MAX as i64, "{grown} bytes more after {length:?} and {jobs} jobs: {samples:?}");
}

fn number_of(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

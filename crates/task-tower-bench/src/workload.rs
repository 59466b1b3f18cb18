//! The workloads, each run against any contender. What differs between contenders is not here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::contender::{Bed, Caller, Contender};
use crate::floor::connect;
use crate::idle::{self, Usage};
use crate::ledger::Ledger;
use crate::measure::percentile;
use crate::size::Size;

/// A drain is measured with this many slots.
const DRAIN_SLOTS: usize = 64;
/// Enqueued before the clock starts, so that connecting and planning are not measured.
const WARM_UP: u64 = 100;
/// A worker that found nothing for this long has gone to sleep.
const QUIET: Duration = Duration::from_millis(500);
/// No contender enqueues more than this in a second.
const ENQUEUED_PER_S_MAX: u64 = 60_000;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Workload {
    /// Enqueue, one caller, one at a time, each awaited.
    W1,
    /// The same, 16 callers at once.
    W1c,
    /// Bulk enqueue.
    W2,
    /// Drain a backlog, until every completion is recorded.
    W3,
    /// One job every 20 ms into an idle system, until the handler's first line.
    W4,
    /// Four callers enqueue as fast as they can while a worker runs.
    W5,
    /// The first jobs out of a large backlog.
    W6,
    /// A worker that has nothing to do.
    W7,
}

/// What one run gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// One for each of [`Workload::unit`].
    pub figures: Vec<f64>,
    /// The worker had not done all when the patience ended. Rates count what it did, delays of what did not run are too
    /// short.
    pub cut: bool,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 8] = [Self::W1, Self::W1c, Self::W2, Self::W3, Self::W4, Self::W5, Self::W6, Self::W7];

    /// What is done, in some words.
    pub fn title(self) -> &'static str {
        match self {
            Workload::W1 => "enqueue, 1 caller",
            Workload::W1c => "enqueue, 16 callers",
            Workload::W2 => "bulk enqueue",
            Workload::W3 => "drain a backlog",
            Workload::W4 => "enqueue to first line",
            Workload::W5 => "4 callers and a worker",
            Workload::W6 => "head of a large backlog",
            Workload::W7 => "idle worker",
        }
    }

    /// What its figures are.
    pub fn unit(self) -> &'static str {
        match self {
            Workload::W4 => "p50 / p95 / p99 ms",
            Workload::W5 => "jobs/s / p95 ms",
            Workload::W7 => "tx/s / % CPU",
            _ => "jobs/s",
        }
    }

    /// The number of jobs, where it is known beforehand, or the most that there can be.
    pub fn jobs(self, size: &Size) -> u64 {
        match self {
            Workload::W1 => size.enqueued,
            Workload::W1c => size.enqueued_by_many,
            Workload::W2 => size.bulk,
            Workload::W3 => size.drained,
            Workload::W4 => size.trickled,
            Workload::W5 => size.load_s * ENQUEUED_PER_S_MAX,
            Workload::W6 => size.backlog,
            Workload::W7 => 1,
        }
    }

    /// Slots of the worker; `None` for the default.
    pub fn slots(self) -> Option<usize> {
        matches!(self, Workload::W3 | Workload::W6).then_some(DRAIN_SLOTS)
    }

    /// A ledger that is large enough.
    pub fn ledger(self, size: &Size) -> Ledger {
        Ledger::new((self.jobs(size) + WARM_UP) as usize)
    }

    /// Runs it once.
    ///
    /// # Errors
    ///
    /// When a job was lost or ran twice, and when the contender failed.
    pub async fn run<C: Contender>(self, contender: &C, bed: &Bed, size: &Size) -> Result<Sample> {
        let jobs = self.jobs(size);
        match self {
            Workload::W1 => enqueue(contender, size, jobs, 1).await,
            Workload::W1c => enqueue(contender, size, jobs, 16).await,
            Workload::W2 => enqueue_all(contender, jobs).await,
            Workload::W3 => drain(contender, bed, size).await,
            Workload::W4 => trickle(contender, bed, size).await,
            Workload::W5 => load(contender, bed, size).await,
            Workload::W6 => head(contender, bed, size).await,
            Workload::W7 => rest(contender, bed, size).await,
        }
    }
}

impl Sample {
    fn whole(figures: impl Into<Vec<f64>>) -> Self {
        Self { figures: figures.into(), cut: false }
    }
}

impl Size {
    fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_s)
    }
}

async fn enqueue<C: Contender>(contender: &C, size: &Size, jobs: u64, callers: u64) -> Result<Sample> {
    let mut ready = Vec::new();
    for _ in 0..callers {
        let caller = contender.caller().await?;
        for number in 0..WARM_UP / callers {
            caller.enqueue(number).await?;
        }
        ready.push(caller);
    }
    let began = Instant::now();
    let task = Arc::new(Task { next: AtomicU64::new(0), jobs, end: began + Duration::from_secs(size.enqueue_s) });
    let mut calls = JoinSet::new();
    for caller in ready {
        calls.spawn(enqueue_until_done(caller, task.clone()));
    }
    let mut count = 0;
    while let Some(ended) = calls.join_next().await {
        count += ended??;
    }
    Ok(Sample::whole([rate(count, began)]))
}

/// What callers have before them: so many jobs, or as many as they manage until the end.
struct Task {
    next: AtomicU64,
    jobs: u64,
    end: Instant,
}

/// Returns how many jobs it enqueued.
async fn enqueue_until_done(caller: impl Caller, task: Arc<Task>) -> Result<u64> {
    let mut count = 0;
    while Instant::now() < task.end {
        let number = task.next.fetch_add(1, Ordering::Relaxed);
        if number >= task.jobs {
            break;
        }
        caller.enqueue(number).await?;
        count += 1;
    }
    Ok(count)
}

async fn enqueue_all<C: Contender>(contender: &C, jobs: u64) -> Result<Sample> {
    let began = Instant::now();
    contender.enqueue_all(0..jobs).await?;
    Ok(Sample::whole([rate(jobs, began)]))
}

async fn drain<C: Contender>(contender: &C, bed: &Bed, size: &Size) -> Result<Sample> {
    contender.fill(0..size.drained).await?;
    (bed.clock_starts)();
    let began = Instant::now();
    let worker = contender.start().await?;
    if !bed.ledger.reaches(size.drained as usize, size.patience()).await {
        return cut_off(bed, began);
    }
    contender.stop(worker).await?;
    let rate = rate(size.drained, began);
    bed.ledger.each_ran_once(size.drained as usize)?;
    all_are_recorded(contender).await?;
    Ok(Sample::whole([rate]))
}

/// The jobs that the worker takes beyond the first ones are not measured; none runs twice.
async fn head<C: Contender>(contender: &C, bed: &Bed, size: &Size) -> Result<Sample> {
    contender.fill(0..size.backlog).await?;
    (bed.clock_starts)();
    let began = Instant::now();
    let worker = contender.start().await?;
    if !bed.ledger.reaches(size.head as usize, size.patience()).await {
        return cut_off(bed, began);
    }
    let rate = rate(size.head, began);
    contender.stop(worker).await?;
    bed.ledger.none_ran_twice()?;
    Ok(Sample::whole([rate]))
}

/// A worker that is too slow for its jobs is left behind as it is.
fn cut_off(bed: &Bed, began: Instant) -> Result<Sample> {
    let rate = rate(bed.ledger.runs() as u64, began);
    bed.ledger.none_ran_twice()?;
    Ok(Sample { figures: vec![rate], cut: true })
}

async fn trickle<C: Contender>(contender: &C, bed: &Bed, size: &Size) -> Result<Sample> {
    let ledger = &bed.ledger;
    let worker = contender.start().await?;
    let caller = contender.caller().await?;
    // The first one opens connections and makes plans; it is not measured.
    ledger.asked(0)?;
    caller.enqueue(0).await?;
    if !ledger.reaches(1, size.patience()).await {
        bail!("the first job did not run within {:?}", size.patience());
    }
    tokio::time::sleep(QUIET).await;
    (bed.clock_starts)();
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 1..=size.trickled {
        beat.tick().await;
        ledger.asked(number)?;
        caller.enqueue(number).await?;
    }
    let asked = size.trickled as usize + 1;
    let cut = !finish(contender, bed, size, worker, asked).await?;
    let mut delays = ledger.delays_ms(1..asked);
    Ok(Sample { figures: [50, 95, 99].map(|percent| percentile(&mut delays, percent)).to_vec(), cut })
}

async fn load<C: Contender>(contender: &C, bed: &Bed, size: &Size) -> Result<Sample> {
    let worker = contender.start().await?;
    let next = Arc::new(AtomicU64::new(0));
    let mut callers = Vec::new();
    for _ in 0..4 {
        callers.push(contender.caller().await?);
    }
    (bed.clock_starts)();
    let began = Instant::now();
    let end = began + Duration::from_secs(size.load_s);
    let mut calls = JoinSet::new();
    for caller in callers {
        calls.spawn(enqueue_until(caller, bed.ledger.clone(), next.clone(), end));
    }
    tokio::time::sleep_until(end.into()).await;
    let rate = rate(bed.ledger.runs() as u64, began);
    let mut asked = 0;
    while let Some(ended) = calls.join_next().await {
        asked += ended??;
    }
    let cut = !finish(contender, bed, size, worker, asked).await?;
    Ok(Sample { figures: vec![rate, percentile(&mut bed.ledger.delays_ms(0..asked), 95)], cut })
}

/// Returns how many jobs it enqueued.
async fn enqueue_until(caller: impl Caller, ledger: Arc<Ledger>, next: Arc<AtomicU64>, end: Instant) -> Result<usize> {
    let mut count = 0;
    while Instant::now() < end {
        let number = next.fetch_add(1, Ordering::Relaxed);
        ledger.asked(number)?;
        caller.enqueue(number).await?;
        count += 1;
    }
    Ok(count)
}

/// Waits for all that was asked, and checks it; returns false when the patience ended before.
async fn finish<C: Contender>(contender: &C, bed: &Bed, size: &Size, worker: C::Worker, asked: usize) -> Result<bool> {
    if !bed.ledger.reaches(asked, size.patience()).await {
        bed.ledger.none_ran_twice()?;
        return Ok(false);
    }
    contender.stop(worker).await?;
    bed.ledger.each_ran_once(asked)?;
    all_are_recorded(contender).await?;
    Ok(true)
}

async fn rest<C: Contender>(contender: &C, bed: &Bed, size: &Size) -> Result<Sample> {
    let worker = contender.start().await?;
    contender.caller().await?.enqueue(0).await?;
    if !bed.ledger.reaches(1, size.patience()).await {
        bail!("the first job did not run within {:?}", size.patience());
    }
    let probe = connect(&bed.url).await?;
    idle::settle().await;
    (bed.clock_starts)();
    let before = Usage::now(&probe).await?;
    tokio::time::sleep(Duration::from_secs(size.rest_s)).await;
    let after = Usage::now(&probe).await?;
    contender.stop(worker).await?;
    bed.ledger.each_ran_once(1)?;
    Ok(Sample::whole(after.since(&before)))
}

async fn all_are_recorded<C: Contender>(contender: &C) -> Result<()> {
    match contender.unfinished().await? {
        0 => Ok(()),
        count => bail!("{count} jobs ran, but their completion is not recorded"),
    }
}

fn rate(jobs: u64, since: Instant) -> f64 {
    jobs as f64 / since.elapsed().as_secs_f64()
}

//! The workloads, each run against any contender. What differs between contenders is not here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::contender::{Bed, Caller, Contender};
use super::floor::connect;
use super::idle::{self, Usage};
use super::ledger::Ledger;
use super::measure::percentile;

/// A drain is measured with this many slots.
const DRAIN_SLOTS: usize = 64;
/// Enqueued before the clock starts, so that connecting and planning are not measured.
const WARM_UP: u64 = 100;
/// A worker that found nothing for this long has gone to sleep.
const QUIET: Duration = Duration::from_millis(500);
/// No contender enqueues more than this in a second.
const ENQUEUED_PER_S_MAX: u64 = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub(super) enum Workload {
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

/// How much of it: the full sizes are for figures that are published, the quick ones for a look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    quick: bool,
}

/// What one run gave, one figure for each of [`Workload::unit`].
pub(super) type Sample = Vec<f64>;

impl Workload {
    pub(super) fn title(self) -> &'static str {
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

    pub(super) fn unit(self) -> &'static str {
        match self {
            Workload::W4 => "p50 / p95 / p99 ms",
            Workload::W5 => "jobs/s / p95 ms",
            Workload::W7 => "tx/s / % CPU",
            _ => "jobs/s",
        }
    }

    /// The number of jobs, where it is known beforehand.
    fn jobs(self, size: Size) -> u64 {
        match self {
            Workload::W1 => size.choose(10_000, 2_000),
            Workload::W1c => size.choose(80_000, 16_000),
            Workload::W2 => size.choose(100_000, 20_000),
            Workload::W3 => size.choose(50_000, 10_000),
            Workload::W4 => size.choose(500, 150),
            Workload::W5 => size.load().as_secs() * ENQUEUED_PER_S_MAX,
            Workload::W6 => size.choose(1_000_000, 200_000),
            Workload::W7 => 1,
        }
    }

    /// Slots of the worker; `None` for the default.
    pub(super) fn slots(self) -> Option<usize> {
        matches!(self, Workload::W3 | Workload::W6).then_some(DRAIN_SLOTS)
    }

    /// A ledger that is large enough.
    pub(super) fn ledger(self, size: Size) -> Ledger {
        Ledger::new((self.jobs(size) + WARM_UP) as usize)
    }

    pub(super) async fn run<C: Contender>(self, contender: &C, bed: &Bed, size: Size) -> Result<Sample> {
        let (ledger, jobs) = (&bed.ledger, self.jobs(size));
        match self {
            Workload::W1 => enqueue(contender, jobs, 1).await,
            Workload::W1c => enqueue(contender, jobs, 16).await,
            Workload::W2 => enqueue_all(contender, jobs).await,
            Workload::W3 => drain(contender, ledger, jobs).await,
            Workload::W4 => trickle(contender, ledger, jobs).await,
            Workload::W5 => load(contender, ledger, size.load()).await,
            Workload::W6 => head(contender, ledger, jobs, size.choose(20_000, 5_000)).await,
            Workload::W7 => rest(contender, bed).await,
        }
    }
}

impl Size {
    pub(super) fn new(quick: bool) -> Self {
        Self { quick }
    }

    fn choose(self, full: u64, quick: u64) -> u64 {
        if self.quick { quick } else { full }
    }

    fn load(self) -> Duration {
        Duration::from_secs(self.choose(15, 5))
    }
}

async fn enqueue<C: Contender>(contender: &C, jobs: u64, callers: u64) -> Result<Sample> {
    let next = Arc::new(AtomicU64::new(0));
    let mut ready = Vec::new();
    for _ in 0..callers {
        let caller = contender.caller().await?;
        for number in 0..WARM_UP / callers {
            caller.enqueue(number).await?;
        }
        ready.push(caller);
    }
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for caller in ready {
        calls.spawn(enqueue_up_to(caller, next.clone(), jobs));
    }
    while let Some(ended) = calls.join_next().await {
        ended??;
    }
    Ok(vec![rate(jobs, began)])
}

async fn enqueue_up_to(caller: impl Caller, next: Arc<AtomicU64>, end: u64) -> Result<()> {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= end {
            return Ok(());
        }
        caller.enqueue(number).await?;
    }
}

async fn enqueue_all<C: Contender>(contender: &C, jobs: u64) -> Result<Sample> {
    let began = Instant::now();
    contender.enqueue_all(0..jobs).await?;
    Ok(vec![rate(jobs, began)])
}

async fn drain<C: Contender>(contender: &C, ledger: &Ledger, jobs: u64) -> Result<Sample> {
    contender.enqueue_all(0..jobs).await?;
    let began = Instant::now();
    let worker = contender.start().await?;
    ledger.reaches(jobs as usize).await?;
    contender.stop(worker).await?;
    let rate = rate(jobs, began);
    ledger.each_ran_once(jobs as usize)?;
    all_are_recorded(contender).await?;
    Ok(vec![rate])
}

/// The jobs that the worker takes beyond the first `jobs` are not measured; none runs twice.
async fn head<C: Contender>(contender: &C, ledger: &Ledger, backlog: u64, jobs: u64) -> Result<Sample> {
    contender.enqueue_all(0..backlog).await?;
    let began = Instant::now();
    let worker = contender.start().await?;
    ledger.reaches(jobs as usize).await?;
    let rate = rate(jobs, began);
    contender.stop(worker).await?;
    ledger.none_ran_twice()?;
    Ok(vec![rate])
}

async fn trickle<C: Contender>(contender: &C, ledger: &Ledger, jobs: u64) -> Result<Sample> {
    let worker = contender.start().await?;
    let caller = contender.caller().await?;
    // The first one opens connections and makes plans; it is not measured.
    caller.enqueue(0).await?;
    ledger.reaches(1).await?;
    tokio::time::sleep(QUIET).await;
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 1..=jobs {
        beat.tick().await;
        ledger.asked(number)?;
        caller.enqueue(number).await?;
    }
    let asked = jobs as usize + 1;
    ledger.reaches(asked).await?;
    contender.stop(worker).await?;
    ledger.each_ran_once(asked)?;
    all_are_recorded(contender).await?;
    let mut delays = ledger.delays_ms(1..asked);
    Ok([50, 95, 99].map(|percent| percentile(&mut delays, percent)).to_vec())
}

async fn load<C: Contender>(contender: &C, ledger: &Arc<Ledger>, length: Duration) -> Result<Sample> {
    let worker = contender.start().await?;
    let next = Arc::new(AtomicU64::new(0));
    let mut callers = Vec::new();
    for _ in 0..4 {
        callers.push(contender.caller().await?);
    }
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for caller in callers {
        calls.spawn(enqueue_until(caller, ledger.clone(), next.clone(), began + length));
    }
    tokio::time::sleep_until((began + length).into()).await;
    let rate = rate(ledger.runs() as u64, began);
    let mut asked = 0;
    while let Some(ended) = calls.join_next().await {
        asked += ended??;
    }
    ledger.reaches(asked).await?;
    contender.stop(worker).await?;
    ledger.each_ran_once(asked)?;
    all_are_recorded(contender).await?;
    Ok(vec![rate, percentile(&mut ledger.delays_ms(0..asked), 95)])
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

async fn rest<C: Contender>(contender: &C, bed: &Bed) -> Result<Sample> {
    let worker = contender.start().await?;
    contender.caller().await?.enqueue(0).await?;
    bed.ledger.reaches(1).await?;
    let probe = connect(&bed.url).await?;
    idle::settle().await;
    let before = Usage::now(&probe).await?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let after = Usage::now(&probe).await?;
    contender.stop(worker).await?;
    bed.ledger.each_ran_once(1)?;
    Ok(after.since(&before).to_vec())
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

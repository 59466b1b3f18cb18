//! Judges a run: compares what the database says of every job with the demo's own book.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use anyhow::{Context, Result};
use task_tower::{Console, JobFilter, JobId, JobRecord, JobState, PAGE_MAX};
use tokio::time::Instant;

use super::ledger::{Entry, Ledger};

/// The longest that jobs may take to end after the last one was enqueued.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What came out of a run.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) enqueued: usize,
    pub(super) kinds: BTreeMap<&'static str, Tally>,
    pub(super) waits: Vec<Duration>,
    /// What is not as it has to be, a sentence each.
    pub(super) faults: Vec<String>,
}

/// How the jobs of a kind ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) jobs: u32,
    pub(super) runs: u32,
    pub(super) completed: u32,
    /// Of those: after a failed run.
    pub(super) retried: u32,
    pub(super) dead: u32,
    pub(super) cancelled: u32,
    pub(super) waiting: u32,
}

impl Verdict {
    pub(super) fn is_good(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Waits until no job of this run is left that could still run. One that does not end in time is a
/// matter of the verdict.
pub(super) async fn wait_until_all_ended(console: &Console, ledger: &Ledger) -> Result<()> {
    let alive = [JobState::Scheduled, JobState::Enqueued, JobState::Processing, JobState::Failed];
    let (filter, ours) = (JobFilter::new().states(alive).limit(PAGE_MAX), ledger.jobs());
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        // Ours are the newest. Below them may be jobs of an earlier demo on the same database.
        let page = console.jobs(&filter).await.context("could not look for jobs that still run")?;
        if !page.jobs.iter().any(|job| ours.contains_key(&job.id)) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
    }
    Ok(())
}

pub(super) async fn judge(console: &Console, ledger: &Ledger) -> Result<Verdict> {
    let (entries, runs) = (ledger.jobs(), ledger.runs());
    let records = records(console).await?;
    let mut verdict = Verdict { enqueued: entries.len(), waits: ledger.waits(), ..Verdict::default() };
    for (id, entry) in &entries {
        verdict.add(*id, *entry, records.get(id), runs.get(id).copied().unwrap_or_default());
    }
    if entries.is_empty() {
        verdict.faults.push("no job was enqueued".to_owned());
    }
    Ok(verdict)
}

/// Every job that the database knows.
async fn records(console: &Console) -> Result<HashMap<JobId, JobRecord>> {
    let mut records = HashMap::new();
    let mut filter = JobFilter::new().limit(PAGE_MAX);
    loop {
        let page = console.jobs(&filter).await.context("could not list the jobs")?;
        records.extend(page.jobs.into_iter().map(|job| (job.id, job)));
        match page.next {
            Some(id) => filter = filter.after(id),
            None => return Ok(records),
        }
    }
}

impl Verdict {
    fn add(&mut self, id: JobId, entry: Entry, record: Option<&JobRecord>, ran: u32) {
        let tally = self.kinds.entry(entry.kind).or_default();
        tally.jobs += 1;
        tally.runs += ran;
        let Some(record) = record else {
            self.faults.push(format!("{} {id} is lost: the database does not know it", entry.kind));
            return;
        };
        tally.count(record);
        self.faults.extend(faults(entry, record, ran));
    }
}

fn faults(entry: Entry, record: &JobRecord, ran: u32) -> Vec<String> {
    let (name, expected) = (format!("{} {}", entry.kind, record.id), entry.expected);
    let mut faults = Vec::new();
    if record.state != expected.state {
        faults.push(format!("{name} is {}, not {}", record.state, expected.state));
    }
    if ran != expected.runs {
        faults.push(format!("{name} ran {ran} times, not {}", expected.runs));
    }
    if i64::from(record.attempt) != i64::from(ran) {
        faults.push(format!("{name} ran {ran} times, but the database counts {}", record.attempt));
    }
    faults
}

impl Tally {
    fn count(&mut self, job: &JobRecord) {
        match job.state {
            JobState::Completed => self.completed += 1,
            JobState::Dead => self.dead += 1,
            JobState::Cancelled => self.cancelled += 1,
            _ => self.waiting += 1,
        }
        if job.state == JobState::Completed && job.failures > 0 {
            self.retried += 1;
        }
    }
}

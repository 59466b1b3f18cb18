//! What workers count, on its way to the database.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::link::{Link, Parameters};
use super::statement;
use crate::error::Result;
use crate::record::{Axis, Histogram, JobId, Likeness, WorkerId};

/// Everything that a worker counted between two flushes.
#[derive(Debug)]
pub(crate) struct TallyBatch {
    /// Counted up by each worker, so that a flush whose answer was lost does not count twice.
    pub(crate) number: i64,
    /// In the order in which rows are locked: that of the words in the database.
    pub(crate) counts: BTreeMap<Axis, RunCounts>,
    pub(crate) occurrences: Vec<Occurrences>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RunCounts {
    pub(crate) completed: i64,
    pub(crate) failed: i64,
    pub(crate) dead: i64,
    pub(crate) cancelled: i64,
    pub(crate) waits: Histogram,
    pub(crate) runs: Histogram,
}

/// Failures of one group.
#[derive(Debug)]
pub(crate) struct Occurrences {
    pub(crate) likeness: Likeness,
    pub(crate) count: i64,
    pub(crate) last: Instant,
    pub(crate) job: JobId,
    pub(crate) queues: Vec<String>,
    pub(crate) program: Program,
}

/// The program that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// The worker that counts it.
    This,
    /// A worker that died, with the version of its program.
    Lost(Option<String>),
}

impl RunCounts {
    pub(crate) fn is_empty(&self) -> bool {
        self.completed == 0 && self.failed == 0 && self.dead == 0 && self.cancelled == 0
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        self.completed += other.completed;
        self.failed += other.failed;
        self.dead += other.dead;
        self.cancelled += other.cancelled;
        self.waits.merge(&other.waits);
        self.runs.merge(&other.runs);
    }
}

pub(crate) async fn flush_tally(
    link: &Link,
    worker: WorkerId,
    app_version: Option<&str>,
    batch: &TallyBatch,
) -> Result<()> {
    flush_counts(link, worker, batch).await?;
    if batch.occurrences.is_empty() {
        return Ok(());
    }
    flush_errors(link, worker, app_version, batch).await
}

async fn flush_counts(link: &Link, worker: WorkerId, batch: &TallyBatch) -> Result<()> {
    let column = |number: fn(&RunCounts) -> i64| batch.counts.values().map(number).collect::<Vec<i64>>();
    let axes: Vec<&str> = batch.counts.keys().map(Axis::word).collect();
    let names: Vec<&str> = batch.counts.keys().map(Axis::name).collect();
    let (completed, failed) = (column(|counts| counts.completed), column(|counts| counts.failed));
    let (dead, cancelled) = (column(|counts| counts.dead), column(|counts| counts.cancelled));
    let waits: Vec<String> = batch.counts.values().map(|counts| list(&counts.waits)).collect();
    let runs: Vec<String> = batch.counts.values().map(|counts| list(&counts.runs)).collect();
    let parameters: Parameters<'_> =
        &[&worker.0, &batch.number, &axes, &names, &completed, &failed, &dead, &cancelled, &waits, &runs];
    link.query(statement::FLUSH_TALLY, parameters).await.map(drop)
}

/// An array may hold only arrays of one length, so these travel as texts.
fn list(histogram: &Histogram) -> String {
    let counts: Vec<String> = histogram.counts().iter().map(u64::to_string).collect();
    format!("{{{}}}", counts.join(","))
}

async fn flush_errors(link: &Link, worker: WorkerId, app_version: Option<&str>, batch: &TallyBatch) -> Result<()> {
    let groups = &batch.occurrences;
    let fingerprints: Vec<&str> = groups.iter().map(|group| group.likeness.fingerprint.as_str()).collect();
    let kinds: Vec<&str> = groups.iter().map(|group| group.likeness.kind.as_str()).collect();
    let classes: Vec<&str> = groups.iter().map(|group| group.likeness.class.as_str()).collect();
    let messages: Vec<&str> = groups.iter().map(|group| group.likeness.message.as_str()).collect();
    let counts: Vec<i64> = groups.iter().map(|group| group.count).collect();
    let ages: Vec<i64> = groups.iter().map(|group| milliseconds(group.last.elapsed())).collect();
    let jobs: Vec<Uuid> = groups.iter().map(|group| group.job.as_uuid()).collect();
    // No name has a line break in it.
    let queues: Vec<String> = groups.iter().map(|group| group.queues.join("\n")).collect();
    let versions: Vec<Option<&str>> = groups.iter().map(|group| group.program.version(app_version)).collect();
    let parameters: Parameters<'_> = &[
        &worker.0,
        &batch.number,
        &fingerprints,
        &kinds,
        &classes,
        &messages,
        &counts,
        &ages,
        &jobs,
        &queues,
        &versions,
    ];
    link.query(statement::FLUSH_ERRORS, parameters).await.map(drop)
}

impl Program {
    fn version<'a>(&'a self, own: Option<&'a str>) -> Option<&'a str> {
        match self {
            Program::This => own,
            Program::Lost(version) => version.as_deref(),
        }
    }
}

fn milliseconds(time: Duration) -> i64 {
    time.as_millis() as i64
}

/// In how long a minute has to be sampled; no time at all when nobody has sampled the last one.
pub(crate) async fn sample_is_due(link: &Link) -> Result<Duration> {
    let rows = link.query(statement::SAMPLE_IS_DUE, &[]).await?;
    let ms = rows.first().map_or(0, |row| row.get::<_, i64>(0));
    Ok(Duration::from_millis(ms.unsigned_abs()))
}

/// Samples what is in the queues, and counts what came in the last minute; nothing when somebody has.
pub(crate) async fn sample(link: &Link) -> Result<()> {
    link.query(statement::SAMPLE, &[]).await.map(drop)
}

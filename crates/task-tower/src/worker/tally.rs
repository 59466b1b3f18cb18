//! Counts in memory how runs ended, how long they waited and took, and which errors there were. What is counted
//! here is in the database already, except for the counts: those are flushed by the `tallier`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use super::mark::Mark;
use crate::record::{Axis, JobId, Likeness};
use crate::store::{Claimed, Occurrences, Program, RunCounts, TallyBatch};
use crate::telemetry::{Counter, Histogram, RunMeters};

/// The most pairs of kind and queue that are counted apart; what is beyond counts only for the whole.
const SERIES_MAX: usize = 10_000;
/// The most error groups between two flushes; what is beyond is not counted, but its jobs carry it.
const GROUPS_MAX: usize = 1_000;
/// The most queues that are noted for a group.
const QUEUES_MAX: usize = 32;
/// The series of what is beyond.
const OTHERS: u32 = 0;

/// How a run ended, for the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Completed,
    Failed,
    Dead,
    Cancelled,
}

pub(super) struct Tally {
    inner: Mutex<Inner>,
}

struct Inner {
    /// Kind, then queue.
    numbers: HashMap<Arc<str>, HashMap<Arc<str>, u32>>,
    series: Vec<Series>,
    groups: HashMap<String, Group>,
    /// What is being flushed, or could not be; the number tells the database whether it has it.
    pending: Option<Arc<TallyBatch>>,
    flushed: i64,
}

struct Series {
    kind: Arc<str>,
    queue: Arc<str>,
    counts: RunCounts,
    meters: RunMeters,
}

struct Group {
    likeness: Likeness,
    count: i64,
    last: Instant,
    job: JobId,
    queues: BTreeSet<Arc<str>>,
    program: Program,
}

impl Default for Tally {
    fn default() -> Self {
        let others = Series::new("".into(), "".into());
        Self {
            inner: Mutex::new(Inner {
                numbers: HashMap::new(),
                series: vec![others],
                groups: HashMap::new(),
                pending: None,
                flushed: 0,
            }),
        }
    }
}

impl Tally {
    /// What to remember of a run that begins, and where to measure how long it takes.
    pub(super) fn begin(&self, job: &Claimed) -> (Mark, Histogram) {
        let wait = (job.attempted_at - job.run_at).to_std().unwrap_or_default();
        let mut inner = self.lock();
        let number = inner.number(&job.kind, &job.queue);
        let meters = &inner.series[number as usize].meters;
        meters.wait.took(wait);
        (Mark::new(number, wait), meters.duration.clone())
    }

    /// The kind of such a run; empty where too many are known.
    pub(super) fn kind(&self, mark: Mark) -> Arc<str> {
        self.lock().series[mark.series as usize].kind.clone()
    }

    /// Counts runs whose outcomes are written down.
    pub(super) fn count(&self, ended: impl IntoIterator<Item = (Mark, Fate)>) {
        let mut inner = self.lock();
        for (mark, fate) in ended {
            inner.series[mark.series as usize].count(mark, fate);
        }
    }

    /// Counts a job that ended with its worker.
    pub(super) fn count_rescued(&self, kind: &str, queue: &str, fate: Fate) {
        let mut inner = self.lock();
        let number = inner.number(kind, queue);
        inner.series[number as usize].add(fate);
    }

    /// Counts a crash that is written down: of a worker with that version of the program.
    pub(super) fn count_crash(&self, likeness: &Likeness, job: JobId, queue: &str, version: Option<&str>) {
        self.lock().count_failure(likeness, job, queue, Program::Lost(version.map(str::to_owned)));
    }

    /// Counts a failure that is written down, of a run of this worker.
    pub(super) fn count_failure_of(&self, likeness: &Likeness, job: JobId, mark: Mark) {
        let mut inner = self.lock();
        let queue = inner.series[mark.series as usize].queue.clone();
        inner.count_failure(likeness, job, &queue, Program::This);
    }

    /// What is to be flushed next: the same again until it is [`flushed`](Tally::flushed).
    pub(super) fn pending(&self) -> Option<Arc<TallyBatch>> {
        let mut inner = self.lock();
        if inner.pending.is_none() {
            inner.pending = inner.take().map(Arc::new);
        }
        inner.pending.clone()
    }

    /// The database has it.
    pub(super) fn flushed(&self, batch: &TallyBatch) {
        let mut inner = self.lock();
        if inner.pending.as_ref().is_some_and(|pending| pending.number == batch.number) {
            inner.pending = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic while held")
    }
}

impl Inner {
    fn number(&mut self, kind: &str, queue: &str) -> u32 {
        if let Some(number) = self.numbers.get(kind).and_then(|queues| queues.get(queue)) {
            return *number;
        }
        if self.series.len() >= SERIES_MAX {
            return OTHERS;
        }
        let (kind, queue): (Arc<str>, Arc<str>) = (kind.into(), queue.into());
        let number = self.series.len() as u32;
        self.series.push(Series::new(kind.clone(), queue.clone()));
        self.numbers.entry(kind).or_default().insert(queue, number);
        number
    }

    fn count_failure(&mut self, likeness: &Likeness, job: JobId, queue: &str, program: Program) {
        if self.groups.len() >= GROUPS_MAX && !self.groups.contains_key(&likeness.fingerprint) {
            return;
        }
        let group = self.groups.entry(likeness.fingerprint.clone()).or_insert_with(|| Group::new(likeness, job));
        group.count += 1;
        group.last = Instant::now();
        group.job = job;
        group.program = program;
        if group.queues.len() < QUEUES_MAX && !queue.is_empty() {
            group.queues.insert(queue.into());
        }
    }

    /// Everything that was counted since the last time, if anything was.
    fn take(&mut self) -> Option<TallyBatch> {
        let mut counts = BTreeMap::new();
        for series in self.series.iter_mut().filter(|series| !series.counts.is_empty()) {
            let taken = std::mem::take(&mut series.counts);
            for axis in series.axes() {
                counts.entry(axis).or_insert_with(RunCounts::default).add_all(&taken);
            }
        }
        let groups = std::mem::take(&mut self.groups).into_values();
        let mut occurrences: Vec<Occurrences> = groups.map(Group::occurrences).collect();
        if counts.is_empty() && occurrences.is_empty() {
            return None;
        }
        // All workers lock rows in one order.
        occurrences.sort_unstable_by(|one, other| one.likeness.fingerprint.cmp(&other.likeness.fingerprint));
        self.flushed += 1;
        Some(TallyBatch { number: self.flushed, counts, occurrences })
    }
}

impl Series {
    fn new(kind: Arc<str>, queue: Arc<str>) -> Self {
        let meters = RunMeters::new(&kind, &queue);
        Self { kind, queue, counts: RunCounts::default(), meters }
    }

    fn count(&mut self, mark: Mark, fate: Fate) {
        self.add(fate);
        if let Some(run) = mark.run {
            self.counts.waits.add(mark.wait.into(), 1);
            self.counts.runs.add(run.into(), 1);
        }
    }

    fn add(&mut self, fate: Fate) {
        self.counts.add(fate);
        self.meters.ended(fate).add(1);
    }

    fn axes(&self) -> Vec<Axis> {
        match self.kind.is_empty() {
            true => vec![Axis::All],
            false => vec![Axis::All, Axis::Kind(self.kind.to_string()), Axis::Queue(self.queue.to_string())],
        }
    }
}

impl RunMeters {
    fn ended(&self, fate: Fate) -> &Counter {
        match fate {
            Fate::Completed => &self.completed,
            Fate::Failed => &self.failed,
            Fate::Dead => &self.dead,
            Fate::Cancelled => &self.cancelled,
        }
    }
}

impl RunCounts {
    fn add(&mut self, fate: Fate) {
        match fate {
            Fate::Completed => self.completed += 1,
            Fate::Failed => self.failed += 1,
            Fate::Dead => self.dead += 1,
            Fate::Cancelled => self.cancelled += 1,
        }
    }
}

impl Group {
    fn new(likeness: &Likeness, job: JobId) -> Self {
        Self {
            likeness: likeness.clone(),
            count: 0,
            last: Instant::now(),
            job,
            queues: BTreeSet::new(),
            program: Program::This,
        }
    }

    fn occurrences(self) -> Occurrences {
        Occurrences {
            likeness: self.likeness,
            count: self.count,
            last: self.last,
            job: self.job,
            queues: self.queues.iter().map(|queue| queue.to_string()).collect(),
            program: self.program,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn mark(tally: &Tally, kind: &str, queue: &str) -> Mark {
        Mark::new(tally.lock().number(kind, queue), Duration::ZERO)
    }

    #[test]
    fn a_run_counts_for_the_whole_for_its_kind_and_for_its_queue() {
        let tally = Tally::default();

        tally.count([(mark(&tally, "a", "mail"), Fate::Completed), (mark(&tally, "b", "mail"), Fate::Dead)]);

        let batch = tally.pending().unwrap();
        let found: Vec<_> =
            batch.counts.iter().map(|(axis, counts)| (axis.clone(), counts.completed, counts.dead)).collect();
        let expected = [
            (Axis::All, 1, 1),
            (Axis::Kind("a".to_owned()), 1, 0),
            (Axis::Kind("b".to_owned()), 0, 1),
            (Axis::Queue("mail".to_owned()), 1, 1),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_not_flushed_comes_again_unchanged_while_more_is_counted() {
        let tally = Tally::default();
        let run = mark(&tally, "a", "mail");

        tally.count([(run, Fate::Completed)]);
        let first = tally.pending().unwrap();
        tally.count([(run, Fate::Completed), (run, Fate::Completed)]);
        let again = tally.pending().unwrap();
        tally.flushed(&again);
        let second = tally.pending().unwrap();
        tally.flushed(&second);

        let completed = |batch: &TallyBatch| batch.counts[&Axis::All].completed;
        assert_eq!((first.number, again.number, second.number), (1, 1, 2));
        assert_eq!((completed(&again), completed(&second)), (1, 2));
        assert!(tally.pending().is_none());
    }

    #[test]
    fn more_kinds_and_queues_than_can_be_counted_apart_count_for_the_whole() {
        let tally = Tally::default();

        for number in 0..SERIES_MAX + 5 {
            tally.count([(mark(&tally, "a", &number.to_string()), Fate::Completed)]);
        }

        let batch = tally.pending().unwrap();
        assert_eq!(batch.counts[&Axis::All].completed, SERIES_MAX as i64 + 5);
        assert_eq!(batch.counts.len(), SERIES_MAX + 1, "the whole, the kind, and the queues but one");
    }
}

//! Says what is wrong with a run of the fleet, from what was written down outside of the database
//! and from the changes that the database accepted. Pure: evidence in, violations out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use task_tower::JobId;

use crate::record::{Blow, Entry, How, Run};
use crate::timeline::{Placed, Timeline};

/// Finished runs whose outcome a killed worker may not have written down yet.
const UNWRITTEN_MAX: usize = 100;

const COMPLETED: i16 = 3;
const DEAD: i16 = 4;
const CANCELLED: i16 = 5;

/// Everything that is known when all is over.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub entries: Vec<Entry>,
    /// What the database accepted, in its order.
    pub changes: Vec<Change>,
    /// What lies in the history.
    pub finished: Vec<Finished>,
    /// Which process each worker was.
    pub processes: HashMap<i64, u32>,
    pub slots: usize,
}

/// A change of hands that the database accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// By the same clock as the entries.
    pub at: u128,
    pub run: Run,
    pub worker: i64,
    pub attempt: i64,
    pub kind: ChangeKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Claimed,
    /// Back to its queue; refunded when the run does not count.
    Returned {
        refunded: bool,
    },
    /// Back to its queue, since its worker was silent.
    Rescued,
    /// To the history, in this state.
    Ended(i16),
}

/// A row of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    pub job: JobId,
    pub number: u64,
    pub lease: i64,
    pub attempt: i64,
    pub state: i16,
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Every acknowledged job is in the history, once.
    NoLoss,
    /// No job ran, or ended, that was not enqueued.
    NoGhost,
    /// Only the holder of a job writes about it; its end is that of its highest lease, and there
    /// is one.
    Fencing,
    /// Two runs of a job overlap only if a fault silenced the first; and only workers that a
    /// fault silenced lose their jobs.
    NoOverlap,
    /// A job runs again only if its run asked for it, or a fault ended it; not more of them than
    /// the fault can have hit.
    NoDuplicate,
    /// Attempts are the runs that were started and not given back, and those that a fault
    /// prevented.
    Attempts,
}

/// Something that must not be.
#[derive(Clone, Debug)]
pub struct Violation {
    pub invariant: Invariant,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}: {}", self.invariant, self.what)
    }
}

/// Checks all of it.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut checker = Checker::new(evidence);
    checker.check_loss();
    checker.check_ghosts();
    checker.check_fencing();
    checker.check_results();
    checker.check_reports();
    checker.check_repetitions();
    checker.check_rescues();
    checker.check_attempts();
    checker.violations
}

struct Checker<'a> {
    evidence: &'a Evidence,
    timeline: Timeline,
    changes: BTreeMap<JobId, Vec<Change>>,
    violations: Vec<Violation>,
}

impl<'a> Checker<'a> {
    fn new(evidence: &'a Evidence) -> Self {
        let mut changes: BTreeMap<JobId, Vec<Change>> = BTreeMap::new();
        for change in &evidence.changes {
            changes.entry(change.run.job).or_default().push(*change);
        }
        Self { evidence, timeline: Timeline::new(&evidence.entries), changes, violations: Vec::new() }
    }

    fn violated(&mut self, invariant: Invariant, what: String) {
        self.violations.push(Violation { invariant, what });
    }

    fn check_loss(&mut self) {
        let mut counts: HashMap<JobId, usize> = HashMap::new();
        self.evidence.finished.iter().for_each(|row| *counts.entry(row.job).or_default() += 1);
        for (number, job) in self.timeline.taken.clone() {
            let count = counts.get(&job).copied().unwrap_or_default();
            if count != 1 {
                self.violated(Invariant::NoLoss, format!("job {job} ({number}) is in the history {count} times"));
            }
        }
    }

    fn check_ghosts(&mut self) {
        let mut known: HashMap<u64, JobId> = self.timeline.taken.iter().copied().collect();
        let mut seen: Vec<_> = self.timeline.runs.values().flatten().copied().collect();
        seen.sort_by_key(|run| run.place);
        for Placed { place, start } in seen {
            if self.timeline.offered.get(&start.number).is_none_or(|offered| *offered > place) {
                self.violated(Invariant::NoGhost, format!("{start:?} began before its job was enqueued"));
            }
            self.check_identity(&mut known, start.number, start.run.job);
        }
        for row in &self.evidence.finished {
            if !self.timeline.offered.contains_key(&row.number) {
                self.violated(Invariant::NoGhost, format!("{row:?} was never enqueued"));
            }
            self.check_identity(&mut known, row.number, row.job);
        }
    }

    /// One enqueue, one job: also when its acknowledgement was lost.
    fn check_identity(&mut self, known: &mut HashMap<u64, JobId>, number: u64, job: JobId) {
        let first = *known.entry(number).or_insert(job);
        if first != job {
            self.violated(Invariant::NoGhost, format!("{number} was enqueued once and is both {first} and {job}"));
        }
    }

    /// The accepted changes of each job, one after the other.
    fn check_fencing(&mut self) {
        for (job, changes) in self.changes.clone() {
            let mut highest = 0;
            let mut holder = None;
            let mut ended = false;
            for change in changes {
                let lease = change.run.lease;
                let is_rightful = match change.kind {
                    ChangeKind::Claimed => holder.is_none() && lease > highest,
                    _ => holder == Some((lease, change.worker)),
                };
                if !is_rightful || ended {
                    self.violated(Invariant::Fencing, format!("{change:?} was accepted while {holder:?} held {job}"));
                }
                holder = (change.kind == ChangeKind::Claimed).then_some((lease, change.worker));
                ended |= matches!(change.kind, ChangeKind::Ended(_));
                highest = highest.max(lease);
            }
        }
    }

    /// The recorded result of each job against what its runs did.
    fn check_results(&mut self) {
        for row in &self.evidence.finished {
            let ends = self.changes_of(row.job, |kind| kind == ChangeKind::Ended(row.state));
            let started = self.runs_of(row.job).last().map(|run| run.start.run.lease);
            if ends.len() != 1 || ends[0].run.lease != row.lease || started > Some(row.lease) {
                let what = format!("{row:?} has the ends {ends:?}, and its highest lease that ran is {started:?}");
                self.violated(Invariant::Fencing, what);
            }
            self.check_outcome(*row);
        }
    }

    fn check_outcome(&mut self, row: Finished) {
        let run = Run { job: row.job, lease: row.lease };
        let how = self.timeline.ends.get(&run).map(|(_, how)| *how);
        let is_what_it_did = match row.state {
            COMPLETED => how == Some(How::Done) && self.timeline.effects.contains_key(&run),
            // Without an end of its own, it took its worker down.
            DEAD => matches!(how, None | Some(How::Failed | How::Panicked | How::Discarded)),
            CANCELLED => how == Some(How::Cancelled),
            _ => false,
        };
        if !is_what_it_did {
            self.violated(Invariant::Fencing, format!("{row:?} is recorded, but that run ended as {how:?}"));
        }
    }

    /// Nobody but the run itself says how it ended, so nothing is accepted before it has.
    fn check_reports(&mut self) {
        for change in self.changes_like(|kind| !matches!(kind, ChangeKind::Claimed | ChangeKind::Rescued)) {
            let end = self.timeline.ends.get(&change.run).map(|(place, _)| self.timeline.time(*place));
            let is_poison = change.kind == ChangeKind::Ended(DEAD) && end.is_none();
            let is_early = end.is_none_or(|end| end > change.at);
            if self.run(change.run).is_some() && is_early && !is_poison {
                self.violated(Invariant::Fencing, format!("{change:?} was accepted before that run had ended"));
            }
        }
    }

    fn check_repetitions(&mut self) {
        let mut unwritten: HashMap<u32, usize> = HashMap::new();
        let jobs: BTreeSet<JobId> = self.timeline.runs.keys().copied().collect();
        for job in jobs {
            let runs = self.runs_of(job).to_vec();
            for pair in runs.windows(2) {
                self.check_pair(pair[0], pair[1]);
                *unwritten.entry(pair[0].start.process).or_default() += usize::from(self.is_cut_short(pair[0]));
            }
        }
        for (process, count) in unwritten {
            if count > self.evidence.slots + UNWRITTEN_MAX {
                let what = format!("{count} jobs of process {process} ran again after it was killed");
                self.violated(Invariant::NoDuplicate, what);
            }
        }
    }

    /// Two runs of a job, the second with the next lease that ran.
    fn check_pair(&mut self, first: Placed, second: Placed) {
        if self.is_explained(first, second) {
            return;
        }
        let is_over = self.timeline.ended_before(first.start.run, second.place).is_some();
        let invariant = if is_over { Invariant::NoDuplicate } else { Invariant::NoOverlap };
        self.violated(invariant, format!("{:?} ran again as {:?} without a reason", first.start, second.start));
    }

    fn is_explained(&self, first: Placed, second: Placed) -> bool {
        let process = first.start.process;
        match self.timeline.ended_before(first.start.run, second.place) {
            Some(How::Failed | How::Panicked | How::Snoozed) => return true,
            Some(How::Stopped | How::Dropped) if self.timeline.was_terminated(process, second.place) => return true,
            _ => {}
        }
        // A frozen worker may start what it had claimed after others ran it.
        self.timeline.was_hit(process, first.place.min(second.place), second.place)
    }

    /// Whether it is one of those that a kill repeats.
    fn is_cut_short(&self, run: Placed) -> bool {
        let how = self.timeline.ends.get(&run.start.run).map(|(_, how)| *how);
        let is_killed = |(_, blow, process): &(usize, Blow, u32)| {
            *process == run.start.process && matches!(blow, Blow::Kill | Blow::Abort)
        };
        matches!(how, None | Some(How::Done)) && self.timeline.blows.iter().any(is_killed)
    }

    /// Only workers that were silent lose their jobs, be it to others or to the history.
    fn check_rescues(&mut self) {
        for change in self.changes_like(|kind| matches!(kind, ChangeKind::Rescued | ChangeKind::Ended(DEAD))) {
            let is_lost = change.kind == ChangeKind::Rescued || !self.timeline.ends.contains_key(&change.run);
            if is_lost && !self.is_hit(change) {
                self.violated(Invariant::NoOverlap, format!("{change:?}, although nothing had hit its worker"));
            }
        }
    }

    /// Whether the worker of this change was hit, since the run began or, if it did not, ever.
    fn is_hit(&self, change: Change) -> bool {
        let began = self.run(change.run).map_or(0, |run| run.place);
        let process = self.evidence.processes.get(&change.worker).copied().unwrap_or_default();
        self.timeline.was_hit(process, began, usize::MAX)
    }

    fn check_attempts(&mut self) {
        for row in &self.evidence.finished {
            let claims = self.changes_of(row.job, |kind| kind == ChangeKind::Claimed).len();
            let refunds = self.changes_of(row.job, is_refund).len();
            if row.attempt != claims as i64 - refunds as i64 {
                self.violated(Invariant::Attempts, format!("{row:?} had {claims} claims and {refunds} refunds"));
            }
        }
        self.check_claims();
        self.check_refunds();
        self.check_starts();
    }

    /// A claim that never began was given back, or a fault prevented it.
    fn check_claims(&mut self) {
        let refunded: HashSet<Run> = self.changes_like(is_refund).iter().map(|change| change.run).collect();
        for claim in self.changes_like(|kind| kind == ChangeKind::Claimed) {
            if self.run(claim.run).is_none() && !refunded.contains(&claim.run) && !self.is_hit(claim) {
                self.violated(Invariant::Attempts, format!("{claim:?} counts and never ran, without a fault"));
            }
        }
    }

    /// A run that ended by itself counts.
    fn check_refunds(&mut self) {
        for change in self.changes_like(is_refund) {
            let how = self.timeline.ends.get(&change.run).map(|(_, how)| *how);
            let is_given_back = self.run(change.run).is_none() || matches!(how, Some(How::Stopped | How::Dropped));
            if !is_given_back {
                self.violated(Invariant::Attempts, format!("{change:?} was not counted, but it ended as {how:?}"));
            }
        }
    }

    /// Every run was claimed, by that worker and as that attempt.
    fn check_starts(&mut self) {
        let claims: HashMap<Run, Change> =
            self.changes_like(|kind| kind == ChangeKind::Claimed).into_iter().map(|claim| (claim.run, claim)).collect();
        let starts: Vec<_> = self.timeline.runs.values().flatten().map(|run| run.start).collect();
        for start in starts {
            let is_claimed = claims.get(&start.run).is_some_and(|claim| {
                claim.attempt == start.attempt && self.evidence.processes.get(&claim.worker) == Some(&start.process)
            });
            if !is_claimed {
                self.violated(Invariant::Attempts, format!("{start:?} is not what {:?} says", claims.get(&start.run)));
            }
        }
    }

    fn runs_of(&self, job: JobId) -> &[Placed] {
        self.timeline.runs.get(&job).map(Vec::as_slice).unwrap_or_default()
    }

    fn run(&self, run: Run) -> Option<Placed> {
        self.runs_of(run.job).iter().find(|placed| placed.start.run == run).copied()
    }

    fn changes_of(&self, job: JobId, wanted: impl Fn(ChangeKind) -> bool) -> Vec<Change> {
        let changes = self.changes.get(&job).map(Vec::as_slice).unwrap_or_default();
        changes.iter().copied().filter(|change| wanted(change.kind)).collect()
    }

    fn changes_like(&self, wanted: impl Fn(ChangeKind) -> bool) -> Vec<Change> {
        self.evidence.changes.iter().copied().filter(|change| wanted(change.kind)).collect()
    }
}

fn is_refund(kind: ChangeKind) -> bool {
    kind == ChangeKind::Returned { refunded: true }
}

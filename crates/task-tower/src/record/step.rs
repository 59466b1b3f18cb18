//! The steps of a batch: what stands together among its members, and what awaits what. Pure: it is put together from rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::batch::{BatchCallback, BatchEvent, BatchRecord};
use super::id::{BatchId, JobId};
use super::job::JobRecord;
use super::state::JobState;

/// The most steps that are told of one batch.
pub const BATCH_STEPS_MAX: usize = 50;

/// The most edges between them.
pub const BATCH_EDGES_MAX: usize = 400;

/// So many of the oldest jobs of a batch are looked at for its steps, and as many of the newest.
pub const BATCH_STEP_JOBS_MAX: usize = 2_500;

/// The steps of a batch, and which of them awaits which.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct BatchSteps {
    /// What stands together, in the order in which the first job of each came: jobs beside the batch that are awaited, then its jobs
    /// by kind, then batches inside of it, then its callbacks.
    pub steps: Vec<BatchStep>,
    /// What awaits what, by places in `steps`.
    pub edges: Vec<BatchEdge>,
    /// How many jobs the numbers are of: all of them, if there are fewer than twice [`BATCH_STEP_JOBS_MAX`]; else the oldest
    /// and the newest.
    pub looked_at: u64,
    /// Whether those are all jobs of the batch.
    pub is_counted_whole: bool,
    /// Whether there are more steps or edges than are told.
    pub are_more: bool,
}

/// What stands together in a batch.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BatchStep {
    /// What it is.
    pub of: StepOf,
    /// How many of its jobs are in which state; states in which none is are not in it. Of a batch inside, those that have not ended count as enqueued
    /// before the first has ended, and as processing after that: more is not known here.
    pub jobs: BTreeMap<JobState, u64>,
    /// When the first of them began to run; for a batch, when it was opened. `None` before that.
    pub began_at: Option<DateTime<Utc>>,
    /// When the last of them ended; `None` while one has not.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What a step is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[non_exhaustive]
pub enum StepOf {
    /// The jobs of the batch of one kind.
    Jobs {
        /// The kind.
        kind: String,
        /// What people call it, if its configuration says so.
        display_name: Option<String>,
    },
    /// Jobs of one kind that are not members, and that members await.
    Outside {
        /// The kind.
        kind: String,
        /// What people call it, if its configuration says so.
        display_name: Option<String>,
    },
    /// A batch inside.
    Batch {
        /// Its id.
        id: BatchId,
        /// What people call it; may be empty.
        name: String,
    },
    /// A job that is enqueued when something happens to the batch. That of a death is a step when one has happened.
    Callback {
        /// When.
        event: BatchEvent,
        /// The kind of the job.
        kind: String,
        /// The job; `None` before it was enqueued.
        job: Option<JobId>,
    },
}

/// One step awaits, or awaited, another one: at least one job of it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct BatchEdge {
    /// The place of the one that is awaited.
    pub from: usize,
    /// The place of the one that awaits it.
    pub to: usize,
}

impl BatchStep {
    /// How many jobs it has, as far as they were looked at.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.jobs.values().sum()
    }

    /// How many of them are in this state.
    #[must_use]
    pub fn count(&self, state: JobState) -> u64 {
        self.jobs.get(&state).copied().unwrap_or(0)
    }

    /// How many of them have ended, in whatever way.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.jobs.iter().filter(|(state, _)| state.is_final()).map(|(_, number)| number).sum()
    }

    /// Whether a job of it runs, has run or has ended.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.ended() + self.count(JobState::Processing) + self.count(JobState::Failed) > 0
    }

    /// Where it is as a whole: `Processing` from the first job that runs or has ended until the last has ended, then dead or
    /// cancelled if one is, or else completed. `Failed` while all that have run wait for a retry.
    #[must_use]
    pub fn state(&self) -> JobState {
        let has = |state: &JobState| self.count(*state) > 0;
        if self.total() > 0 && self.ended() == self.total() {
            return [JobState::Dead, JobState::Cancelled].into_iter().find(has).unwrap_or(JobState::Completed);
        }
        if self.ended() > 0 {
            return JobState::Processing;
        }
        let order = [JobState::Processing, JobState::Failed, JobState::Enqueued, JobState::Scheduled];
        order.into_iter().find(has).unwrap_or(JobState::Awaiting)
    }

    fn is_callback(&self) -> bool {
        matches!(self.of, StepOf::Callback { .. })
    }
}

impl BatchSteps {
    /// Adds the batches inside. They await nothing.
    pub(crate) fn add_batches(&mut self, batches: Vec<BatchRecord>) {
        self.steps.extend(batches.into_iter().map(of_batch));
    }

    /// Adds a callback, with its job, if it was enqueued. One that is called at the end awaits whatever nobody else
    /// awaits; that of a death, the steps that have one.
    pub(crate) fn add_callback(&mut self, callback: BatchCallback, job: Option<&JobRecord>) {
        let place = self.steps.len();
        let is_death = callback.event == BatchEvent::Death;
        let is_awaited = |at: usize, step: &BatchStep| match is_death {
            true => step.count(JobState::Dead) > 0,
            false => !self.edges.iter().any(|edge| edge.from == at && !self.steps[edge.to].is_callback()),
        };
        let awaited = self.steps.iter().enumerate().filter(|(_, step)| !step.is_callback());
        let edges: Vec<BatchEdge> =
            awaited.filter(|(at, step)| is_awaited(*at, step)).map(|(from, _)| BatchEdge { from, to: place }).collect();
        self.edges.extend(edges);
        self.steps.push(of_callback(callback, job));
    }

    /// Keeps to the limits, and leaves room for the callbacks.
    pub(crate) fn cut(&mut self, callbacks: usize) {
        let most = BATCH_STEPS_MAX - callbacks.min(BATCH_STEPS_MAX);
        let (steps, edges) = (self.steps.len(), self.edges.len());
        self.steps.truncate(most);
        self.edges.retain(|edge| edge.from.max(edge.to) < most);
        self.edges.truncate(BATCH_EDGES_MAX);
        self.are_more |= self.steps.len() < steps || self.edges.len() < edges;
    }
}

fn of_batch(batch: BatchRecord) -> BatchStep {
    let pending = if batch.ended() > 0 { JobState::Processing } else { JobState::Enqueued };
    let mut jobs = BTreeMap::from([
        (JobState::Completed, batch.completed),
        (JobState::Dead, batch.dead),
        (JobState::Cancelled, batch.cancelled),
        (pending, batch.pending()),
    ]);
    jobs.retain(|_, number| *number > 0);
    BatchStep {
        began_at: Some(batch.created_at),
        ended_at: batch.ended_at,
        of: StepOf::Batch { id: batch.id, name: batch.name },
        jobs,
    }
}

fn of_callback(callback: BatchCallback, job: Option<&JobRecord>) -> BatchStep {
    let state = job.map_or(JobState::Awaiting, |job| job.state);
    BatchStep {
        of: StepOf::Callback { event: callback.event, kind: callback.kind, job: callback.job },
        jobs: BTreeMap::from([(state, 1)]),
        began_at: job.and_then(|job| job.attempted_at),
        ended_at: job.and_then(|job| job.finished_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(jobs: &[(JobState, u64)]) -> BatchStep {
        let of = StepOf::Jobs { kind: "part".to_owned(), display_name: None };
        BatchStep { of, jobs: jobs.iter().copied().collect(), began_at: None, ended_at: None }
    }

    fn callback(event: BatchEvent) -> BatchCallback {
        BatchCallback { event, kind: "report".to_owned(), job: None, enqueued_at: None }
    }

    #[test]
    fn a_step_is_where_its_jobs_are() {
        use JobState::{Awaiting, Completed, Dead, Enqueued, Failed, Processing, Scheduled};
        let cases = [
            (vec![(Awaiting, 3)], Awaiting, false),
            (vec![(Enqueued, 2), (Scheduled, 1)], Enqueued, false),
            (vec![(Enqueued, 2), (Failed, 1)], Failed, true),
            (vec![(Completed, 1), (Enqueued, 2)], Processing, true),
            (vec![(Completed, 9), (Dead, 1)], Dead, true),
            (vec![(Completed, 9)], Completed, true),
        ];
        for (jobs, state, has_begun) in cases {
            let step = step(&jobs);
            assert_eq!((step.state(), step.has_begun()), (state, has_begun), "{jobs:?}");
        }
    }

    #[test]
    fn what_is_called_at_the_end_awaits_what_nobody_else_awaits() {
        let mut steps = BatchSteps { steps: (0..3).map(|_| step(&[])).collect(), ..BatchSteps::default() };
        steps.edges.push(BatchEdge { from: 0, to: 1 });

        steps.add_callback(callback(BatchEvent::Finished), None);
        steps.add_callback(callback(BatchEvent::Success), None);

        let edges: Vec<_> = steps.edges[1..].iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(edges, [(1, 3), (2, 3), (1, 4), (2, 4)]);
    }

    #[test]
    fn what_is_called_at_a_death_follows_those_that_have_one() {
        let (dead, well) = (step(&[(JobState::Dead, 1)]), step(&[(JobState::Completed, 1)]));
        let mut steps = BatchSteps { steps: vec![dead, well], ..BatchSteps::default() };

        steps.add_callback(callback(BatchEvent::Death), None);

        assert_eq!(steps.edges, [BatchEdge { from: 0, to: 2 }]);
    }

    #[test]
    fn more_steps_than_are_told_leave_no_edge_to_nowhere() {
        let mut steps =
            BatchSteps { steps: (0..=BATCH_STEPS_MAX).map(|_| step(&[])).collect(), ..BatchSteps::default() };
        steps.edges.push(BatchEdge { from: 0, to: BATCH_STEPS_MAX });

        steps.cut(0);

        assert_eq!((steps.steps.len(), steps.edges.len(), steps.are_more), (BATCH_STEPS_MAX, 0, true));
    }
}

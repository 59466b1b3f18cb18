//! The life of a job as stretches of time without a gap, and its runs. Pure: the present time is passed in.

use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{Event, EventKind, Failure, JobRecord, JobState};

/// What a job did for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Its time had not come.
    Scheduled,
    /// It waited, partly for its time and partly for a slot: a retry has overwritten which.
    Waiting,
    /// It was due and waited for a slot.
    Queued,
    Running,
    /// It waited for a retry.
    Retrying,
    /// It had ended, and was requeued later.
    Ended(JobState),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Phase {
    pub(super) doing: Doing,
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
}

/// How a run ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As a state says it.
    State(JobState),
    Rescued,
    Released,
    Snoozed,
}

#[derive(Clone, Debug)]
pub(super) struct Run<'a> {
    pub(super) attempt: i32,
    /// Since when it waited for its slot.
    pub(super) due: DateTime<Utc>,
    pub(super) began: DateTime<Utc>,
    pub(super) ended: Option<DateTime<Utc>>,
    pub(super) outcome: Outcome,
    pub(super) error: Option<&'a Failure>,
    pub(super) worker: Option<i64>,
    /// When the job was to run next.
    pub(super) next: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub(super) struct Life<'a> {
    pub(super) phases: Vec<Phase>,
    /// What has not happened yet.
    pub(super) ahead: Option<Phase>,
    /// Oldest first.
    pub(super) runs: Vec<Run<'a>>,
    since: DateTime<Utc>,
    due: DateTime<Utc>,
    waits: Doing,
    /// The newest run that the events speak of.
    told: i32,
}

impl<'a> Life<'a> {
    pub(super) fn of(job: &'a JobRecord, now: DateTime<Utc>) -> Self {
        let mut life = Self::begun(job);
        job.events.iter().for_each(|event| life.tell(event));
        life.come_to_the_present(job, now);
        life
    }

    fn begun(job: &JobRecord) -> Self {
        let was_moved = job.events.iter().any(moves);
        // Of a job with many events the oldest are gone.
        let first = job.events.first().filter(|event| event.attempt > Some(1));
        let since = first.map_or(job.created_at, |event| event.started_at.unwrap_or(event.at));
        let due = if was_moved { since } else { job.run_at.max(since) };
        let waits = if was_moved { Doing::Waiting } else { Doing::Scheduled };
        Self { phases: Vec::new(), ahead: None, runs: Vec::new(), since, due, waits, told: 0 }
    }

    fn tell(&mut self, event: &'a Event) {
        match event.event {
            EventKind::Failed | EventKind::Rescued | EventKind::Released | EventKind::Snoozed => {
                self.run_of(event, event.at, outcome(event));
                self.wait(event.at, event.run_at, waits_after(event.event));
            }
            EventKind::Requeued => self.requeue(event),
            _ => {}
        }
        let counted = event.attempt.unwrap_or(0) - i32::from(event.event == EventKind::Released);
        self.told = self.told.max(counted);
    }

    fn run_of(&mut self, event: &'a Event, ended: DateTime<Utc>, outcome: Outcome) {
        let attempt = event.attempt.unwrap_or(0);
        let is_new = attempt > self.told || event.event == EventKind::Released;
        let Some(began) = event.started_at.filter(|_| is_new) else { return };
        let (error, worker) = (event.error.as_ref(), event.worker_id);
        self.run(Run { attempt, due: self.due, began, ended: Some(ended), outcome, error, worker, next: event.run_at });
    }

    fn run(&mut self, run: Run<'a>) {
        self.close(run.began);
        self.push(Doing::Running, run.began, run.ended.unwrap_or(run.began));
        self.since = run.ended.unwrap_or(run.began);
        self.due = self.since;
        self.runs.push(run);
    }

    fn requeue(&mut self, event: &'a Event) {
        if let (Some(state), Some(ended)) = (event.ended_as, event.ended_at) {
            self.run_of(event, ended, Outcome::State(state));
            self.close(ended);
            self.push(Doing::Ended(state), ended, event.at);
        } else {
            self.close(event.at);
        }
        self.wait(event.at, None, Doing::Queued);
    }

    fn wait(&mut self, since: DateTime<Utc>, due: Option<DateTime<Utc>>, waits: Doing) {
        self.close(since);
        (self.since, self.due, self.waits) = (since, due.unwrap_or(since), waits);
    }

    /// Ends the waiting.
    fn close(&mut self, at: DateTime<Utc>) {
        let since = self.since;
        let due = if self.waits == Doing::Waiting { at } else { self.due.min(at) };
        self.push(self.waits, since, due);
        self.push(Doing::Queued, due.max(since), at);
        self.since = since.max(at);
    }

    fn push(&mut self, doing: Doing, from: DateTime<Utc>, to: DateTime<Utc>) {
        if to > from {
            self.phases.push(Phase { doing, from, to });
        }
    }

    /// What no event speaks of yet.
    fn come_to_the_present(&mut self, job: &JobRecord, now: DateTime<Utc>) {
        let (state, until) = (job.state, job.finished_at.unwrap_or(now));
        let runs = job.attempt > self.told && (state == JobState::Processing || state.is_final());
        match job.attempted_at.filter(|_| runs) {
            Some(began) => self.present_run(job, began, until),
            None => self.close(until),
        }
        // A failure of a run that was asked to stop looks like the last one.
        if let Some(run) = self.runs.last_mut().filter(|run| run.outcome == Outcome::State(JobState::Dead)) {
            run.outcome = Outcome::State(if state == JobState::Cancelled { state } else { JobState::Dead });
        }
        if matches!(state, JobState::Scheduled | JobState::Failed) && job.run_at > now {
            self.ahead = Some(Phase { doing: self.waits, from: now, to: job.run_at });
        }
    }

    fn present_run(&mut self, job: &JobRecord, began: DateTime<Utc>, until: DateTime<Utc>) {
        self.run(Run {
            attempt: job.attempt,
            due: self.due,
            began,
            ended: Some(until.max(began)),
            outcome: Outcome::State(job.state),
            error: None,
            worker: job.worker_id.map(|worker| worker.as_i64()),
            next: None,
        });
        let run = self.runs.last_mut().filter(|_| job.finished_at.is_none());
        if let Some(run) = run {
            run.ended = None;
        }
    }

    /// How long it did that in all.
    pub(super) fn sum(&self, doing: Doing) -> TimeDelta {
        self.phases.iter().filter(|phase| phase.doing == doing).map(|phase| phase.to - phase.from).sum()
    }
}

impl Run<'_> {
    /// How long it waited for its slot.
    pub(super) fn waited(&self) -> TimeDelta {
        (self.began - self.due).max(TimeDelta::zero())
    }
}

/// Whether the job got another time to run by it.
fn moves(event: &Event) -> bool {
    match event.event {
        // A death has no next run.
        EventKind::Failed => event.run_at.is_some(),
        EventKind::Rescued | EventKind::Released | EventKind::Snoozed | EventKind::Requeued => true,
        _ => false,
    }
}

fn outcome(event: &Event) -> Outcome {
    match event.event {
        EventKind::Rescued => Outcome::Rescued,
        EventKind::Released => Outcome::Released,
        EventKind::Snoozed => Outcome::Snoozed,
        _ if event.run_at.is_none() => Outcome::State(JobState::Dead),
        _ => Outcome::State(JobState::Failed),
    }
}

fn waits_after(event: EventKind) -> Doing {
    match event {
        EventKind::Failed => Doing::Retrying,
        EventKind::Snoozed => Doing::Scheduled,
        _ => Doing::Queued,
    }
}

//! Writes down how runs ended, many at a time. While one statement is under way, the next fills.
//!
//! An outcome is kept in memory until the database has it; each names its lease, so that writing
//! one twice, or too late, does nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::mpsc;

use super::engine::Engine;
use super::tally::Fate;
use super::wake::Calls;
use crate::error::Error;
use crate::job::bounded;
use crate::record::{Failure, JobId, JobState, Likeness};
use crate::store::{self, Backoff, Claimed, Ending, Postponement, Remedy, Written};

/// Outcomes of one statement. A crash of this process repeats at most what was in its slots and
/// twice as many as this.
const BATCH_MAX: usize = 512;
/// How long a stopping worker tries to write down what it knows.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// How a run ended, for the database.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Done(JobId, i64),
    Postponed(Postponement),
    Ended(Ending),
    /// The job is not ours any more: nothing to write.
    Lost(JobId, i64),
    /// The handler has written it down itself, in its own transaction. If that was not committed, this
    /// counts; otherwise it finds nothing to do.
    Settled(Box<Outcome>),
}

/// Where outcomes are sent. When it is full, slots wait: what is not written down must not grow.
#[derive(Clone)]
pub(super) struct Outcomes {
    sender: mpsc::Sender<Outcome>,
    /// For what was never started, which is bounded by what was claimed.
    returns: mpsc::UnboundedSender<Outcome>,
}

impl Outcomes {
    pub(super) async fn send(&self, outcome: Outcome) {
        // The completer outlives the slots.
        let _ = self.sender.send(outcome).await;
    }

    /// Gives jobs back that were not started, without counting the run.
    pub(super) fn release_soon(&self, jobs: Vec<Claimed>, delay_ms: i64) {
        for job in jobs {
            let _ = self.returns.send(Outcome::Postponed(release(job.id, job.lease, delay_ms)));
        }
    }
}

pub(super) fn release(id: JobId, lease: i64, delay_ms: i64) -> Postponement {
    let events = json!([{ "event": "released" }]).to_string();
    Postponement { id, lease, delay_ms, failure: None, refunded: true, events }
}

pub(super) struct Completer {
    engine: Arc<Engine>,
    outcomes: mpsc::Receiver<Outcome>,
    returns: mpsc::UnboundedReceiver<Outcome>,
}

impl Completer {
    pub(super) fn new(engine: Arc<Engine>) -> (Self, Outcomes) {
        let (sender, outcomes) = mpsc::channel(BATCH_MAX);
        let (returns, returned) = mpsc::unbounded_channel();
        (Self { engine, outcomes, returns: returned }, Outcomes { sender, returns })
    }

    /// Runs until every sender is gone and everything is written.
    pub(super) async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let (outcomes, returns) = (&mut self.outcomes, &mut self.returns);
            let count = tokio::select! {
                count = outcomes.recv_many(&mut batch, BATCH_MAX) => count,
                Some(returned) = returns.recv() => {
                    batch.push(returned);
                    1
                }
            };
            if count == 0 {
                returns.close();
                while let Some(returned) = returns.recv().await {
                    batch.push(returned);
                }
                self.write(std::mem::take(&mut batch)).await;
                return;
            }
            while let Ok(returned) = returns.try_recv() {
                batch.push(returned);
            }
            self.write(std::mem::take(&mut batch)).await;
        }
    }

    pub(super) async fn write(&self, batch: Vec<Outcome>) {
        let sorted = Sorted::new(batch);
        let (done, postponed, ended) = tokio::join!(
            self.insist(&sorted.done, |jobs| async move { store::complete(&self.engine.outcomes, &jobs).await }),
            self.insist(&sorted.postponed, |jobs| async move { store::postpone(&self.engine.outcomes, &jobs).await }),
            self.insist(&sorted.ended, |jobs| async move { store::finish(&self.engine.outcomes, &jobs).await }),
        );
        let written = done + postponed + ended + sorted.settled;
        let sent = sorted.done.len() + sorted.postponed.len() + sorted.ended.len();
        self.engine.meters.completion.counted(sent);
        if written < sent {
            self.engine.meters.stale.add((sent - written) as u64);
            tracing::warn!(
                count = sent - written,
                "refused results of runs whose job belongs to another worker by now"
            );
        }
        self.engine.held.remove(sorted.runs());
        if sorted.ended.iter().any(|job| job.state != JobState::Completed) {
            self.engine.news.notify_one();
        }
        if sorted.settled > 0 {
            // Their handlers have written down how they ended; nobody told us who waits for them.
            self.engine.endings.notify_one();
        }
        self.nudge(&sorted.postponed);
    }

    /// A job that is due before the next poll would wait for it otherwise.
    fn nudge(&self, postponed: &[Postponement]) {
        let poll = self.engine.options.poll_interval().as_millis() as i64;
        if postponed.iter().any(|job| job.delay_ms <= poll) {
            self.engine.wake.ring(Calls { jobs: true, ..Calls::default() });
        }
    }

    /// Writes until it is written. Returns how many were still ours.
    async fn insist<T: Writable, F>(&self, jobs: &[T], write: impl Fn(Vec<T>) -> F) -> usize
    where
        F: Future<Output = Result<Vec<Written>, (Error, Remedy)>>,
    {
        if jobs.is_empty() {
            return 0;
        }
        if let Ok(ours) = self.persist(jobs, &write).await {
            return ours;
        }
        // One that is refused must not hold up the others.
        let mut ours = 0;
        for job in jobs {
            ours += self.insist_on_one(job, &write).await;
        }
        ours
    }

    async fn insist_on_one<T: Writable, F>(&self, job: &T, write: &impl Fn(Vec<T>) -> F) -> usize
    where
        F: Future<Output = Result<Vec<Written>, (Error, Remedy)>>,
    {
        let mut written = self.persist(std::slice::from_ref(job), write).await;
        if let Some(instead) = written.as_ref().err().and_then(|error| job.instead(error)) {
            written = self.persist(&[instead], write).await;
            self.engine.news.notify_one();
        }
        written.unwrap_or_else(|error| self.give_up(&error))
    }

    /// Tries until the database answers; an error is its refusal.
    async fn persist<T: Writable, F>(&self, jobs: &[T], write: &impl Fn(Vec<T>) -> F) -> Result<usize, Error>
    where
        F: Future<Output = Result<Vec<Written>, (Error, Remedy)>>,
    {
        let mut backoff = Backoff::default();
        let mut unheard = false;
        loop {
            match write(jobs.to_vec()).await {
                Ok(written) => {
                    self.count(jobs, &written);
                    if written.iter().any(|run| run.is_awaited) {
                        self.engine.endings.notify_one();
                    }
                    // What is not ours any more may have been written by the try that broke off.
                    return Ok(if unheard { jobs.len() } else { written.len() });
                }
                Err((error, Remedy::GiveUp)) => return Err(error),
                Err((error, remedy)) => {
                    unheard |= remedy == Remedy::Reconnect;
                    tracing::debug!(%error, "could not write outcomes, trying again");
                }
            }
            if self.is_too_late() {
                return Ok(self.leave(jobs.len()));
            }
            backoff.wait().await;
        }
    }

    /// For the statistics. What may have been written by a try that broke off is not counted: rather too
    /// little than too much.
    fn count<T: Writable>(&self, jobs: &[T], written: &[Written]) {
        let written: HashMap<JobId, bool> = written.iter().map(|run| (run.id, run.is_cancelled)).collect();
        let holds = self.engine.held.holds(jobs.iter().map(Writable::run));
        let runs =
            jobs.iter().zip(&holds).filter_map(|(job, hold)| Some((job, hold.as_ref()?, hold.as_ref()?.mark()?)));
        let ended = runs.clone().filter_map(|(job, hold, mark)| {
            let fate = match written.get(&job.id()) {
                Some(true) => Some(Fate::Cancelled),
                Some(false) => job.fate(),
                // Its handler has completed it.
                None => hold.is_settled().then_some(Fate::Completed),
            };
            Some((mark, fate?))
        });
        self.engine.tally.count(ended);
        for (job, _, mark) in runs.filter(|(job, ..)| written.contains_key(&job.id())) {
            if let Some(failure) = job.failure() {
                self.engine.tally.count_failure_of(failure, job.id(), mark);
            }
        }
    }

    /// What the database refuses for good stays with this worker's name on it, and is rescued when
    /// the worker ends.
    fn give_up(&self, error: &Error) -> usize {
        tracing::error!(%error, "PostgreSQL refuses the outcome of a run; the job is rescued when this worker ends");
        1
    }

    fn is_too_late(&self) -> bool {
        self.engine.stopping_since().is_some_and(|since: Instant| since.elapsed() > self.patience())
    }

    fn patience(&self) -> Duration {
        match self.engine.hurry.is_cancelled() {
            true => Duration::ZERO,
            false => self.engine.options.shutdown_grace + STOP_PATIENCE,
        }
    }

    fn leave(&self, count: usize) -> usize {
        tracing::warn!(count, "stopping without having written outcomes; other workers will run these jobs again");
        count
    }
}

/// What one statement writes of one job.
trait Writable: Clone {
    /// The job, and the lease of the run.
    fn run(&self) -> (JobId, i64);

    fn id(&self) -> JobId {
        self.run().0
    }

    /// What the run counts as once it is written; nothing for one that is given back or snoozed.
    fn fate(&self) -> Option<Fate>;

    fn failure(&self) -> Option<&Likeness> {
        None
    }

    /// What to write in its place when the database refuses it for good.
    fn instead(&self, _refusal: &Error) -> Option<Self> {
        None
    }
}

impl Writable for (JobId, i64) {
    fn run(&self) -> (JobId, i64) {
        *self
    }

    fn fate(&self) -> Option<Fate> {
        Some(Fate::Completed)
    }
}

impl Writable for Postponement {
    fn run(&self) -> (JobId, i64) {
        (self.id, self.lease)
    }

    fn fate(&self) -> Option<Fate> {
        self.failure.as_ref().map(|_| Fate::Failed)
    }

    fn failure(&self) -> Option<&Likeness> {
        self.failure.as_deref()
    }
}

impl Writable for Ending {
    fn run(&self) -> (JobId, i64) {
        (self.id, self.lease)
    }

    fn fate(&self) -> Option<Fate> {
        match self.state {
            JobState::Completed => Some(Fate::Completed),
            JobState::Dead => Some(Fate::Dead),
            JobState::Cancelled => Some(Fate::Cancelled),
            _ => None,
        }
    }

    fn failure(&self) -> Option<&Likeness> {
        self.failure.as_deref()
    }

    /// A result that is JSON and yet none of PostgreSQL's: another run would give no other.
    fn instead(&self, refusal: &Error) -> Option<Self> {
        self.result.as_ref().filter(|_| refusal.is_invalid())?;
        let message = bounded(&format_args!("PostgreSQL refuses the result: {refusal}"));
        tracing::error!(id = %self.id, error = message, "failed and is dead");
        let failure = Failure { kind: "error".to_owned(), class: "Error".to_owned(), message, details: None };
        let events = json!([{ "event": "failed", "error": failure }]).to_string();
        let (kind, failure) = (self.kind.clone(), Some(Box::new(Likeness::of(&self.kind, &failure))));
        let reason = Some("discarded".to_owned());
        Some(Self { kind, state: JobState::Dead, failure, reason, events, result: None, ..*self })
    }
}

/// A batch by statement, each sorted by id, so that statements lock rows in one order.
struct Sorted {
    done: Vec<(JobId, i64)>,
    postponed: Vec<Postponement>,
    ended: Vec<Ending>,
    lost: Vec<(JobId, i64)>,
    /// How many of them may be written already.
    settled: usize,
}

impl Sorted {
    fn new(batch: Vec<Outcome>) -> Self {
        let mut sorted = Self { done: vec![], postponed: vec![], ended: vec![], lost: vec![], settled: 0 };
        batch.into_iter().for_each(|outcome| sorted.add(outcome));
        sorted.done.sort_unstable();
        sorted.postponed.sort_unstable_by_key(|job| job.id);
        sorted.ended.sort_unstable_by_key(|job| job.id);
        sorted
    }

    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Done(id, lease) => self.done.push((id, lease)),
            Outcome::Postponed(job) => self.postponed.push(job),
            Outcome::Ended(job) => self.ended.push(job),
            Outcome::Lost(id, lease) => self.lost.push((id, lease)),
            Outcome::Settled(outcome) => {
                self.settled += 1;
                self.add(*outcome);
            }
        }
    }

    fn runs(&self) -> impl Iterator<Item = (JobId, i64)> + '_ {
        let done = self.done.iter().copied();
        let postponed = self.postponed.iter().map(|job| (job.id, job.lease));
        let ended = self.ended.iter().map(|job| (job.id, job.lease));
        done.chain(postponed).chain(ended).chain(self.lost.iter().copied())
    }
}

//! Runs all that is due, and tells what became of it.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::bed::TestBed;
use crate::TaskTower;
use crate::record::{EventKind, JobId, JobRecord, JobState};

impl TestBed {
    /// Runs all that is due by the handlers of the tower, one job after the other, and what those jobs
    /// enqueue in turn, until nothing is due. Await what this returns, or restrict it to a
    /// [`queue`](Drain::queue) first.
    ///
    /// The order is that of the tower's options. Interceptors, retries, timeouts and the completion in
    /// the handler's own transaction are those of a worker. A job that waits for its retry, was snoozed
    /// or scheduled is due later: [`advance`](TestBed::advance) makes it due. Jobs of kinds that the
    /// tower does not know, of paused queues, and of queues that it does not serve, stay.
    ///
    /// It is a worker of its own, so do not [`start`](crate::TaskTower::start) the tower as well.
    ///
    /// # Panics
    ///
    /// When the tower is in another schema than this bed, has no handlers, or loses its database.
    ///
    /// ```no_run
    /// # async fn example(bed: task_tower::testing::TestBed, tower: task_tower::TaskTower) {
    /// let drained = bed.drain(&tower).queue("mail").await;
    /// assert_eq!(drained.completed.len(), 2, "{drained:?}");
    /// # }
    /// ```
    pub fn drain<'a>(&'a self, tower: &'a TaskTower) -> Drain<'a> {
        Drain { bed: self, tower, queue: None }
    }
}

/// Runs what is due when this is awaited. Made by [`TestBed::drain`].
#[derive(Debug)]
#[must_use = "nothing runs before this is awaited"]
pub struct Drain<'a> {
    bed: &'a TestBed,
    tower: &'a TaskTower,
    queue: Option<String>,
}

impl Drain<'_> {
    /// Runs only what is due in this queue, whether or not the tower serves it otherwise.
    pub fn queue(mut self, queue: impl Into<String>) -> Self {
        self.queue = Some(queue.into());
        self
    }

    async fn run(self) -> Drained {
        let schema = &self.tower.options().schema_name;
        assert_eq!(schema, self.bed.schema(), "the tower that is drained is in another schema than the test bed");
        let ran = self.bed.expect("drain", self.tower.drain(self.queue).await);
        ran.iter().fold(Drained::default(), Drained::with)
    }
}

impl<'a> IntoFuture for Drain<'a> {
    type Output = Drained;
    type IntoFuture = Pin<Box<dyn Future<Output = Drained> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// What became of the jobs that ran, each list in the order of the runs. A job that ran several times is
/// there as often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Done.
    pub completed: Vec<JobId>,
    /// Failed, and to be retried.
    pub failed: Vec<JobId>,
    /// Failed, and dead.
    pub dead: Vec<JobId>,
    /// Cancelled.
    pub cancelled: Vec<JobId>,
    /// To be run again later.
    pub snoozed: Vec<JobId>,
    /// What there is to tell of those that were not completed.
    troubles: Vec<String>,
}

impl Drained {
    /// How many runs there were.
    #[must_use]
    pub fn total(&self) -> usize {
        [&self.completed, &self.failed, &self.dead, &self.cancelled, &self.snoozed].map(Vec::len).iter().sum()
    }

    /// Whether nothing was due.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// Asserts that every run completed its job, and returns how many there were.
    ///
    /// # Panics
    ///
    /// When one did not, with the errors of all of them.
    #[track_caller]
    pub fn assert_all_completed(&self) -> usize {
        let (others, total) = (self.troubles.len(), self.total());
        assert!(others == 0, "{others} of {total} runs did not complete their job:\n  {}", self.troubles.join("\n  "));
        total
    }

    fn with(mut self, job: &JobRecord) -> Self {
        let (list, what) = match (job.state, latest(job)) {
            (JobState::Completed, _) => {
                self.completed.push(job.id);
                return self;
            }
            (JobState::Dead, _) => (&mut self.dead, "is dead"),
            (JobState::Cancelled, _) => (&mut self.cancelled, "was cancelled"),
            (_, Some(EventKind::Failed)) => (&mut self.failed, "failed, to be retried"),
            // The rest was given back, or taken away: it was no run to an end.
            (_, Some(EventKind::Snoozed)) => (&mut self.snoozed, "was snoozed"),
            _ => return self,
        };
        list.push(job.id);
        self.troubles.push(trouble(job, what));
        self
    }
}

/// What happened to the job last; an interceptor's failure is beside the point.
fn latest(job: &JobRecord) -> Option<EventKind> {
    let events = job.events.iter().rev().map(|event| event.event);
    events.into_iter().find(|event| *event != EventKind::InterceptorFailed)
}

fn trouble(job: &JobRecord, what: &str) -> String {
    let reason = job.reason.iter().map(String::as_str);
    let error = job.last_failure().map(|failure| failure.message.as_str());
    let why: Vec<&str> = reason.chain(error.filter(|_| what != "was snoozed")).collect();
    let colon = if why.is_empty() { "" } else { ": " };
    format!("\"{}\" {what}{colon}{} (job {})", job.kind, why.join(", "), job.id)
}

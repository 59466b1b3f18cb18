//! Gathers single enqueues that happen at the same time into one statement and one commit.
//!
//! Nothing waits for a timer: while one statement is under way, the next one fills. A few
//! connections take turns, so that a second caller does not wait for the first one's commit.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::sync::{Notify, oneshot};

use super::insist::{PATIENCE, insist};
use super::stopped;
use crate::error::{Error, Result};
use crate::store::{Link, NewJob, Remedy, insert};

/// Jobs of one statement.
const GATHERED_MAX: usize = 512;
/// A statement also ends at this size.
const GATHERED_BYTES_MAX: usize = 4 * 1024 * 1024;

pub(super) struct Gatherer {
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    requests: Mutex<VecDeque<Pending>>,
    arrived: Notify,
    closed: AtomicBool,
    /// How many lanes there are to serve it.
    lanes: AtomicUsize,
}

struct Pending {
    job: NewJob,
    since: Instant,
    answer: oneshot::Sender<Result<()>>,
}

impl Gatherer {
    pub(super) fn start(links: Vec<Link>) -> Self {
        let waiting = Arc::new(Waiting::default());
        waiting.lanes.store(links.len(), Ordering::Release);
        for link in links {
            tokio::spawn(Lane { link, waiting: waiting.clone() }.run());
        }
        Self { waiting }
    }

    /// Returns when the job is committed, or is known not to be.
    pub(super) async fn insert(&self, job: NewJob) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.waiting.add(Pending { job, since: Instant::now(), answer });
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Gatherer {
    /// The lanes hold the waiting list, so it does not end by itself with the last client.
    fn drop(&mut self) {
        self.waiting.close();
    }
}

impl Waiting {
    /// A request that nobody will serve is dropped, which tells its caller.
    fn add(&self, request: Pending) {
        let mut requests = self.requests.lock().expect("no panic while held");
        if self.lanes.load(Ordering::Acquire) > 0 {
            requests.push_back(request);
            self.arrived.notify_one();
        }
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        // Wakes one lane, whether it waits now or later; that one wakes the next, and so on.
        self.arrived.notify_one();
    }

    /// What waits, up to the size of one statement.
    fn take(&self) -> Vec<Pending> {
        let mut requests = self.requests.lock().expect("no panic while held");
        let mut bytes = 0;
        let mut count = 0;
        for request in requests.iter().take(GATHERED_MAX) {
            bytes += request.job.payload.len();
            count += 1;
            if bytes > GATHERED_BYTES_MAX {
                break;
            }
        }
        let taken = requests.drain(..count).collect();
        if !requests.is_empty() {
            self.arrived.notify_one();
        }
        taken
    }
}

/// One of the connections, with the task that serves it.
struct Lane {
    link: Link,
    waiting: Arc<Waiting>,
}

impl Drop for Lane {
    /// The runtime in which the client was made may end before the client does.
    fn drop(&mut self) {
        let mut requests = self.waiting.requests.lock().expect("no panic while held");
        if self.waiting.lanes.fetch_sub(1, Ordering::AcqRel) == 1 {
            requests.clear();
        }
    }
}

impl Lane {
    async fn run(self) {
        loop {
            let requests = self.waiting.take();
            if !requests.is_empty() {
                self.send(requests).await;
            } else if self.waiting.closed.load(Ordering::Acquire) {
                return self.waiting.arrived.notify_one();
            } else {
                self.waiting.arrived.notified().await;
            }
        }
    }

    async fn send(&self, requests: Vec<Pending>) {
        let (jobs, answers): (Vec<NewJob>, Vec<_>) =
            requests.into_iter().map(|request| (request.job, (request.since, request.answer))).unzip();
        match insert(&self.link, &jobs).await {
            Ok(()) => answers.into_iter().for_each(|(_, answer)| reply(answer, Ok(()))),
            Err((error, remedy)) => self.send_singly(jobs, answers, error, remedy).await,
        }
    }

    /// One bad job must not fail its neighbors, so after a failure each goes alone.
    async fn send_singly(
        &self,
        jobs: Vec<NewJob>,
        answers: Vec<(Instant, oneshot::Sender<Result<()>>)>,
        error: Error,
        remedy: Remedy,
    ) {
        let mut singles: Vec<_> = jobs.into_iter().zip(answers).collect();
        if singles.len() == 1 && remedy == Remedy::GiveUp {
            return singles.drain(..).map(|(_, (_, answer))| answer).zip([error]).for_each(|(answer, error)| {
                reply(answer, Err(error));
            });
        }
        // What could not be sent at all will not be sent by asking again for each of them.
        let mut outage = (remedy == Remedy::Retry).then_some(error);
        for (job, (since, answer)) in singles {
            let result = match outage.take() {
                Some(error) if since.elapsed() > PATIENCE => Err(error),
                _ => insist(&self.link, job, since).await.map(drop),
            };
            outage = result.as_ref().err().filter(|error| error.is_unavailable()).map(again);
            reply(answer, result);
        }
    }
}

/// The same error for another caller.
fn again(error: &Error) -> Error {
    Error::unavailable(error.to_string())
}

/// A caller that no longer waits does not want to know.
fn reply(answer: oneshot::Sender<Result<()>>, result: Result<()>) {
    let _ = answer.send(result);
}

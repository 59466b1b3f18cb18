//! Gathers single enqueues that happen at the same time into one statement and one commit.
//!
//! Nothing waits for a timer: while one statement is under way, the next one fills. A few
//! connections take turns, so that a second caller does not wait for the first one's commit. A caller who finds one of
//! them free sends its job by itself.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use tokio::sync::{Notify, oneshot};

use super::awake::AwakeLanes;
use super::line::{Line, Pending};
use super::stopped;
use crate::error::Result;
use crate::relay::Publisher;
use crate::store::{Link, NewJob, Remedy};

/// Jobs of one statement.
const GATHERED_MAX: usize = 512;
/// A statement also ends at this size.
const GATHERED_BYTES_MAX: usize = 4 * 1024 * 1024;

pub(super) struct Gatherer {
    waiting: Arc<Waiting>,
}

#[derive(Default)]
pub(super) struct Waiting {
    counter: Mutex<Counter>,
    arrived: Notify,
    closed: AtomicBool,
    /// How many lanes there are to serve it.
    lanes: AtomicUsize,
    pub(super) awake: AwakeLanes,
    /// What announces beside the database, where there is something.
    publisher: Option<Publisher>,
}

/// Who waits, and what waits for them.
#[derive(Default)]
struct Counter {
    requests: VecDeque<Pending>,
    free: Vec<Link>,
    /// More than one job went with the last statement of a lane: callers come in crowds.
    crowded: bool,
}

impl Gatherer {
    pub(super) fn start(links: Vec<Link>, publisher: Option<Publisher>) -> Self {
        let waiting = Arc::new(Waiting { publisher, ..Waiting::default() });
        waiting.lanes.store(links.len(), Ordering::Release);
        for _ in &links {
            tokio::spawn(Lane { waiting: waiting.clone() }.run());
        }
        waiting.counter().free = links;
        Self { waiting }
    }

    /// Returns when the job is committed, or is known not to be. A caller who comes when nobody waits sends its job
    /// by itself, without the way to a lane and back.
    pub(super) async fn insert(&self, job: NewJob) -> Result<()> {
        let since = Instant::now();
        let Some(line) = self.waiting.free_line() else { return self.gather(job, since, false).await };
        match line.insert_alone(&job).await {
            Ok(()) => Ok(()),
            Err((error, Remedy::GiveUp)) => Err(error),
            Err(_) => {
                drop(line);
                self.gather(job, since, true).await
            }
        }
    }

    async fn gather(&self, job: NewJob, since: Instant, doubtful: bool) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.waiting.add(Pending { job, since, doubtful, answer });
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
    fn counter(&self) -> MutexGuard<'_, Counter> {
        self.counter.lock().expect("no panic while held")
    }

    /// A request that nobody will serve is dropped, which tells its caller.
    fn add(&self, request: Pending) {
        let mut counter = self.counter();
        if self.lanes.load(Ordering::Acquire) > 0 {
            counter.requests.push_back(request);
            self.arrived.notify_one();
        }
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        // Wakes one lane, whether it waits now or later; that one wakes the next, and so on.
        self.arrived.notify_one();
    }

    /// Nobody will come any more, and nobody waits.
    fn is_finished(&self) -> bool {
        self.closed.load(Ordering::Acquire) && self.counter().requests.is_empty()
    }

    /// What can announce at present.
    pub(super) fn publisher(&self) -> Option<&Publisher> {
        self.publisher.as_ref().filter(|publisher| publisher.is_connected())
    }

    /// A connection is free again, perhaps for somebody who waits.
    pub(super) fn give_back(&self, link: Link) {
        let mut counter = self.counter();
        counter.free.push(link);
        if !counter.requests.is_empty() {
            self.arrived.notify_one();
        }
    }

    fn is_crowded(&self) -> bool {
        self.counter().crowded
    }

    /// A connection for a caller who finds nobody waiting, unless others are about to come. One that is not open yet is
    /// left to the lanes: it would end with the runtime of whoever opens it.
    fn free_line(self: &Arc<Self>) -> Option<Line> {
        let mut counter = self.counter();
        let is_alone = counter.requests.is_empty() && !counter.crowded;
        let is_open = is_alone && counter.free.last().is_some_and(Link::is_connected);
        let link = if is_open { counter.free.pop() } else { None };
        link.map(|link| Line::new(link, self.clone()))
    }

    /// What waits, up to the size of one statement, and a connection for it.
    fn take(self: &Arc<Self>) -> Option<(Line, Vec<Pending>)> {
        let mut counter = self.counter();
        let count = size_of_statement(&counter.requests);
        let link = if count > 0 { counter.free.pop()? } else { return None };
        let taken = counter.requests.drain(..count).collect();
        counter.crowded = count > 1;
        if !counter.requests.is_empty() {
            self.arrived.notify_one();
        }
        Some((Line::new(link, self.clone()), taken))
    }
}

/// How many of these go into the next statement. One that is in doubt goes alone.
fn size_of_statement(requests: &VecDeque<Pending>) -> usize {
    let mut bytes = 0;
    let mut count = 0;
    for request in requests.iter().take(GATHERED_MAX) {
        if request.doubtful {
            return count.max(1);
        }
        bytes += request.job.payload.len();
        count += 1;
        if bytes > GATHERED_BYTES_MAX {
            break;
        }
    }
    count
}

/// A task that sends what was gathered.
struct Lane {
    waiting: Arc<Waiting>,
}

impl Drop for Lane {
    /// The runtime in which the client was made may end before the client does.
    fn drop(&mut self) {
        let mut counter = self.waiting.counter();
        if self.waiting.lanes.fetch_sub(1, Ordering::AcqRel) == 1 {
            counter.requests.clear();
        }
    }
}

impl Lane {
    async fn run(self) {
        loop {
            if self.waiting.is_crowded() {
                // Those who were answered just now come again: the first of them must not go without the others.
                tokio::task::yield_now().await;
            }
            if let Some((line, requests)) = self.waiting.take() {
                line.send(requests).await;
            } else if self.waiting.is_finished() {
                return self.waiting.arrived.notify_one();
            } else {
                self.waiting.arrived.notified().await;
            }
        }
    }
}

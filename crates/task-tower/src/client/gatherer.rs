//! Gathers single enqueues that happen at the same time into one statement and one commit.
//!
//! Nothing waits for a timer: while one statement is under way, the next one fills. A caller who finds a connection
//! free sends its job by itself. A second connection serves those who would wait long, or are many.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

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
/// Fewer jobs than these wait for the statement under way: sent beside it, each of them would cost the server twice as
/// much as together with those that come again when it is done.
const BESIDE_MIN: usize = 64;
/// For so long at the most. What takes longer has a long way to the server, or waits for a lock that others do not need.
const BESIDE_AFTER: Duration = Duration::from_millis(5);

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
    /// When that statement began, as long as it is under way.
    under_way: Option<Instant>,
}

impl Counter {
    /// How much longer those who wait do so for the sake of a fuller statement, while another connection is free.
    fn hold(&self) -> Option<Duration> {
        let is_few = (1..BESIDE_MIN).contains(&self.requests.len());
        let began = self.under_way.filter(|_| self.crowded && is_few && !self.free.is_empty())?;
        Some(BESIDE_AFTER.saturating_sub(began.elapsed()))
    }

    fn is_held_back(&self) -> bool {
        self.hold().is_some_and(|rest| !rest.is_zero())
    }

    /// Whether a lane has to look. One is enough for those who are held back: the first of them wakes it.
    fn is_urgent(&self) -> bool {
        self.requests.len() == 1 || !self.is_held_back()
    }
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
            if counter.is_urgent() {
                self.arrived.notify_one();
            }
        }
    }

    /// Returns when somebody has come, or was held back long enough.
    async fn arrival(&self) {
        let hold = { self.counter() }.hold();
        match hold {
            Some(rest) => drop(timeout(rest, self.arrived.notified()).await),
            None => self.arrived.notified().await,
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

    /// A connection is free again, perhaps for somebody who waits. `began` is when it was taken for what was gathered.
    pub(super) fn give_back(&self, link: Link, began: Option<Instant>) {
        let mut counter = self.counter();
        counter.free.push(link);
        counter.under_way = counter.under_way.filter(|latest| Some(*latest) != began);
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
        link.map(|link| Line::new(link, self.clone(), None))
    }

    /// What waits, up to the size of one statement, and a connection for it.
    fn take(self: &Arc<Self>) -> Option<(Line, Vec<Pending>)> {
        let mut counter = self.counter();
        let count = size_of_statement(&counter.requests);
        let is_due = count > 0 && !counter.is_held_back();
        let link = if is_due { counter.free.pop()? } else { return None };
        let taken = counter.requests.drain(..count).collect();
        counter.crowded = count > 1;
        counter.under_way = Some(Instant::now());
        if !counter.requests.is_empty() {
            self.arrived.notify_one();
        }
        Some((Line::new(link, self.clone(), counter.under_way), taken))
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
                self.waiting.arrival().await;
            }
        }
    }
}

//! Numbers of large tables, kept for a moment for those who ask the same: a dashboard that many look at walks them once.
//! What is quickly told is not kept.

use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::search::{Counting, Counts};
use crate::error::Result;
use crate::filter::JobFilter;
use crate::record::QueueRecord;
use crate::store::Desk;

/// How long they are told again.
const KEPT_FOR: Duration = Duration::from_secs(2);
/// For so many filters; those that were asked for longest ago go first.
const FILTERS_MAX: usize = 64;

/// A walk over so many jobs is worth remembering.
pub(super) const LARGE: u64 = 2_000;

/// What the consoles of a dashboard share.
#[derive(Default)]
pub(super) struct Memory {
    counts: ByFilter<Counts>,
    queues: Kept<Vec<QueueRecord>>,
}

/// The answer to one question, if there is one.
type Kept<T> = Arc<Mutex<Option<Told<T>>>>;

/// An answer, and what is known of its age.
struct Told<T> {
    answer: T,
    since: Instant,
    /// How many changes there had been.
    changes: u64,
}

/// The answers for each filter.
struct ByFilter<T>(StdMutex<Vec<(JobFilter, Kept<T>)>>);

impl Memory {
    pub(super) async fn counts(
        &self,
        filter: &JobFilter,
        desk: &Desk,
        count: impl AsyncFnOnce() -> Result<Counting>,
    ) -> Result<Counts> {
        let ask = async || count().await.map(|counting| (counting.counts, counting.is_large));
        recall(&self.counts.of(filter), desk, ask).await
    }

    pub(super) async fn queues(
        &self,
        desk: &Desk,
        list: impl AsyncFnOnce() -> Result<Vec<QueueRecord>>,
    ) -> Result<Vec<QueueRecord>> {
        let waiting = |queue: &QueueRecord| queue.enqueued + queue.scheduled + queue.failed;
        let is_large = |queues: &[QueueRecord]| queues.iter().map(waiting).sum::<u64>() > LARGE;
        recall(&self.queues, desk, async || list().await.map(|queues| (queues.clone(), is_large(&queues)))).await
    }
}

/// The answer that is kept, or that of `ask`, which says whether it is worth keeping. Whoever comes while somebody asks
/// waits for their answer.
async fn recall<T: Clone>(kept: &Kept<T>, desk: &Desk, ask: impl AsyncFnOnce() -> Result<(T, bool)>) -> Result<T> {
    let mut kept = kept.lock().await;
    let is_good = |told: &&Told<T>| told.since.elapsed() < KEPT_FOR && told.changes == desk.changes();
    if let Some(told) = kept.as_ref().filter(is_good) {
        return Ok(told.answer.clone());
    }
    // Both before the question: what is changed meanwhile may not be in the answer.
    let (since, changes) = (Instant::now(), desk.changes());
    let (answer, is_kept) = ask().await?;
    *kept = is_kept.then(|| Told { answer: answer.clone(), since, changes });
    Ok(answer)
}

impl<T> ByFilter<T> {
    fn of(&self, filter: &JobFilter) -> Kept<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().position(|(known, _)| known == filter).map(|place| all.remove(place));
        let (filter, kept) = found.unwrap_or_else(|| (filter.clone(), Kept::default()));
        all.push((filter, kept.clone()));
        let surplus = all.len().saturating_sub(FILTERS_MAX);
        all.drain(..surplus);
        kept
    }
}

impl<T> Default for ByFilter<T> {
    fn default() -> Self {
        Self(StdMutex::default())
    }
}

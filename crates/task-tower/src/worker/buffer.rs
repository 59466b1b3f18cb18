//! Claimed jobs on their way to a slot.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::store::Claimed;

#[derive(Default)]
pub(super) struct Buffer {
    inner: Mutex<Inner>,
    filled: Notify,
    freed: Notify,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<(Claimed, Instant)>,
    busy: usize,
    closed: bool,
}

impl Buffer {
    /// Puts jobs in; they come back when no slot will take them any more.
    pub(super) fn put(&self, jobs: Vec<Claimed>) -> Vec<Claimed> {
        let now = Instant::now();
        let mut inner = self.lock();
        if inner.closed {
            return jobs;
        }
        inner.waiting.extend(jobs.into_iter().map(|job| (job, now)));
        drop(inner);
        // Whoever takes one wakes the next slot.
        self.filled.notify_one();
        Vec::new()
    }

    /// The next job for a slot, which is busy from then on; `None` when no more will come.
    pub(super) async fn next(&self) -> Option<Claimed> {
        loop {
            if let Some(next) = self.try_next() {
                return next;
            }
            self.filled.notified().await;
        }
    }

    fn try_next(&self) -> Option<Option<Claimed>> {
        let mut inner = self.lock();
        if let Some((job, _)) = inner.waiting.pop_front() {
            inner.busy += 1;
            if !inner.waiting.is_empty() {
                self.filled.notify_one();
            }
            return Some(Some(job));
        }
        inner.closed.then(|| {
            self.filled.notify_one();
            None
        })
    }

    /// A slot is free again.
    pub(super) fn free(&self) {
        self.lock().busy -= 1;
        self.freed.notify_one();
    }

    /// Jobs in slots and on their way there.
    pub(super) fn occupied(&self) -> usize {
        let inner = self.lock();
        inner.busy + inner.waiting.len()
    }

    pub(super) fn busy(&self) -> usize {
        self.lock().busy
    }

    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Returns when a slot became free that nobody has waited for yet.
    pub(super) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Takes out jobs that have waited longer than `patience`: their slot is taken by something
    /// slower than expected, and another worker may have a free one.
    pub(super) fn take_stale(&self, patience: Duration) -> Vec<Claimed> {
        let mut inner = self.lock();
        let stale = inner.waiting.iter().take_while(|(_, since)| since.elapsed() > patience).count();
        inner.waiting.drain(..stale).map(|(job, _)| job).collect()
    }

    /// No more jobs come; those that wait are handed back.
    pub(super) fn close(&self) -> Vec<Claimed> {
        let mut inner = self.lock();
        inner.closed = true;
        self.filled.notify_one();
        inner.waiting.drain(..).map(|(job, _)| job).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic while held")
    }
}

//! What is measured together: of a worker, of the runs of one kind in one queue, of a queue.

use super::instrument::{Counted, Counter, Gauge, Histogram};
use super::names::{
    CLAIM, COMPLETION, JOB_WAIT, JOBS_ENQUEUED, PROCESS_LISTENERS, PROCESS_SLOTS, PROCESS_SLOTS_BUSY,
    PROCESS_SUBSCRIBERS, PROCESS_WORKERS, RESCUES, RUN_DURATION, RUNS, STALE_RESULTS, WORKERS_LOST,
};

/// What stands in place of a kind and a queue where too many are known.
const OTHERS: [&str; 2] = ["other"; 2];

/// What one worker measures of itself.
pub(crate) struct EngineMeters {
    workers: Gauge,
    listeners: Gauge,
    subscribers: Gauge,
    slots: Gauge,
    busy: Gauge,
    pub(crate) claim: Histogram,
    pub(crate) completion: Histogram,
    pub(crate) stale: Counter,
    pub(crate) lost: Counter,
}

impl EngineMeters {
    pub(crate) fn new() -> Self {
        Self {
            workers: Gauge::of(PROCESS_WORKERS, &[]),
            listeners: Gauge::of(PROCESS_LISTENERS, &[]),
            subscribers: Gauge::of(PROCESS_SUBSCRIBERS, &[]),
            slots: Gauge::of(PROCESS_SLOTS, &[]),
            busy: Gauge::of(PROCESS_SLOTS_BUSY, &[]),
            claim: Histogram::of(CLAIM, &[]),
            completion: Histogram::of(COMPLETION, &[]),
            stale: Counter::of(STALE_RESULTS, &[]),
            lost: Counter::of(WORKERS_LOST, &[]),
        }
    }

    /// A worker with so many slots, for as long as this lives.
    pub(crate) fn present(&self, slots: usize) -> (Counted, Counted) {
        (Counted::new(&self.workers, 1), Counted::new(&self.slots, slots))
    }

    /// It hears notifications, for as long as this lives.
    pub(crate) fn listening(&self) -> Counted {
        Counted::new(&self.listeners, 1)
    }

    /// It hears Redis, for as long as this lives.
    pub(crate) fn subscribed(&self) -> Counted {
        Counted::new(&self.subscribers, 1)
    }

    /// A slot is in use, for as long as this lives.
    pub(crate) fn occupied(&self) -> Counted {
        Counted::new(&self.busy, 1)
    }
}

/// What is measured of the runs of one kind in one queue.
pub(crate) struct RunMeters {
    pub(crate) completed: Counter,
    pub(crate) failed: Counter,
    pub(crate) dead: Counter,
    pub(crate) cancelled: Counter,
    pub(crate) wait: Histogram,
    pub(crate) duration: Histogram,
}

impl RunMeters {
    /// Empty names stand for those that are not told apart.
    pub(crate) fn new(kind: &str, queue: &str) -> Self {
        let [kind, queue] = if kind.is_empty() { OTHERS } else { told_apart(kind, queue) };
        let runs = |state| Counter::of(RUNS, &[kind, queue, state]);
        Self {
            completed: runs("completed"),
            failed: runs("failed"),
            dead: runs("dead"),
            cancelled: runs("cancelled"),
            wait: Histogram::of(JOB_WAIT, &[kind, queue]),
            duration: Histogram::of(RUN_DURATION, &[kind, queue]),
        }
    }
}

/// Counts jobs of this kind that go into this queue.
pub(crate) fn enqueued(kind: &str, queue: &str) -> Counter {
    Counter::of(JOBS_ENQUEUED, &told_apart(kind, queue))
}

/// A job was taken from a dead worker, and is in this state now.
pub(crate) fn rescued(kind: &str, queue: &str, state: &str) {
    let [kind, queue] = told_apart(kind, queue);
    Counter::of(RESCUES, &[kind, queue, state]).add(1);
}

/// The pair itself, unless too many others are known already: the recorder keeps numbers of each for ever.
#[cfg(feature = "metrics")]
fn told_apart<'a>(kind: &'a str, queue: &'a str) -> [&'a str; 2] {
    use std::collections::{HashMap, HashSet};
    use std::sync::{LazyLock, Mutex, PoisonError};

    use super::names::METRIC_SERIES_MAX;

    static KNOWN: LazyLock<Mutex<HashMap<String, HashSet<String>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.get(kind).is_some_and(|queues| queues.contains(queue)) {
        return [kind, queue];
    }
    if known.values().map(HashSet::len).sum::<usize>() >= METRIC_SERIES_MAX {
        return OTHERS;
    }
    known.entry(kind.to_owned()).or_default().insert(queue.to_owned());
    [kind, queue]
}

#[cfg(not(feature = "metrics"))]
fn told_apart<'a>(kind: &'a str, queue: &'a str) -> [&'a str; 2] {
    [kind, queue]
}

/// What waits in a queue.
#[cfg(feature = "metrics")]
#[derive(Clone, Debug)]
pub(crate) struct QueueGauges {
    pub(crate) name: String,
    /// Enqueued, scheduled, failed; `None` when nobody has counted lately.
    pub(crate) depth: Option<[i32; 3]>,
    pub(crate) oldest_age: std::time::Duration,
    pub(crate) is_paused: bool,
}

#[cfg(feature = "metrics")]
pub(crate) fn gauge_queue(queue: &QueueGauges) {
    use super::names::{QUEUE_JOBS, QUEUE_OLDEST_AGE, QUEUE_PAUSED};

    for (state, jobs) in ["enqueued", "scheduled", "failed"].into_iter().zip(queue.depth.into_iter().flatten()) {
        Gauge::of(QUEUE_JOBS, &[&queue.name, state]).set(jobs.into());
    }
    Gauge::of(QUEUE_OLDEST_AGE, &[&queue.name]).set(queue.oldest_age.as_secs_f64());
    Gauge::of(QUEUE_PAUSED, &[&queue.name]).set(f64::from(u8::from(queue.is_paused)));
}

#[cfg(all(test, feature = "metrics"))]
mod tests {
    use super::*;
    use crate::telemetry::METRIC_SERIES_MAX;

    #[test]
    fn pairs_beyond_the_limit_are_told_together() {
        for number in 0..METRIC_SERIES_MAX {
            assert_eq!(told_apart("resize", &number.to_string()), ["resize", &number.to_string()]);
        }

        assert_eq!(told_apart("resize", "one too many"), OTHERS);
        assert_eq!(told_apart("resize", "7"), ["resize", "7"]);
    }
}

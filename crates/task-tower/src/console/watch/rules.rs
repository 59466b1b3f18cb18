//! What counts as trouble: plain functions of what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::TimeDelta;

use crate::record::{KindRecord, Trouble};
use crate::store::{Watched, WatchedRun, WatchedWorker};

/// No run is overdue before, unless its kind says so.
pub(super) const OVERDUE_MIN: Duration = Duration::from_secs(60);
/// A run is overdue that takes so many times as long as 95 of 100 of its kind.
const OVERDUE_FACTOR: u32 = 3;
/// Fewer runs say nothing of how long they usually take.
const USUAL_RUNS_MIN: u64 = 20;
/// The part of its `dead_after` after which a worker that was not heard is silent.
pub(super) const LATE: f64 = 0.5;
/// Its jobs are counted while they are taken: so long after it was found dead, they are.
const RESCUE_TIME: TimeDelta = TimeDelta::seconds(1);
/// When nobody has found it dead by then, nobody is there to take its jobs.
const BURIAL_TIME: TimeDelta = TimeDelta::seconds(30);

/// The longest that runs of each kind take when all is well, by what was counted.
pub(super) fn usual(kinds: &[KindRecord]) -> BTreeMap<String, Duration> {
    let counted = kinds.iter().filter(|kind| {
        let counts = &kind.counts;
        counts.completed + counts.failed + counts.dead >= USUAL_RUNS_MIN
    });
    let limit = |kind: &KindRecord| Some((kind.name.clone(), (kind.run?.p95 * OVERDUE_FACTOR).max(OVERDUE_MIN)));
    counted.filter_map(limit).collect()
}

/// The queues that may stand still.
pub(super) fn suspects(watched: &Watched, stalled_after: Duration) -> Vec<&str> {
    let long = watched.runs.iter().filter(|run| run.took >= stalled_after);
    let queues: BTreeSet<&str> = long.map(|run| run.queue.as_str()).collect();
    queues.into_iter().collect()
}

pub(super) fn troubles(
    watched: &Watched,
    usual: &BTreeMap<String, Duration>,
    moving: &BTreeSet<String>,
    stalled_after: Duration,
) -> Vec<Trouble> {
    let workers = watched.workers.iter().filter_map(of_worker);
    let stalled = suspects(watched, stalled_after).into_iter().filter(|queue| !moving.contains(*queue));
    let stalled = stalled.filter_map(|queue| of_queue(queue, watched, stalled_after));
    let runs = watched.runs.iter().filter_map(|run| of_run(run, usual));
    workers.chain(stalled).chain(runs).collect()
}

fn of_worker(worker: &WatchedWorker) -> Option<Trouble> {
    let (id, host, process_id) = (worker.id, worker.host.clone(), worker.process_id);
    let is_settled = |died_at| {
        let needed = if worker.is_buried { RESCUE_TIME } else { BURIAL_TIME };
        worker.now - died_at > needed
    };
    match worker.died_at {
        Some(died_at) if is_settled(died_at) => {
            Some(Trouble::WorkerDied { worker: id, host, process_id, died_at, rescued: worker.rescued })
        }
        _ if worker.is_silent => {
            Some(Trouble::WorkerSilent { worker: id, host, process_id, heard_at: worker.heard_at })
        }
        _ => None,
    }
}

fn of_queue(queue: &str, watched: &Watched, stalled_after: Duration) -> Option<Trouble> {
    let long = watched.runs.iter().filter(|run| run.queue == queue && run.took >= stalled_after);
    let (running, since) = (long.clone().count() as u64, long.map(|run| run.started_at).min()?);
    Some(Trouble::QueueStandsStill { queue: queue.to_owned(), running, since })
}

fn of_run(run: &WatchedRun, usual: &BTreeMap<String, Duration>) -> Option<Trouble> {
    let expected = run.expected.or_else(|| usual.get(&run.kind).copied())?;
    (run.took > expected).then(|| Trouble::RunOverdue {
        job: run.job,
        lease: run.lease,
        kind: run.kind.clone(),
        queue: run.queue.clone(),
        worker: run.worker,
        started_at: run.started_at,
        expected,
    })
}

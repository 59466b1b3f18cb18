//! How a queue is picked, in the words of the workers that serve it.

use std::collections::BTreeSet;

use task_tower::WorkerRecord;

use crate::messages::Messages;

/// What each of the workers says that serves the queue; they may differ. `None` when none does.
pub(super) fn of_queue(queue: &str, workers: &[WorkerRecord], m: Messages) -> Option<String> {
    let serving = workers.iter().filter(|worker| worker.serves(queue));
    let said: BTreeSet<String> = serving.map(|worker| of_worker(queue, worker, m)).collect();
    (!said.is_empty()).then(|| said.into_iter().collect::<Vec<_>>().join("; "))
}

/// What this worker says, be it asked to be quiet or not.
pub(in crate::pages) fn of_worker(queue: &str, worker: &WorkerRecord, m: Messages) -> String {
    match (worker.queue_prioritization.as_str(), rank(queue, worker)) {
        ("alpha_numeric", _) => m.queues_by_name(),
        ("index", Some(rank)) => m.queues_rank(rank),
        ("index", None) => m.queues_rank_none(),
        ("strict", Some(rank)) => m.queues_strict(rank),
        ("weighted", _) => match worker.queue_priorities.get(queue) {
            Some(weight) => m.queues_weight(weight, worker.queue_priorities.values().sum::<i32>()),
            None => m.queues_weight_none(),
        },
        _ => m.queues_fifo(),
    }
}

/// The highest priority has rank 1; equal ones share theirs.
fn rank(queue: &str, worker: &WorkerRecord) -> Option<usize> {
    let own = worker.queue_priorities.get(queue)?;
    let higher: BTreeSet<&i32> = worker.queue_priorities.values().filter(|priority| *priority > own).collect();
    Some(higher.len() + 1)
}

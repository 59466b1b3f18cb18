//! What is wrong at the moment, for programs.

use chrono::{DateTime, Utc};
use serde::Serialize;
use task_tower::{JobId, Trouble, WorkerId};

use super::answer::milliseconds;

/// What does not belong to a trouble is null.
#[derive(Default, Serialize)]
pub(super) struct Told {
    trouble: &'static str,
    since: Option<DateTime<Utc>>,
    worker: Option<String>,
    host: Option<String>,
    rescued: Option<u64>,
    job: Option<JobId>,
    kind: Option<String>,
    expected_ms: Option<f64>,
    queue: Option<String>,
    running: Option<u64>,
}

impl Told {
    /// `None` for one that only a later version of the library knows.
    pub(super) fn of(trouble: Trouble) -> Option<Self> {
        Some(match trouble {
            Trouble::WorkerSilent { worker, host, heard_at, .. } => {
                Self::of_worker("worker_silent", worker, host, heard_at)
            }
            Trouble::WorkerDied { worker, host, died_at, rescued, .. } => {
                Self { rescued: Some(rescued), ..Self::of_worker("worker_died", worker, host, died_at) }
            }
            Trouble::RunOverdue { job, kind, queue, worker, started_at, expected, .. } => Self {
                trouble: "run_overdue",
                since: Some(started_at),
                worker: Some(worker.to_string()),
                job: Some(job),
                kind: Some(kind),
                queue: Some(queue),
                expected_ms: Some(milliseconds(expected)),
                ..Self::default()
            },
            Trouble::QueueStandsStill { queue, running, since, .. } => Self {
                trouble: "queue_stands_still",
                since: Some(since),
                queue: Some(queue),
                running: Some(running),
                ..Self::default()
            },
            _ => return None,
        })
    }

    fn of_worker(trouble: &'static str, worker: WorkerId, host: String, since: DateTime<Utc>) -> Self {
        let (worker, host) = (Some(worker.to_string()), Some(host));
        Self { trouble, since: Some(since), worker, host, ..Self::default() }
    }
}

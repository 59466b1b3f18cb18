//! What is wrong at the moment with workers, runs and queues.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::id::{JobId, WorkerId};

/// Something that is wrong at the moment. Told by [`TaskTower::events`](crate::TaskTower::events) when it begins and
/// when it ends, and as a list by [`Console::troubles`](crate::Console::troubles).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "trouble", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trouble {
    /// A worker was not heard of for more than half of its [`dead_after`](crate::Options::dead_after). It ends when it
    /// is heard again, when it stops, and when it is dead, which is another one.
    #[non_exhaustive]
    WorkerSilent {
        /// The worker.
        worker: WorkerId,
        /// Its host.
        host: String,
        /// Its process there.
        process_id: i64,
        /// When it was last heard.
        heard_at: DateTime<Utc>,
    },
    /// A worker was silent for its [`dead_after`](crate::Options::dead_after): it counts as dead, and others took its
    /// jobs. It is told once and does not end; lists have it for an hour.
    #[non_exhaustive]
    WorkerDied {
        /// The worker.
        worker: WorkerId,
        /// Its host.
        host: String,
        /// Its process there.
        process_id: i64,
        /// When it counted as dead.
        died_at: DateTime<Utc>,
        /// How many jobs were taken from it until now. None, as long as no worker lives that could.
        rescued: u64,
    },
    /// A run takes longer than its kind's [`expected`](crate::KindConfig::expected) time. Where the kind has none: longer
    /// than three times what 95 of 100 runs of its kind took within the last day, if those were at least 20, and
    /// longer than a minute. It ends when the run does, however it ends.
    #[non_exhaustive]
    RunOverdue {
        /// The job.
        job: JobId,
        /// The lease of the run.
        lease: i64,
        /// Its kind.
        kind: String,
        /// Its queue.
        queue: String,
        /// The worker that runs it.
        worker: WorkerId,
        /// When the run began.
        started_at: DateTime<Utc>,
        /// How long it was expected to take at the most.
        expected: Duration,
    },
    /// Of a queue, some job has run for [`stalled_after`](crate::Options::stalled_after), and none has ended meanwhile.
    /// Runs that are within the [`expected`](crate::KindConfig::expected) time of their kind do not count. It ends when a
    /// run of the queue ends.
    #[non_exhaustive]
    QueueStandsStill {
        /// The queue.
        queue: String,
        /// How many of its jobs run so long, of those that were looked at.
        running: u64,
        /// When the first of them began.
        since: DateTime<Utc>,
    },
}

/// What makes a trouble the same at two looks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TroubleKey {
    Silent(i64),
    Died(i64),
    Overdue(JobId, i64),
    StandsStill(String),
}

impl Trouble {
    pub(crate) fn key(&self) -> TroubleKey {
        match self {
            Trouble::WorkerSilent { worker, .. } => TroubleKey::Silent(worker.0),
            Trouble::WorkerDied { worker, .. } => TroubleKey::Died(worker.0),
            Trouble::RunOverdue { job, lease, .. } => TroubleKey::Overdue(*job, *lease),
            Trouble::QueueStandsStill { queue, .. } => TroubleKey::StandsStill(queue.clone()),
        }
    }

    /// Whether it goes on until it ends. What happened in one moment does not.
    #[must_use]
    pub fn lasts(&self) -> bool {
        !matches!(self, Trouble::WorkerDied { .. })
    }
}

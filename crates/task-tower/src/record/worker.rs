//! One worker, as a list shows it.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::id::{JobId, WorkerId};

/// A worker: a process that runs jobs, or ran them until lately.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct WorkerRecord {
    /// Its id, new for each start of the process.
    pub id: WorkerId,
    /// The machine's host name.
    pub host: String,
    /// The process id on that machine.
    pub process_id: i64,
    /// The version of Task Tower it runs.
    pub version: String,
    /// The version of the program it is part of, if [that says so](crate::Options::app_version).
    pub app_version: Option<String>,
    /// How many jobs it runs at a time at the most.
    pub slots: i32,
    /// How many slots were in use at the last heartbeat.
    pub busy: i32,
    /// The jobs in those slots, at most 1,000 of them, the longest running first.
    pub running: Vec<JobId>,
    /// What it was asked to do, if anything.
    pub command: Option<WorkerCommand>,
    /// How much memory its process took at the last heartbeat: what was resident, in bytes. `None` before its first heartbeat,
    /// and where the system does not say (it does on Linux).
    pub memory_bytes: Option<i64>,
    /// Whether it was subscribed in Redis at the last heartbeat; else NOTIFY wakes it. `None` when it has no
    /// [`redis_url`](crate::Options::redis_url).
    pub by_redis: Option<bool>,
    /// The kinds it knows.
    pub kinds: Vec<String>,
    /// The queues it serves; empty for all of them.
    pub queues: Vec<String>,
    /// How it chooses among queues, in the word of [`QueuePrioritization`](crate::QueuePrioritization): `none`,
    /// `alpha_numeric`, `index`, `strict` or `weighted`.
    pub queue_prioritization: String,
    /// The priorities or weights of queues that it was given.
    pub queue_priorities: BTreeMap<String, i32>,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it was last heard of.
    pub heartbeat_at: DateTime<Utc>,
    /// When it stopped or was found dead; `None` while it works. One that was not heard of for its
    /// [`dead_after`](crate::Options::dead_after) is dead from then on, also while no worker lives that could find it so.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended: `stopped`, or `silent` when its heartbeats stayed away.
    pub ended_how: Option<String>,
}

impl WorkerRecord {
    /// Whether it claims jobs of this queue: it lives, was not asked to be quiet or to stop, and the queue is one
    /// of its own.
    #[must_use]
    pub fn serves(&self, queue: &str) -> bool {
        let is_asked_not_to = matches!(self.command, Some(WorkerCommand::Quiet | WorkerCommand::Stop));
        self.ended_at.is_none() && !is_asked_not_to && self.is_given(queue)
    }

    /// Whether it claims jobs of this queue as long as it lives and nobody asks it not to.
    #[must_use]
    pub fn is_given(&self, queue: &str) -> bool {
        let is_named = self.queues.is_empty() || self.queues.iter().any(|served| served == queue);
        is_named && (self.queue_prioritization != "strict" || self.queue_priorities.contains_key(queue))
    }
}

/// A job in a slot of a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RunningJob {
    /// The worker that runs it.
    pub worker: WorkerId,
    /// The job.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// What the worker that started last with this kind calls it, if it calls it anything else.
    pub display_name: Option<String>,
    /// Its queue.
    pub queue: String,
    /// When the run began.
    pub started_at: DateTime<Utc>,
}

impl RunningJob {
    /// What people call it: the display name of its kind, or the kind.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.kind)
    }
}

/// What a person can ask of a worker from afar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum WorkerCommand {
    /// To claim no more jobs, until it is resumed. What runs goes on.
    Quiet,
    /// To stop as on SIGTERM.
    Stop,
}

impl WorkerCommand {
    /// The command as a word, as it stands in the database.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            WorkerCommand::Quiet => "quiet",
            WorkerCommand::Stop => "stop",
        }
    }

    /// One that a later version knows is none here.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [WorkerCommand::Quiet, WorkerCommand::Stop].into_iter().find(|command| command.as_str() == word)
    }
}

impl fmt::Display for WorkerCommand {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

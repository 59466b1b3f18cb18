//! One worker, as a list shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::id::WorkerId;

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
    /// How many jobs it runs at a time at the most.
    pub slots: i32,
    /// How many slots were in use at the last heartbeat.
    pub busy: i32,
    /// The kinds it knows.
    pub kinds: Vec<String>,
    /// The queues it serves; empty for all of them.
    pub queues: Vec<String>,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it was last heard of.
    pub heartbeat_at: DateTime<Utc>,
    /// When it stopped or was found dead; `None` while it works.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended: `stopped`, or `silent` when its heartbeats stayed away.
    pub ended_how: Option<String>,
}

//! One kind of job, as lists and its page show it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::histogram::Percentiles;
use super::id::WorkerId;
use super::series::{Counts, Tallied};

/// One kind of job, as runs of a window tell of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct KindRecord {
    /// The kind.
    pub name: String,
    /// What people call it, if its configuration says so.
    pub display_name: Option<String>,
    /// What was counted.
    pub counts: Counts,
    /// Which part of the runs completed, from 0 to 1; cancelled ones left out, and `None` when there were no others.
    pub success_rate: Option<f64>,
    /// How long runs waited for a slot once they were due; `None` when there were none.
    pub wait: Option<Percentiles>,
    /// How long they took.
    pub run: Option<Percentiles>,
}

impl KindRecord {
    pub(crate) fn new(name: String, display_name: Option<String>, tallied: &Tallied) -> Self {
        Self {
            name,
            display_name,
            counts: tallied.counts,
            success_rate: tallied.counts.success_rate(),
            wait: tallied.waits.percentiles(),
            run: tallied.runs.percentiles(),
        }
    }
}

/// How a worker is set up to run a kind, as it told when it registered: what its options, the registration and the
/// type say together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct KindSetup {
    /// The queue that its jobs go to, unless the call says otherwise.
    pub queue: String,
    /// Which jobs of a queue run first: higher before lower.
    pub priority: i16,
    /// How often a failed job is run again before it is dead.
    pub max_retries: u32,
    /// The longest that one run may take, in milliseconds; `None` for no limit.
    pub timeout_ms: Option<u64>,
    /// `standard`, or `custom` for a function of the program's own.
    pub retry_policy: String,
    /// The shortest and the longest delay before each retry, in milliseconds, from the first one on; of at most 25
    /// retries. Those of a function of the program are as it answered when it was asked once.
    pub retry_delays_ms: Vec<(u64, u64)>,
    /// Which of its jobs are the same; `None` for none.
    pub unique: Option<UniqueSetup>,
    /// The names of the types of its interceptors, by their moment: `enqueue`, `pre_processing`, `around`, `success`,
    /// `failure`, `death`, `requeue`, `cancel`. Those of all kinds are among them. At each moment in the order in which they run.
    pub interceptors: BTreeMap<String, Vec<String>>,
}

/// What makes two jobs of a kind the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UniqueSetup {
    /// All of the payload.
    Payload,
    /// These fields of it.
    Fields(Vec<String>),
    /// That they are of the kind.
    Kind,
}

/// One way in which workers run a kind, and who does so.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct KindRegistration {
    /// How they are set up.
    pub setup: KindSetup,
    /// The workers, those that came first first.
    pub workers: Vec<WorkerId>,
    /// The versions of their program, or of Task Tower where that does not say its own.
    pub versions: Vec<String>,
    /// Whether they live. Others are told of only while nobody lives who knows the kind.
    pub lives: bool,
}

/// How many jobs of a kind ended with so many runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AttemptCount {
    /// So many runs. The last number also stands for all that took more.
    pub attempts: u32,
    /// Jobs that completed.
    pub completed: u64,
    /// Jobs that died.
    pub dead: u64,
}

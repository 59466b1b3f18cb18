//! One kind of job, as lists and its page show it.

use serde::Serialize;

use super::histogram::Percentiles;
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

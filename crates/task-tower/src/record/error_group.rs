//! Failures that look alike.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::id::JobId;
use super::job::Failure;
use super::pattern::pattern;

/// What failures of one group have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Likeness {
    pub(crate) fingerprint: String,
    pub(crate) kind: String,
    pub(crate) class: String,
    /// The message without numbers, ids and the like.
    pub(crate) message: String,
}

impl Likeness {
    pub(crate) fn of(kind: &str, failure: &Failure) -> Self {
        Self::new(kind, &failure.class, pattern(&failure.message))
    }

    /// Of what takes down the worker of such jobs.
    pub(crate) fn of_crash(kind: &str) -> Self {
        Self::new(kind, "WorkerLost", pattern("worker 1 died while running this job"))
    }

    fn new(kind: &str, class: &str, message: String) -> Self {
        let fingerprint = fingerprint(kind, class, &message);
        Self { fingerprint, kind: kind.to_owned(), class: class.to_owned(), message }
    }
}

/// As the SQL function of this name makes it.
fn fingerprint(kind: &str, class: &str, message: &str) -> String {
    let digest = Sha256::digest(format!("{kind}\n{class}\n{message}"));
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Failures of one kind, of the same class, with the same message but for numbers, ids, times and long
/// quotations.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ErrorGroup {
    /// What names it: twelve hexadecimal digits. Jobs carry it, see [`JobRecord::error_group`](crate::JobRecord::error_group).
    pub fingerprint: String,
    /// The kind of the jobs.
    pub kind: String,
    /// The type of the error or its variant; `Panic`, `Timeout`, `Decode`, `WorkerLost`.
    pub class: String,
    /// The message, with `<n>` in place of numbers, `<id>` of ids, `<time>`, `<hex>` and `<text>`.
    pub message: String,
    /// When it first occurred.
    pub first_seen_at: DateTime<Utc>,
    /// When it last occurred.
    pub last_seen_at: DateTime<Utc>,
    /// The [`app_version`](crate::Options::app_version) of the worker where it first occurred.
    pub first_version: Option<String>,
    /// The same of the worker where it last occurred; of a worker that was lost, its own.
    pub last_version: Option<String>,
    /// How often it occurred.
    pub occurrences: u64,
    /// A job to which it happened lately; it may be gone by now.
    pub sample_job: JobId,
    /// The queues of the jobs, at most 32.
    pub queues: Vec<String>,
    /// Since when somebody holds it for mended; `None` again when it occurs again.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who said so.
    pub resolved_by: Option<String>,
    /// When it last occurred again after that.
    pub regressed_at: Option<DateTime<Utc>>,
    /// Until when nobody wants to see it.
    pub muted_until: Option<DateTime<Utc>>,
    /// How often it occurred lately.
    pub counts: ErrorCounts,
    /// The same for each of the last 60 minutes, oldest first.
    pub last_hour: Vec<u64>,
    /// Jobs that are dead, and for which it was the last failure. Counted up to 1,001 in a list, and up to
    /// [`COUNT_MAX`](crate::COUNT_MAX) for a single group.
    pub dead: u64,
    /// Jobs that wait for their retry after it, or run again. Counted as the dead ones.
    pub retrying: u64,
}

/// How often something occurred within the time until now. From three hours on, by whole hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ErrorCounts {
    /// Within an hour.
    pub hour: u64,
    /// Within three hours.
    pub three_hours: u64,
    /// Within a day.
    pub day: u64,
    /// Within three days.
    pub three_days: u64,
    /// Within seven days.
    pub week: u64,
}

/// One group, with what became of its jobs.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ErrorGroupDetails {
    /// The group.
    pub group: ErrorGroup,
    /// Jobs that have completed since, counted up to [`COUNT_MAX`](crate::COUNT_MAX).
    pub recovered: u64,
    /// The failure of the sample, as long as that is kept.
    pub sample: Option<Failure>,
}

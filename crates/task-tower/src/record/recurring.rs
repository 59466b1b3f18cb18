//! Recurring jobs, and what became of their times.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::id::JobId;
use super::state::JobState;
use crate::error::Error;

/// The most missed times of one recurring job that are made up for at once.
pub const MISSED_RUNS_MAX: u32 = 100;

/// How many of the latest times of a recurring job are shown and always kept.
pub const TICKS_SHOWN: usize = 20;

/// What becomes of times at which no worker lived.
///
/// A time was missed when a later one has come, too, before any worker dealt with it. Under [`Skip`](MissedRuns::Skip), the
/// latest one was missed, too, when it is found more than a minute late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissedRuns {
    /// They are left out.
    Skip,
    /// They are made up for by one run, that of the latest time: the default.
    #[default]
    Once,
    /// Each is made up for, but no more than the latest so many: 1 to [`MISSED_RUNS_MAX`].
    All(u32),
}

/// What becomes of a time while the job of an earlier one lives: it runs, waits for a slot, or waits for its retry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Overlap {
    /// Its job is enqueued beside the other: the default.
    #[default]
    Allow,
    /// It is left out.
    Skip,
    /// The first such time waits until the other has ended, and is enqueued within a second then; those after it are left out
    /// meanwhile.
    Queue,
}

/// What became of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TickOutcome {
    /// A job was enqueued for it.
    Enqueued,
    /// A person had a job enqueued at this time, which is none of the schedule's.
    ByHand,
    /// It waits for the end of an earlier job, see [`Overlap::Queue`].
    Queued,
    /// It was left out, because an earlier job lived.
    Overlap,
    /// It was missed, and not made up for.
    Missed,
    /// It was left out, because a person said so.
    Skipped,
}

/// A job that recurs, as it is kept.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RecurringRecord {
    /// What it is called: no two have the same name.
    pub name: String,
    /// The kind of its jobs.
    pub kind: String,
    /// Their data.
    pub payload: serde_json::Value,
    /// Their queue.
    pub queue: String,
    /// Their priority.
    pub priority: i16,
    /// How many retries they may have.
    pub max_retries: u32,
    /// Their tags.
    pub tags: Vec<String>,
    /// The longest that one run may take, in milliseconds; `None` for the default of the kind.
    pub timeout_ms: Option<i64>,
    /// When it recurs, see [`Recurrence`](crate::Recurrence).
    pub expression: String,
    /// The name of its zone.
    pub zone: String,
    /// What becomes of times that were missed.
    pub missed: MissedRuns,
    /// What becomes of a time while an earlier job lives.
    pub overlap: Overlap,
    /// Jobs begin up to so many milliseconds after their time.
    pub jitter_ms: u64,
    /// When it comes next; `None` while it is paused without an end, or when it never comes again.
    pub next_at: Option<DateTime<Utc>>,
    /// Whether that one is left out.
    pub skips_next: bool,
    /// Since when it is paused; `None` when it is not.
    pub paused_at: Option<DateTime<Utc>>,
    /// Until when it is paused; `None` for until it is resumed.
    pub paused_until: Option<DateTime<Utc>>,
    /// Who paused it.
    pub paused_by: Option<String>,
    /// Why, in the words of the person who did.
    pub paused_reason: Option<String>,
    /// The program whose code says it; `None` for one that was added at run time.
    pub source: Option<String>,
    /// Whether it was edited since its code said it.
    pub is_edited: bool,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed, paused, resumed, or told to leave a time out.
    pub changed_at: DateTime<Utc>,
    /// Another one once it was changed: for [`Console::if_unchanged`](crate::Console::if_unchanged).
    pub revision: String,
    /// What became of its latest time that has come; `None` before the first.
    pub latest: Option<TickRecord>,
}

/// A time of a recurring job that has come, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TickRecord {
    /// The time.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub outcome: TickOutcome,
    /// How many times, this one among them, were missed; 0 when none was.
    pub missed: u32,
    /// The job that was enqueued for it.
    pub job: Option<JobId>,
    /// The state of that job; `None` when it is not kept any more.
    pub state: Option<JobState>,
    /// When the latest run of that job began.
    pub attempted_at: Option<DateTime<Utc>>,
    /// When that job ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// One recurring job, and what became of its latest times.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RecurringDetails {
    /// The job.
    pub recurring: RecurringRecord,
    /// What became of its latest [`TICKS_SHOWN`] times that have come, the newest first.
    pub ticks: Vec<TickRecord>,
    /// What time the database has.
    pub now: DateTime<Utc>,
}

impl MissedRuns {
    pub(crate) fn from_parts(word: &str, most: Option<i32>) -> Self {
        match word {
            "skip" => MissedRuns::Skip,
            "all" => MissedRuns::All(most.and_then(|most| u32::try_from(most).ok()).unwrap_or(1)),
            _ => MissedRuns::Once,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            MissedRuns::Skip => "skip",
            MissedRuns::Once => "once",
            MissedRuns::All(_) => "all",
        }
    }

    pub(crate) fn most(self) -> Option<i32> {
        match self {
            MissedRuns::All(most) => Some(most.cast_signed()),
            _ => None,
        }
    }
}

/// `skip`, `once`, or `all:10` for the latest ten.
impl fmt::Display for MissedRuns {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MissedRuns::All(most) => write!(out, "all:{most}"),
            other => out.write_str(other.word()),
        }
    }
}

impl FromStr for MissedRuns {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = || {
            let shown: String = text.chars().take(40).collect();
            Error::invalid(format!("missed \"{}\" is not skip, once, or all:N for the latest N", shown.escape_debug()))
        };
        match text {
            "skip" => Ok(MissedRuns::Skip),
            "once" => Ok(MissedRuns::Once),
            _ => text.strip_prefix("all:").and_then(|most| most.parse().ok()).map(MissedRuns::All).ok_or_else(fault),
        }
    }
}

impl Serialize for MissedRuns {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MissedRuns {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Overlap {
    /// The word for it: `allow`, `skip` or `queue`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Overlap::Allow => "allow",
            Overlap::Skip => "skip",
            Overlap::Queue => "queue",
        }
    }
}

impl FromStr for Overlap {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = [Overlap::Allow, Overlap::Skip, Overlap::Queue].into_iter().find(|known| known.as_str() == text);
        let shown: String = text.chars().take(40).collect();
        known.ok_or_else(|| Error::invalid(format!("overlap \"{}\" is not allow, skip or queue", shown.escape_debug())))
    }
}

impl TickOutcome {
    /// The word for it: `enqueued`, `by_hand`, `queued`, `overlap`, `missed` or `skipped`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            TickOutcome::Enqueued => "enqueued",
            TickOutcome::ByHand => "by_hand",
            TickOutcome::Queued => "queued",
            TickOutcome::Overlap => "overlap",
            TickOutcome::Missed => "missed",
            TickOutcome::Skipped => "skipped",
        }
    }

    pub(crate) fn of_word(word: &str) -> Self {
        use TickOutcome::{ByHand, Enqueued, Missed, Overlap, Queued, Skipped};
        [ByHand, Queued, Overlap, Missed, Skipped].into_iter().find(|known| known.as_str() == word).unwrap_or(Enqueued)
    }
}

impl RecurringRecord {
    /// Whether it is paused at this time.
    #[must_use]
    pub fn is_paused(&self, now: DateTime<Utc>) -> bool {
        self.paused_at.is_some() && self.paused_until.is_none_or(|until| until > now)
    }
}

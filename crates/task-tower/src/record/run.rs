//! One finished run, as a comparison of runs shows it.

use chrono::TimeDelta;
use serde::{Serialize, Serializer};

use super::id::JobId;
use super::state::JobState;

/// How the last run of a finished job went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RunRecord {
    /// The job.
    pub id: JobId,
    /// How it ended.
    pub state: JobState,
    /// How long the run took; as milliseconds when it is serialized.
    #[serde(rename = "took_ms", serialize_with = "milliseconds")]
    pub took: TimeDelta,
}

fn milliseconds<S: Serializer>(time: &TimeDelta, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.num_milliseconds())
}

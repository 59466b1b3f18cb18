//! The latest runs of a kind.

use super::Console;
use crate::error::Result;
use crate::record::RunRecord;
use crate::store;

/// The most runs that are told at once.
const RUNS_MAX: usize = 1_000;

impl Console {
    /// The latest jobs of a kind that ran to an end, completed or dead, the newest first: each with how long its
    /// last run took. At most 1,000. Dead ones that were discarded while they waited are left out.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn runs_of_kind(&self, kind: &str, limit: usize) -> Result<Vec<RunRecord>> {
        store::runs_of_kind(&self.readers, kind, limit.min(RUNS_MAX) as i64).await
    }
}

//! Which jobs await which.

use super::Console;
use crate::error::Result;
use crate::record::{JobId, Relations};
use crate::store;

/// The most jobs that are told of those that await one.
pub const RELATIVES_MAX: usize = 100;

impl Console {
    /// The jobs that this one awaits or awaited, and those that await it or did. Empty for a job that does not exist.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn relations(&self, id: JobId) -> Result<Relations> {
        store::relations(&self.readers, id, RELATIVES_MAX as i64).await
    }
}

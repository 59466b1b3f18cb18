//! Kinds of jobs, as their runs tell of them.

use serde::Serialize;

use super::Console;
use crate::error::{Error, Result};
use crate::record::{Axis, KindRecord, Series, Window};
use crate::store;

/// One kind of job, with its runs over time.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct KindDetails {
    /// The kind, and the window as a whole.
    pub kind: KindRecord,
    /// Step by step, with the heat map of its run times.
    pub series: Series,
}

impl Console {
    /// The kinds that some worker knows or knew, by name, and what their runs of the window were like.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn kinds(&self, window: Window) -> Result<Vec<KindRecord>> {
        let kinds = store::kinds(&self.readers, window).await?;
        Ok(kinds
            .into_iter()
            .map(|(name, (display_name, tallied))| KindRecord::new(name, display_name, &tallied))
            .collect())
    }

    /// One kind, with its runs over time.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when no worker ever knew the kind.
    pub async fn kind(&self, name: &str, window: Window) -> Result<KindDetails> {
        let axis = Axis::Kind(name.to_owned());
        let (series, kinds) = tokio::try_join!(self.series(&axis, window), self.kinds(window))?;
        let kind = kinds.into_iter().find(|kind| kind.name == name);
        let kind = kind.ok_or_else(|| Error::not_found(format!("kind \"{}\" is not known", name.escape_debug())))?;
        Ok(KindDetails { kind, series })
    }
}

//! How many busy workers look for the same jobs: each looks the more seldom, so that all of them together look as often as one.

use std::time::{Duration, Instant};

use super::engine::Engine;
use crate::error::Result;
use crate::store;

/// How long an answer holds.
const INTERVAL: Duration = Duration::from_secs(1);
/// A job must not wait long because a worker that counts as awake hangs.
const COMPANY_MAX: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Company {
    size: Option<usize>,
    asked: Option<Instant>,
}

impl Company {
    /// 1 to [`COMPANY_MAX`], with ourselves.
    pub(super) fn size(&self) -> usize {
        self.size.unwrap_or(1)
    }

    pub(super) fn is_stale(&self) -> bool {
        self.asked.is_none_or(|when| when.elapsed() > INTERVAL)
    }

    pub(super) async fn count(&mut self, engine: &Engine) -> Result<()> {
        let size = store::company(&engine.work, &engine.options.queues).await?;
        *self = Self { size: Some(size.clamp(1, COMPANY_MAX)), asked: Some(Instant::now()) };
        Ok(())
    }
}

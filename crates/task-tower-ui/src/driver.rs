//! Works on open operations in the background, from the first request of the dashboard on: so that one
//! that a process left behind goes on in the next, and none needs a worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use task_tower::Console;

/// A database that is away is asked again after this time, as long as anybody looks at the dashboard.
const PAUSE: Duration = Duration::from_secs(1);
/// What then is still open waits for the next request that wakes us.
const FAILURES_MAX: u32 = 60;

#[derive(Clone)]
pub(crate) struct Driver {
    console: Console,
    at_work: Arc<AtomicBool>,
    was_woken: Arc<AtomicBool>,
}

impl Driver {
    pub(crate) fn new(console: Console) -> Self {
        Self { console, at_work: Arc::default(), was_woken: Arc::default() }
    }

    /// Looks for what another process may have left, once.
    pub(crate) fn wake_once(&self) {
        if !self.was_woken.swap(true, Ordering::Relaxed) {
            self.wake();
        }
    }

    /// There may be an open operation.
    pub(crate) fn wake(&self) {
        if !self.at_work.swap(true, Ordering::AcqRel) {
            tokio::spawn(self.clone().work());
        }
    }

    async fn work(self) {
        let mut failures = 0;
        while failures < FAILURES_MAX {
            match self.console.work_operations().await {
                Ok(true) => failures = 0,
                Ok(false) => break,
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, "could not go on with an operation, trying again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        self.at_work.store(false, Ordering::Release);
    }
}

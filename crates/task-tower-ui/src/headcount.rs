//! The numbers beside the navigation. One question now and then for all pages and all visitors, whatever they do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use task_tower::{Census, Console};

/// How long an answer counts.
const KNOWN_FOR: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, Default)]
pub(crate) struct Headcount {
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    census: Option<Census>,
    asked_at: Option<Instant>,
}

impl Headcount {
    /// What is known, asked anew if that was long ago. Who comes while somebody asks is told what was known before:
    /// nobody waits for numbers that somebody else has asked for.
    pub(crate) async fn look(&self, console: &Console) -> Option<Census> {
        if !self.is_due() {
            return self.known().census;
        }
        let census = console.census().await.ok();
        self.known().census = census;
        census
    }

    /// Whether it is this caller who asks.
    fn is_due(&self) -> bool {
        let mut known = self.known();
        let is_due = known.asked_at.is_none_or(|at| at.elapsed() >= KNOWN_FOR);
        if is_due {
            known.asked_at = Some(Instant::now());
        }
        is_due
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! A state as the page shows it: a color, a word and a shape of its own.

use task_tower::JobState;

/// The state of a job, ready for the template `parts/badge.html`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Badge {
    pub(crate) state: JobState,
}

impl Badge {
    pub(crate) fn class(&self) -> &'static str {
        self.state.as_str()
    }

    pub(crate) fn word(&self) -> &'static str {
        match self.state {
            JobState::Scheduled => "Scheduled",
            JobState::Enqueued => "Enqueued",
            JobState::Processing => "Processing",
            JobState::Completed => "Completed",
            JobState::Failed => "Failed",
            JobState::Dead => "Dead",
            JobState::Cancelled => "Cancelled",
            _ => "Unknown",
        }
    }
}

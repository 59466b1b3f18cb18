//! The states of a job, and why one ended.

use task_tower::JobState;

use super::{Messages, messages};

messages! {
    state_scheduled => "Scheduled";
    state_enqueued => "Enqueued";
    state_processing => "Processing";
    state_completed => "Completed";
    state_failed => "Failed";
    state_dead => "Dead";
    state_cancelled => "Cancelled";
    state_awaiting => "Awaiting";
    state_unknown => "Unknown";
    reason_retries => "no retries left";
    reason_poison => "took its worker down too often";
    reason_decode => "the payload does not decode";
    reason_discarded => "discarded";
    reason_parent => "a job that it awaited did not complete";
    reason_requeued => "requeued";
    reason_rescued => "rescued";
    reason_released => "given back at shutdown";
    reason_snoozed => "snoozed";
}

impl Messages {
    /// The same of a state by its name.
    pub(crate) fn state_word(self, state: &str) -> String {
        state.parse().map_or_else(|_| self.state_unknown(), |state| self.state(state))
    }

    pub(crate) fn state(self, state: JobState) -> String {
        match state {
            JobState::Scheduled => self.state_scheduled(),
            JobState::Awaiting => self.state_awaiting(),
            JobState::Enqueued => self.state_enqueued(),
            JobState::Processing => self.state_processing(),
            JobState::Completed => self.state_completed(),
            JobState::Failed => self.state_failed(),
            JobState::Dead => self.state_dead(),
            JobState::Cancelled => self.state_cancelled(),
            _ => self.state_unknown(),
        }
    }

    /// A reason as it is stored, in the words of the page; what a person wrote stays as it is.
    pub(crate) fn reason(self, stored: &str) -> String {
        match stored {
            "retries" => self.reason_retries(),
            "poison" => self.reason_poison(),
            "decode" => self.reason_decode(),
            "discarded" => self.reason_discarded(),
            "parent" => self.reason_parent(),
            "requeued" => self.reason_requeued(),
            "rescued" => self.reason_rescued(),
            "released" => self.reason_released(),
            "snoozed" => self.reason_snoozed(),
            words => words.to_owned(),
        }
    }
}

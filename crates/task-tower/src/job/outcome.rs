//! How a run ended that did not fail.

use std::time::Duration;

use serde::Serialize;

use super::error::JobError;
use super::payload::fault;

/// The largest result that is kept, in bytes of JSON.
pub const RESULT_BYTES_MAX: usize = 1024 * 1024;

/// How a run ended that did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Done.
    Done,
    /// Done, with a result that is kept with the job, as JSON. Made by [`Outcome::done_with`].
    #[non_exhaustive]
    DoneWith(String),
    /// Not yet: to be run again after this time. The run does not count as a failure.
    Snooze(Duration),
    /// Not wanted any more: the job is cancelled, with this reason.
    Cancel(String),
}

impl Outcome {
    /// Done, with a result that is kept with the job for as long as that is: see
    /// [`JobRecord::result`](crate::JobRecord::result).
    ///
    /// # Errors
    ///
    /// The job is dead when the result cannot be written as JSON, is larger than
    /// [`RESULT_BYTES_MAX`], is nested deeper than 100, or has a NUL in it: another run would give no
    /// other, and repeat what this one did.
    pub fn done_with<T: Serialize + ?Sized>(result: &T) -> Result<Self, JobError> {
        let json = serde_json::to_string(result)
            .map_err(|error| JobError::discard(format_args!("the result cannot be written as JSON: {error}")))?;
        match fault(&json, RESULT_BYTES_MAX) {
            Some(fault) => Err(JobError::discard(format_args!("the result {fault}"))),
            None => Ok(Self::DoneWith(json)),
        }
    }
}

/// A result that is kept with the job: what a handler returns in place of `()`.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use task_tower::{Job, JobError, Output};
///
/// #[derive(Serialize, Deserialize)]
/// struct AddUp {
///     numbers: Vec<u64>,
/// }
///
/// impl Job for AddUp {
///     const KIND: &'static str = "add_up";
/// }
///
/// async fn add_up(job: AddUp) -> Result<Output<u64>, JobError> {
///     Ok(Output(job.numbers.iter().sum()))
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Output<T>(pub T);

/// What a handler may return on success: nothing, an [`Output`], or an [`Outcome`].
#[diagnostic::on_unimplemented(
    message = "a handler cannot succeed with `{Self}`",
    label = "succeeds with `{Self}`",
    note = "a handler returns `Result<(), JobError>`; `Result<Output<T>, JobError>` keeps a result with the job, and \
            `Result<Outcome, JobError>` can also snooze or cancel it"
)]
pub trait IntoOutcome {
    /// The outcome.
    ///
    /// # Errors
    ///
    /// As for [`Outcome::done_with`].
    fn into_outcome(self) -> Result<Outcome, JobError>;
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Result<Outcome, JobError> {
        Ok(Outcome::Done)
    }
}

impl IntoOutcome for Outcome {
    fn into_outcome(self) -> Result<Outcome, JobError> {
        Ok(self)
    }
}

impl<T: Serialize> IntoOutcome for Output<T> {
    fn into_outcome(self) -> Result<Outcome, JobError> {
        Outcome::done_with(&self.0)
    }
}

//! What a handler may ask for beside the job itself.

use std::future::Future;
use std::ops::{Deref, DerefMut};

use super::context::JobContext;
use super::error::JobError;
use super::states::States;

/// Something that a handler can have as a parameter, made from the run's context.
///
/// Implement it to write an extractor of your own.
#[diagnostic::on_unimplemented(
    message = "a handler cannot ask for `{Self}`",
    label = "not an extractor",
    note = "a handler runs one kind of job, which is its first parameter; every other one is `State<T>`, \
            `Extension<T>`, `JobContext`, or a type of yours that implements `task_tower::FromContext`, by value",
    note = "a second kind of job wants a handler of its own"
)]
pub trait FromContext: Sized + Send {
    /// Makes the value. An error fails the run, which is retried by the kind's policy.
    fn from_context(context: &JobContext) -> impl Future<Output = Result<Self, JobError>> + Send;

    /// Says at build time what is missing, so that a handler which could never run is refused
    /// before the first job. Default: nothing is.
    ///
    /// # Errors
    ///
    /// Names the missing state.
    fn check(_states: &States) -> Result<(), MissingState> {
        Ok(())
    }
}

/// A state that a handler asks for and nobody gave.
#[derive(Debug)]
pub struct MissingState {
    pub(crate) type_name: &'static str,
}

/// The application's own value of type `T`, given to the builder by `state`.
#[derive(Clone, Copy, Debug, Default)]
pub struct State<T>(pub T);

impl<T: Clone + Send + Sync + 'static> FromContext for State<T> {
    async fn from_context(context: &JobContext) -> Result<Self, JobError> {
        context.state().map(State)
    }

    fn check(states: &States) -> Result<(), MissingState> {
        match states.has::<T>() {
            true => Ok(()),
            false => Err(MissingState { type_name: name::<T>() }),
        }
    }
}

/// A value that an interceptor put into this run by
/// [`JobContext::set_extension`](crate::JobContext::set_extension). The run fails when none did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extension<T>(pub T);

impl<T: Clone + Send + Sync + 'static> FromContext for Extension<T> {
    async fn from_context(context: &JobContext) -> Result<Self, JobError> {
        context.extension().map(Extension).ok_or_else(|| {
            let name = name::<T>();
            JobError::new(format_args!(
                "there is no extension of type {name}: no pre-processing interceptor of kind \"{}\" has set one",
                context.kind()
            ))
        })
    }
}

impl FromContext for JobContext {
    async fn from_context(context: &JobContext) -> Result<Self, JobError> {
        Ok(context.clone())
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for State<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> Deref for Extension<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Extension<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

fn name<T>() -> &'static str {
    std::any::type_name::<T>()
}

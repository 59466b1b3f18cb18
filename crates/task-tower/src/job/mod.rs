//! What users write: the data of a job, its handler, and what a handler may ask for.

mod blocking;
mod class;
mod completion;
mod config;
mod context;
mod contextualizer;
mod enqueue;
mod error;
mod extensions;
mod extract;
mod function;
mod handler;
mod interceptor;
mod outcome;
mod panics;
mod parameters;
mod payload;
mod progress;
mod registry;
mod setup;
mod states;
mod unique;

pub use blocking::{Blocking, blocking};
pub use completion::Completion;
pub use config::KindConfig;
pub use context::JobContext;
pub use contextualizer::{Contextualizer, PARAMETERS_BYTES_MAX};
pub use enqueue::{EnqueueContext, EnqueueInterceptor};
pub use error::JobError;
pub use extract::{Extension, FromContext, MissingState, State};
pub use handler::Handler;
pub use interceptor::{AroundInterceptor, ErrorDetails, Interceptor, InterceptorContext, Next};
pub use outcome::{IntoOutcome, Outcome, Output, RESULT_BYTES_MAX};
pub use payload::Payload;
pub use states::States;
pub use unique::{UNIQUE_KEY_BYTES_MAX, Unique};

pub(crate) use context::Run;
pub(crate) use contextualizer::AnyContextualizer;
pub(crate) use enqueue::AnyEnqueueInterceptor;
#[cfg(feature = "tracing-subscriber-0_3")]
pub(crate) use error::Bounded;
pub(crate) use error::{Verdict, bounded};
pub(crate) use handler::Crash;
pub(crate) use interceptor::{AnyInterceptor, Interceptors};
pub(crate) use panics::{catch, drop_quietly};
pub(crate) use payload::encode;
pub(crate) use progress::{Board, Told};
pub(crate) use registry::{Kind, Registry};
pub(crate) use unique::check_unique_key;

use std::time::Duration;

use crate::config::MAX_RETRIES_DEFAULT;

/// The data of a job, with a name that stays.
///
/// A job is its data; what to do with it is a handler, registered where workers run. So a service
/// that only enqueues needs this type and nothing else.
///
/// Jobs wait, and old and new programs run side by side: a payload that does not decode any more is
/// dead at once, with the reason `decode`. So give new fields `#[serde(default)]`, and renamed ones
/// `#[serde(alias = "…")]`.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use task_tower::Job;
///
/// #[derive(Serialize, Deserialize)]
/// struct SendWelcome {
///     user_id: i64,
/// }
///
/// impl Job for SendWelcome {
///     const KIND: &'static str = "send_welcome";
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a job",
    label = "not a job",
    note = "a job derives `serde::Serialize` and `serde::Deserialize`, and has a name: \
            `impl task_tower::Job for YourJob {{ const KIND: &'static str = \"your_job\"; }}`",
    note = "in a handler the job is the first parameter, by value; `State<T>`, `JobContext` and others come after it"
)]
pub trait Job: Payload + Send + 'static {
    /// The name under which jobs of this type are stored and handlers are found: 1 to 64 bytes.
    /// It must stay the same when the type is renamed or moved; waiting jobs know it by this name.
    const KIND: &'static str;

    /// The queue that jobs of this type go to unless the kind's configuration or the call says
    /// otherwise.
    const QUEUE: &'static str = "default";

    /// How often a failed job is run again before it is dead, unless the kind's configuration or
    /// the call says otherwise: 0 to 1,000.
    const MAX_RETRIES: u32 = MAX_RETRIES_DEFAULT;

    /// Which jobs of a queue run first: higher before lower, -100 to 100.
    const PRIORITY: i16 = 0;

    /// The longest that one run may take; `None` for no limit, since a default would kill
    /// somebody's long job.
    const TIMEOUT: Option<Duration> = None;

    /// Which jobs of this type are the same, so that only one of them lives at a time; `None` for none.
    /// It holds wherever the type is enqueued, unlike the kind's configuration, which only a process that
    /// registers the handler has.
    const UNIQUE: Option<Unique> = None;
}

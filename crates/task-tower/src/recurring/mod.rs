//! Recurring jobs as code and people say them, and every change of one: what it makes of its next time. The rules of time
//! stand in `recurrence`, what a worker does when a time has come in `worker/ticker.rs`.

mod changes;
mod code;
mod draft;
mod job;

pub use draft::{JITTER_MAX, RecurringDraft};
pub use job::RecurringJob;

pub(crate) use changes::{Pause, add, edit, pause, remove, resume, run_now, set, skip_next};
pub(crate) use code::{Said, say};

//! Kinds of jobs: the list, one of them, and the form that enqueues a job of it.

mod enqueue;
mod list;
mod setup;
mod show;
mod wanted;

pub(crate) use enqueue::{enqueue, save};
pub(crate) use list::kinds;
pub(crate) use show::{find, kind};

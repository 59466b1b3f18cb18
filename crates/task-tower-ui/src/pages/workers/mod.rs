//! The workers: the list, one of them, and what is said of a worker on both.

mod list;
mod record;
mod running;
mod show;

pub(crate) use list::workers;
pub(crate) use show::worker;

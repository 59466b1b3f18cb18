//! What helps users to test their jobs.

mod bed;
mod drain;
mod enqueued;
mod inline;

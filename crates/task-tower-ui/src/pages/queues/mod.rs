//! The queues: the list, one of them, and what is said of a queue on both.

mod changed;
mod list;
mod rates;
mod record;
mod show;
mod strategy;

pub(super) use changed::{Changed, Switches, WantedUndo};
pub(crate) use list::queues;
pub(crate) use show::queue;
pub(super) use strategy::of_worker as picks;

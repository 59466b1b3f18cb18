//! Kinds of jobs: the list, and one of them.

mod list;
mod setup;
mod show;
mod wanted;

pub(crate) use list::kinds;
pub(crate) use show::{find, kind};

//! Recurring jobs: the list, one of them, and the form for both a new one and an edit.

mod clocks;
mod explain;
mod fields;
mod form;
mod list;
mod record;
mod show;

pub(crate) use explain::explain;
pub(crate) use form::{edit, new, save, save_new};
pub(crate) use list::recurring;
pub(super) use record::{NextLine, next_lines};
pub(crate) use show::show;

//! The pages: each asks the console, makes what its template shows, and renders it.

mod audit;
pub(crate) mod batches;
mod charts;
mod components;
mod deploys;
mod doctor;
mod errors;
mod fault;
mod frame;
mod job;
mod jobs;
mod keys;
mod kinds;
mod links;
pub(crate) mod operations;
mod overview;
mod queues;
mod recurring;
mod row;
mod samples;
mod settings;
mod stack;
mod undo;
mod window;
mod workers;

pub(crate) use audit::{Wanted as AuditWanted, audit, audit_csv, audit_ndjson};
pub(crate) use components::components;
pub(crate) use doctor::{doctor, doctor_text, may_be_more, report as doctor_report};
pub(crate) use errors::{change as change_errors, error, errors, find as find_errors, sample as sample_of};
pub(crate) use fault::{fault, problem};
pub(crate) use frame::pages;
pub(crate) use job::{copy, download, edit, job, new, save_edit, save_new, tail_of_list};
pub(crate) use jobs::{act, jobs};
pub(crate) use keys::keys;
pub(crate) use kinds::{enqueue as enqueue_kind, find as find_kind, kind, kinds, save as save_kind};
pub(crate) use overview::{Asked as Overview, Whole as OverviewWhole, overview};
pub(crate) use queues::{queue, queues};
pub(crate) use recurring::{
    edit as edit_recurring, explain as explain_recurring, new as new_recurring, recurring, save as save_recurring,
    save_new as save_new_recurring, show as recurring_job,
};
pub(crate) use settings::{change_settings, settings};
pub(crate) use undo::naming;
pub(crate) use workers::{worker, workers};

use frame::Frame;

//! The dashboard, asked as a browser asks it, over a real schema.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests may fail by unwrap, and are nobody's library")]

mod access;
mod api;
mod batches;
mod browser;
mod doctor;
mod errors;
mod examples;
mod faults;
mod gates;
mod headers;
mod history;
mod job;
mod job_code;
mod job_forms;
mod job_life;
mod job_neighbors;
mod job_undo;
mod jobs;
mod kind_forms;
mod kinds;
mod limits;
mod live;
mod log;
mod metrics;
mod mode;
mod mounting;
mod navigation;
mod operations;
mod ops;
mod overview;
mod probes;
mod queue;
mod queues;
mod recurring;
mod redaction;
mod settings;
mod sight;
mod source;
mod vendor;
mod views;
mod words;
mod worker;
mod workers;

#[path = "../../../task-tower/tests/it/support/mod.rs"]
mod support;

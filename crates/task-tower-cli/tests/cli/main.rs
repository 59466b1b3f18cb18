//! The program, run as a person at a terminal runs it.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests may fail by unwrap, and are nobody's library")]

mod batches;
mod bulk;
mod demo;
mod doctor;
mod jobs;
mod migrate;
mod mistakes;
mod postgres;
mod program;
mod queues;
mod recurring;
mod serve;
mod workers;

#[path = "../../../task-tower/tests/it/support/mod.rs"]
mod support;

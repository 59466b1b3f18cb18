//! Tests through the public door, against a real PostgreSQL.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests may fail by unwrap, and are nobody's library")]
#![allow(clippy::needless_pass_by_value, reason = "handlers that block take their job by value, too")]

mod audit;
mod bad_input;
mod batches;
mod blocking;
mod bulk;
mod charts;
mod compression;
mod connections;
mod console;
mod console_actions;
mod console_draft;
mod contextualizers;
mod display_name;
mod doctor;
mod embedded;
mod enqueue;
mod error_filters;
mod error_groups;
mod errors;
mod examples;
mod filters;
mod floors;
mod followers;
mod guide;
mod hot_updates;
mod interceptors;
mod job_id;
mod kind_options;
mod kind_setups;
mod logs;
mod metrics;
mod migrations;
mod monitoring;
mod operations;
mod options;
mod outages;
mod outcomes;
mod plans;
mod precedence;
mod progress;
mod pulse;
mod queue_activity;
mod queue_changes;
mod queues;
mod readme;
mod recurrence;
mod recurring;
#[cfg(feature = "redis")]
mod redis;
mod retention;
mod retries;
mod schedule;
mod search;
mod shutdown;
mod sql_enqueue;
mod statistics;
#[cfg(feature = "systemd")]
mod systemd;
mod tagging_at_once;
mod tags;
mod testing;
mod traces;
mod transactions;
mod undo;
mod unique;
mod views;
mod wakeup;
mod worker_commands;
mod workers;

mod log;
mod receiver;
mod support;

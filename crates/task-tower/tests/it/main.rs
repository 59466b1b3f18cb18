//! Tests through the public door, against a real PostgreSQL.

mod floors;
mod hot_updates;
mod plans;
mod readme;
mod queues;
mod retries;

mod support;

//! Tests through the public door, against a real PostgreSQL.

mod floors;
mod hot_updates;
mod plans;
mod queues;
mod readme;
mod retries;
mod workers;

mod support;

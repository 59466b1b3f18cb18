//! Tests through the public door, against a real PostgreSQL.

mod support;

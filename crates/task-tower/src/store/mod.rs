//! The only floor that talks to PostgreSQL. Each function runs one statement from `sql/` and turns
//! rows into types; it decides nothing.

mod address;
mod backoff;
mod claims;
mod fault;
mod inbox;
mod inserts;
mod link;
mod maintenance;
mod outage;
mod questions;
mod schema;
mod statement;
#[cfg(feature = "tls")]
mod tls;
mod workers;

pub(crate) use address::Address;
pub(crate) use backoff::Backoff;
pub(crate) use claims::{
    Claimed, Ending, Look, PlacedLane, Postponement, claim, complete, finish, lanes, look, postpone,
};
#[cfg(any(feature = "diesel-async-0_9", feature = "sea-orm-2", feature = "sqlx-0_9"))]
pub(crate) use fault::{Answer, from_answer};
pub(crate) use fault::{Remedy, from_statement};
#[cfg(any(
    feature = "diesel-async-0_9",
    feature = "sea-orm-2",
    feature = "sqlx-0_9",
    feature = "tokio-postgres-0_7"
))]
pub(crate) use inserts::Parameter;
pub(crate) use inserts::{Due, InsertOne, NewJob, arrived, insert, insert_one, insert_through};
pub(crate) use link::{Link, Purpose, Session};
pub(crate) use maintenance::{drop_partitions, forget_workers, make_partitions};
pub(crate) use outage::Outage;
pub(crate) use questions::*;
pub(crate) use schema::Schema;
pub(crate) use workers::{
    Registration, Rescued, arm, bury_workers, disarm, end_worker, gate, heartbeat, reclaim, register_worker, rescue,
    revoked,
};

//! The only floor that talks to PostgreSQL. Each function runs one statement from `sql/` and turns
//! rows into types; it decides nothing.

mod address;
mod backoff;
mod call;
mod claims;
mod deaths;
mod dotnet;
mod fault;
mod inbox;
mod inserts;
mod link;
mod maintenance;
mod outage;
mod questions;
mod schema;
mod statement;
#[cfg(feature = "testing")]
mod testing;
#[cfg(feature = "tls")]
mod tls;
mod workers;

pub(crate) use address::Address;
pub(crate) use backoff::Backoff;
#[cfg(any(
    feature = "diesel-async-0_9",
    feature = "sea-orm-2",
    feature = "sqlx-0_9",
    feature = "tokio-postgres-0_7"
))]
pub(crate) use call::Parameter;
pub(crate) use call::{Call, complete_call};
pub(crate) use claims::{
    Claimed, Ending, Look, PlacedLane, Postponement, claim, complete, finish, lanes, look, postpone,
};
pub(crate) use deaths::{
    Death, DeathKey, claim_deaths, death_told, forget_death, forget_deaths, note_event, postpone_death,
};
#[cfg(any(feature = "diesel-async-0_9", feature = "sea-orm-2", feature = "sqlx-0_9"))]
pub(crate) use fault::{Answer, from_answer};
pub(crate) use fault::{Remedy, from_statement};
pub(crate) use inserts::{
    Due, NewJob, UniqueKey, arrived, enqueue_call, insert, insert_through, insert_unique, take_turns,
};
pub(crate) use link::{Keep, Link, Purpose, Session};
pub(crate) use maintenance::{drop_partitions, forget_workers, make_partitions};
pub(crate) use outage::Outage;
pub(crate) use questions::*;
pub(crate) use schema::Schema;
#[cfg(feature = "testing")]
pub(crate) use testing::{advance, clock, drop_schema, jobs_of_kind};
pub(crate) use workers::{
    Registration, Rescued, arm, bury_workers, disarm, end_worker, gate, heartbeat, reclaim, register_worker, rescue,
    revoked,
};

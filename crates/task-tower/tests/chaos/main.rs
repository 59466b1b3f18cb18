//! Faults on purpose: worker processes and servers are killed, frozen and cut off while jobs run,
//! and a checker proves from an outside record that no job was lost, that none was completed by a
//! worker that had lost it, and that every repetition has a fault as its reason.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking, and print their seed")]
#![allow(unreachable_pub, reason = "support is shared with the other tests")]

mod batches;
mod checker;
mod deploys;
mod fleet;
mod flow;
mod ground;
mod kills;
mod mutants;
mod outages;
mod poison;
mod record;
mod recurring;
mod seed;
#[cfg(feature = "tokio-postgres-0_7")]
mod settling;
#[path = "../it/support/mod.rs"]
mod support;
mod timeline;
mod worker;
mod zombies;

use tokio::sync::{Mutex, MutexGuard};

/// One scenario after the other: on a small machine several at once would starve each other's
/// heartbeats, and prove nothing.
async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

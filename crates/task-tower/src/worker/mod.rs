//! Runs jobs. One file for each duty; all duties share the [`Engine`].
//!
//! | duty | file |
//! |---|---|
//! | says that this worker lives and what it takes, hears notifications | `heartbeat`, `memory` |
//! | decides when to look, when to sleep | `announcer` |
//! | takes jobs from the table | `claimer` |
//! | lets them begin, or gives them back | `admission` |
//! | runs one job | `executor` |
//! | decides what follows from how it ended | `judge` |
//! | writes down how runs ended | `completer` |
//! | hears announcements by Redis | `subscriber` |
//! | takes jobs of dead workers | `rescuer` |
//! | tells interceptors of deaths, cancellations and requeues | `herald`, `telling` |
//! | adds up batches, enqueues their callbacks, lets jobs begin that awaited others | `settler` |
//! | counts runs and errors, in memory and in the database | `tally`, `tallier` |
//! | keeps what handlers log, in memory and in the database | `logs`, `logbook`, `recorder` |
//! | tells the program's recorder what waits | `gauger` |
//! | enqueues the jobs of recurring ones | `ticker` |
//! | tidies the index for searches | `indexer` |
//! | makes partitions, drops old ones | `pruner` |
//!
//! In tests, `drain` does the work of claimer, executor, completer, herald and settler, one step after the other.

mod admission;
mod announcer;
mod buffer;
mod claimer;
mod company;
mod completer;
#[cfg(feature = "testing")]
mod drain;
mod engine;
mod executor;
#[cfg(feature = "metrics")]
mod gauger;
mod heartbeat;
mod held;
mod herald;
mod indexer;
mod interceptions;
mod judge;
mod lanes;
#[cfg_attr(not(feature = "tracing-subscriber-0_3"), allow(dead_code, reason = "only the layer writes into it"))]
mod logbook;
#[cfg(feature = "tracing-subscriber-0_3")]
mod logs;
mod mark;
mod memory;
mod onset;
mod open_lanes;
mod order;
mod prefetch;
mod pruner;
mod recorder;
mod rescuer;
mod running;
mod settler;
mod subscriber;
mod supervisor;
mod tallier;
mod tally;
mod telling;
mod ticker;
mod wake;

#[cfg(feature = "testing")]
pub(crate) use drain::drain;
pub(crate) use engine::Engine;
#[cfg(feature = "tracing-subscriber-0_3")]
pub use logs::{Logs, logs};
pub use running::RunningTower;

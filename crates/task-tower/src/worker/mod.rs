//! Runs jobs. One file for each duty; all duties share the [`Engine`].
//!
//! | duty | file |
//! |---|---|
//! | says that this worker lives, hears notifications | `heartbeat` |
//! | decides when to look, when to sleep | `announcer` |
//! | takes jobs from the table | `claimer` |
//! | lets them begin, or gives them back | `admission` |
//! | runs one job | `executor` |
//! | decides what follows from how it ended | `judge` |
//! | writes down how runs ended | `completer` |
//! | takes jobs of dead workers | `rescuer` |
//! | tells interceptors of deaths | `mourner` |
//! | counts runs and errors, in memory and in the database | `tally`, `tallier` |
//! | tidies the index for searches | `indexer` |
//! | makes partitions, drops old ones | `pruner` |
//!
//! In tests, `drain` does the work of claimer, executor, completer and mourner, one step after the other.

mod admission;
mod announcer;
mod buffer;
mod claimer;
mod completer;
#[cfg(feature = "testing")]
mod drain;
mod engine;
mod executor;
mod heartbeat;
mod held;
mod indexer;
mod interceptions;
mod judge;
mod lanes;
mod mark;
mod mourner;
mod order;
mod prefetch;
mod pruner;
mod rescuer;
mod running;
mod supervisor;
mod tallier;
mod tally;
mod telling;
mod wake;

#[cfg(feature = "testing")]
pub(crate) use drain::drain;
pub(crate) use engine::Engine;
pub use running::RunningTower;

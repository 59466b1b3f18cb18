//! How the speed of Task Tower is measured: the workloads, the ledger that checks that every job ran exactly once, Task
//! Tower itself and two floors of SQL written by hand as contenders.
//!
//! `task-tower bench` measures with it, and so does `bin/bench` of the repository, which adds other queues: whoever
//! implements [`Contender`] can be measured. It is made for these two programs; its API promises nothing.

mod contender;
mod floor;
mod idle;
mod ledger;
mod measure;
mod size;
mod tower;
mod workload;

pub use contender::{Bed, Caller, Contender};
pub use floor::{Flavor, Floor, connect};
pub use ledger::{Errand, Ledger};
pub use measure::{Series, number, percentile, table};
pub use size::Size;
pub use tower::Tower;
pub use workload::{Sample, Workload};

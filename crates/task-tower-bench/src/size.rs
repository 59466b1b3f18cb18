//! How much of each workload is run, and how long one waits for it.

use serde::{Deserialize, Serialize};

/// How much of it: the full sizes are for figures that are published, the quick ones for a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// W1: jobs enqueued by one caller.
    pub enqueued: u64,
    /// W1c: jobs enqueued by 16 callers.
    pub enqueued_by_many: u64,
    /// W1 and W1c end after so many seconds, with however many jobs that was.
    pub enqueue_s: u64,
    /// W2: jobs enqueued in one go.
    pub bulk: u64,
    /// W3: the backlog that is drained.
    pub drained: u64,
    /// W4: jobs, one every 20 ms.
    pub trickled: u64,
    /// W5: for how many seconds jobs come in.
    pub load_s: u64,
    /// W6: the backlog,
    pub backlog: u64,
    /// and how many jobs of it are waited for.
    pub head: u64,
    /// W7: for how many seconds an idle worker is watched.
    pub rest_s: u64,
    /// How many seconds a worker has for its jobs. What it did in that time counts, and is marked.
    pub patience_s: u64,
}

impl Size {
    /// For figures that are published.
    pub const FULL: Self = Self {
        enqueued: 10_000,
        enqueued_by_many: 80_000,
        enqueue_s: 60,
        bulk: 100_000,
        drained: 50_000,
        trickled: 500,
        load_s: 15,
        backlog: 1_000_000,
        head: 20_000,
        rest_s: 30,
        patience_s: 60,
    };

    /// For a look: figures that scatter more.
    pub const QUICK: Self = Self {
        enqueued: 2_000,
        enqueued_by_many: 16_000,
        enqueue_s: 5,
        bulk: 20_000,
        drained: 10_000,
        trickled: 150,
        load_s: 5,
        backlog: 200_000,
        head: 5_000,
        rest_s: 20,
        patience_s: 10,
    };

    /// For tests of the benchmark: figures that mean nothing.
    pub const TINY: Self = Self {
        enqueued: 50,
        enqueued_by_many: 100,
        enqueue_s: 5,
        bulk: 200,
        drained: 200,
        trickled: 10,
        load_s: 1,
        backlog: 1_000,
        head: 100,
        rest_s: 1,
        patience_s: 20,
    };
}

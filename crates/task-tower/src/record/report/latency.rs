//! How long jobs waited between being due and being started.

use std::time::Duration;

use serde::Serialize;

use super::super::histogram::{Histogram, bounds};

/// How long jobs waited between being due and being started.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StartLatency {
    /// How many starts were counted.
    pub starts: u64,
    /// Half of them waited no longer than this many milliseconds.
    pub p50_ms: f64,
    /// 95 of 100 waited no longer than this.
    pub p95_ms: f64,
    /// 99 of 100 waited no longer than this.
    pub p99_ms: f64,
    /// How many waited how long: the upper bound in milliseconds, and the number, shortest first.
    pub buckets: Vec<(f64, u64)>,
}

impl StartLatency {
    /// `None` when nothing was started.
    pub(crate) fn of(waits: &Histogram) -> Option<Self> {
        let percentiles = waits.percentiles()?;
        let counts = waits.counts();
        let bound = |(class, count): (usize, &u64)| (milliseconds(bounds(class).1), *count);
        Some(Self {
            starts: counts.iter().sum(),
            p50_ms: milliseconds(percentiles.p50),
            p95_ms: milliseconds(percentiles.p95),
            p99_ms: milliseconds(percentiles.p99),
            buckets: counts.iter().enumerate().map(bound).collect(),
        })
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

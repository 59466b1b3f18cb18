//! What is measured: under which names, and by what. And which spans are made.
//!
//! With the feature `metrics`, what happens in this process is given to the recorder that the program has installed
//! for the facade [`metrics`](https://docs.rs/metrics/0.24): install it before the tower is built. Without the feature,
//! or without a recorder, nothing is measured, and nothing is paid for it. The names are here in any case: a dashboard
//! serves what the database knows under the same ones.
//!
//! ```
//! use task_tower::telemetry::{METRICS, MetricKind};
//!
//! let runs = METRICS.iter().find(|metric| metric.name == "task_tower_runs_total").unwrap();
//! assert_eq!((runs.kind, runs.labels), (MetricKind::Counter, ["kind", "queue", "state"].as_slice()));
//! ```

mod instrument;
mod meters;
mod names;
#[cfg(feature = "otel")]
mod otel;
mod trace;

#[cfg(feature = "metrics")]
pub(crate) use instrument::describe;
pub(crate) use instrument::{Counted, Counter, Histogram};
pub(crate) use meters::{EngineMeters, RunMeters, enqueued, rescued};
#[cfg(feature = "metrics")]
pub(crate) use meters::{QueueGauges, gauge_queue};
pub use names::{JOBS_BUCKETS, METRIC_QUEUES_MAX, METRIC_SERIES_MAX, METRICS, Metric, MetricKind, SECONDS_BUCKETS};
pub(crate) use trace::{Ended, Running, Sending, not_sent, sent};

//! Counters, gauges and histograms of the program's recorder. Where the feature `metrics` is off, they are nothing at
//! all, so that nobody who measures has to ask.
//!
//! Each is looked up once, by name and labels, and kept: what happens for each job touches nothing but its number.

use super::names::Metric;

#[cfg(feature = "metrics")]
pub(super) use with::Gauge;
#[cfg(feature = "metrics")]
pub(crate) use with::describe;
#[cfg(feature = "metrics")]
pub(crate) use with::{Counter, Histogram};
#[cfg(not(feature = "metrics"))]
pub(super) use without::Gauge;
#[cfg(not(feature = "metrics"))]
pub(crate) use without::{Counter, Histogram};

/// Counts in a gauge for as long as it lives.
pub(crate) struct Counted {
    gauge: Gauge,
    number: f64,
}

impl Counted {
    pub(super) fn new(gauge: &Gauge, number: usize) -> Self {
        let counted = Self { gauge: gauge.clone(), number: number as f64 };
        counted.gauge.add(counted.number);
        counted
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.gauge.add(-self.number);
    }
}

#[cfg(feature = "metrics")]
mod with {
    use std::time::Duration;

    use ::metrics::{Key, Label, Level, Metadata, Unit, with_recorder};

    use super::Metric;
    use crate::telemetry::names::{METRICS, MetricKind};

    static METADATA: Metadata<'static> = Metadata::new("task_tower", Level::INFO, Some("task_tower"));

    #[derive(Clone)]
    pub(crate) struct Counter(::metrics::Counter);

    #[derive(Clone)]
    pub(crate) struct Gauge(::metrics::Gauge);

    #[derive(Clone)]
    pub(crate) struct Histogram(::metrics::Histogram);

    impl Counter {
        pub(in crate::telemetry) fn of(metric: Metric, values: &[&str]) -> Self {
            let key = key(metric, values);
            Self(with_recorder(|recorder| recorder.register_counter(&key, &METADATA)))
        }

        pub(crate) fn add(&self, number: u64) {
            self.0.increment(number);
        }
    }

    impl Gauge {
        pub(in crate::telemetry) fn of(metric: Metric, values: &[&str]) -> Self {
            let key = key(metric, values);
            Self(with_recorder(|recorder| recorder.register_gauge(&key, &METADATA)))
        }

        pub(in crate::telemetry) fn add(&self, number: f64) {
            self.0.increment(number);
        }

        pub(in crate::telemetry) fn set(&self, number: f64) {
            self.0.set(number);
        }
    }

    impl Histogram {
        pub(in crate::telemetry) fn of(metric: Metric, values: &[&str]) -> Self {
            let key = key(metric, values);
            Self(with_recorder(|recorder| recorder.register_histogram(&key, &METADATA)))
        }

        pub(crate) fn took(&self, time: Duration) {
            self.0.record(time.as_secs_f64());
        }

        pub(crate) fn counted(&self, number: usize) {
            self.0.record(number as f64);
        }
    }

    fn key(metric: Metric, values: &[&str]) -> Key {
        let labels = metric.labels.iter().zip(values).map(|(label, value)| Label::new(*label, (*value).to_owned()));
        Key::from_parts(metric.name, labels.collect::<Vec<_>>())
    }

    /// Tells the recorder what each means.
    pub(crate) fn describe() {
        with_recorder(|recorder| {
            for metric in METRICS.iter().filter(|metric| metric.is_recorded) {
                let unit = metric.name.ends_with("_seconds").then_some(Unit::Seconds);
                match metric.kind {
                    MetricKind::Counter => recorder.describe_counter(metric.name.into(), unit, metric.help.into()),
                    MetricKind::Gauge => recorder.describe_gauge(metric.name.into(), unit, metric.help.into()),
                    MetricKind::Histogram => recorder.describe_histogram(metric.name.into(), unit, metric.help.into()),
                }
            }
        });
    }
}

#[cfg(not(feature = "metrics"))]
mod without {
    use std::time::Duration;

    use super::Metric;

    #[derive(Clone)]
    pub(crate) struct Counter;

    #[derive(Clone)]
    pub(crate) struct Gauge;

    #[derive(Clone)]
    pub(crate) struct Histogram;

    impl Counter {
        pub(in crate::telemetry) fn of(_: Metric, _: &[&str]) -> Self {
            Self
        }

        pub(crate) fn add(&self, _: u64) {}
    }

    impl Gauge {
        pub(in crate::telemetry) fn of(_: Metric, _: &[&str]) -> Self {
            Self
        }

        pub(in crate::telemetry) fn add(&self, _: f64) {}
    }

    impl Histogram {
        pub(in crate::telemetry) fn of(_: Metric, _: &[&str]) -> Self {
            Self
        }

        pub(crate) fn took(&self, _: Duration) {}

        pub(crate) fn counted(&self, _: usize) {}
    }
}

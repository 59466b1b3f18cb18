//! The two measurements that explain late starts.

use std::time::Duration;

use chrono::TimeDelta;
use task_tower::{Level, OpenTransaction, Report, StartLatency};

use crate::look::{Histogram, Look, Plot, Spark, Twin};
use crate::messages::Markup;
use crate::say;

/// Words of marks that are nearer would stand on each other, as a share of the width.
const MARKS_APART: f64 = 0.08;

/// How long jobs that were due waited for their start.
pub(super) struct Latency {
    pub(super) p50: String,
    pub(super) rest: String,
    pub(super) starts: String,
    pub(super) plot: Plot,
}

/// The oldest open transaction.
pub(super) struct Oldest {
    pub(super) age: String,
    pub(super) class: &'static str,
    pub(super) session: Markup,
}

/// How long the oldest transaction was open, minute by minute.
pub(super) struct Course {
    pub(super) spark: Spark,
    /// The longest of it, and the times of its ends.
    pub(super) longest: String,
    pub(super) begin: String,
    pub(super) end: String,
}

impl Latency {
    pub(super) fn new(latency: &StartLatency, look: &Look) -> Self {
        let [p50, p95, p99] = [latency.p50_ms, latency.p95_ms, latency.p99_ms].map(|time| told(look, time));
        Self {
            rest: look.m.doctor_latency_marks(&p50, p95, p99),
            p50,
            starts: look.m.doctor_starts(latency.starts),
            plot: plot(latency, look),
        }
    }
}

/// Below ten milliseconds a tenth of one matters.
fn told(look: &Look, milliseconds: f64) -> String {
    match milliseconds {
        ..10.0 => look.m.milliseconds(format!("{milliseconds:.1}")),
        _ => look.duration(TimeDelta::milliseconds(milliseconds as i64)),
    }
}

fn plot(latency: &StartLatency, look: &Look) -> Plot {
    let m = look.m;
    let rows = latency.buckets.iter().map(|(bound, number)| vec![told(look, *bound), say::with_commas(*number)]);
    let number = latency.buckets.len().max(1) as f64;
    let word = |(index, (bound, _)): (usize, &(f64, u64))| ((index + 1) as f64 / number, told(look, *bound));
    Histogram {
        name: m.doctor_latency(),
        layers: vec![("enqueued", latency.buckets.iter().map(|(_, number)| *number).collect())],
        axis: latency.buckets.iter().enumerate().skip(4).step_by(6).map(word).collect(),
        marks: marks(latency),
        twin: Twin {
            summary: m.look_table(),
            head: vec![m.doctor_latency_up_to(), m.doctor_latency_starts_column()],
            rows: rows.collect(),
            ..Twin::default()
        },
    }
    .plot()
}

/// The median, and what 95 of a hundred stay under; one word where there is no room for two.
fn marks(latency: &StartLatency) -> Vec<(f64, String)> {
    let [p50, p95] = [latency.p50_ms, latency.p95_ms].map(|time| place(time, &latency.buckets));
    let word = if p95 - p50 < MARKS_APART { "" } else { "p50" };
    vec![(p50, word.to_owned()), (p95, "p95".to_owned())]
}

/// Where a time lies among the classes, each given by its end, as a share of all of them.
fn place(time: f64, classes: &[(f64, u64)]) -> f64 {
    let index = classes.iter().position(|(end, _)| time <= *end).unwrap_or(classes.len());
    let Some((end, _)) = classes.get(index) else { return 1.0 };
    let begin = index.checked_sub(1).map_or(0.0, |before| classes[before].0);
    (index as f64 + (time - begin) / (end - begin)) / classes.len() as f64
}

impl Course {
    /// Nothing where no worker has sampled it.
    pub(super) fn of(report: &Report, look: &Look) -> Option<Self> {
        let values = report.oldest_transaction_course_ms.clone();
        let longest = values.iter().flatten().max().map(|time| look.span(Duration::from_millis(*time)))?;
        let name = look.m.doctor_oldest_course(&longest);
        let minutes = i64::try_from(values.len()).unwrap_or_default();
        Some(Self {
            spark: Spark { name, class: "", values, bars: false, width: 480, height: 56 },
            longest: look.m.doctor_oldest_longest(longest),
            begin: look.minute(report.at - TimeDelta::minutes(minutes - 1)),
            end: look.minute(report.at),
        })
    }
}

impl Oldest {
    pub(super) fn new(oldest: &OpenTransaction, report: &Report, look: &Look) -> Self {
        let level = report.checks.iter().find(|check| check.name == "oldest_transaction").map(|check| check.level);
        let class = match level {
            Some(Level::Problem) => "bad-text",
            Some(Level::Warning) => "warn-text",
            _ => "",
        };
        let session = look.m.doctor_session(
            Markup::code(if oldest.application.is_empty() { "?" } else { &oldest.application }),
            Markup::text(&oldest.pid.to_string()),
            Markup::code(&oldest.role),
            Markup::code(&oldest.state),
        );
        Self { age: look.duration(report.at - oldest.since), class, session }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_lies_within_its_class() {
        let classes = [(1.0, 4), (2.0, 0), (4.0, 1), (8.0, 2)];

        assert_eq!([0.5, 1.0, 3.0, 8.0, 99.0].map(|time| place(time, &classes)), [0.125, 0.25, 0.625, 1.0, 1.0]);
    }
}

//! The two measurements that explain late starts.

use chrono::TimeDelta;
use task_tower::{Level, OpenTransaction, Report, StartLatency};

use crate::look::{Histogram, Look, Plot, Twin};
use crate::messages::Markup;
use crate::say;

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
        marks: Vec::new(),
        twin: Twin {
            summary: m.look_table(),
            head: vec![m.doctor_latency_up_to(), m.doctor_latency_starts_column()],
            rows: rows.collect(),
            ..Twin::default()
        },
    }
    .plot()
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

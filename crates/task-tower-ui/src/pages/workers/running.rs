//! What a worker runs at present, each job beside the time that its kind usually takes.

use std::collections::BTreeMap;
use std::slice;
use std::time::Duration;

use chrono::TimeDelta;
use task_tower::{RunningJob, Window, WorkerRecord};

use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Bar, Look};
use crate::say;

/// So many are shown one by one, those that began first.
const RUNNING_SHOWN: usize = 50;
/// How far back the usual time of a kind is looked for.
const WINDOW: Window = Window::Day;

/// A job in a slot.
pub(super) struct Running {
    pub(super) id: String,
    pub(super) short: String,
    pub(super) name: String,
    pub(super) queue: String,
    pub(super) queue_href: String,
    /// How long it runs, for the script that goes on counting.
    pub(super) milliseconds: i64,
    pub(super) time: String,
    /// Beside the p95 of its kind; nothing where that is not known.
    pub(super) usual: Option<Usual>,
}

/// How long it runs, as a part of the p95 of its kind.
pub(super) struct Usual {
    pub(super) bar: Bar,
    pub(super) ratio: String,
    pub(super) late: bool,
}

/// The p95 of the run times by kind.
pub(super) type Times = BTreeMap<String, Duration>;

/// Of those that this visitor may see, those that began first.
pub(super) async fn running(
    desk: &Desk,
    visitor: &Visitor,
    worker: &WorkerRecord,
    look: &Look,
) -> Result<Vec<Running>, Fault> {
    let mut running = desk.running(slice::from_ref(worker), RUNNING_SHOWN, visitor).await?;
    let jobs = running.remove(&worker.id).unwrap_or_default();
    let times = if jobs.is_empty() { Times::new() } else { usual_times(desk).await? };
    Ok(jobs.into_iter().map(|job| Running::new(job, &times, look)).collect())
}

async fn usual_times(desk: &Desk) -> Result<Times, Fault> {
    let kinds = desk.console.kinds(WINDOW).await?.into_iter();
    Ok(kinds.filter_map(|kind| Some((kind.name, kind.run?.p95))).collect())
}

impl Running {
    pub(super) fn new(job: RunningJob, times: &Times, look: &Look) -> Self {
        let began = (look.now - job.started_at).max(TimeDelta::zero());
        Self {
            id: job.id.to_string(),
            short: job.id.short(),
            name: job.name().to_owned(),
            queue_href: crate::links::queue_page(&job.queue),
            milliseconds: began.num_milliseconds(),
            time: look.duration(began),
            usual: times.get(&job.kind).map(|p95| Usual::new(began, *p95, look)),
            queue: job.queue,
        }
    }
}

impl Usual {
    fn new(began: TimeDelta, p95: Duration, look: &Look) -> Self {
        let p95_ms = u64::try_from(p95.as_millis()).unwrap_or(u64::MAX).max(1);
        let began_ms = began.num_milliseconds().unsigned_abs();
        let ratio = times(began_ms as f64 / p95_ms as f64);
        Self {
            bar: Bar {
                name: look.m.worker_beside_p95(look.span(p95)),
                parts: vec![("processing", began_ms.min(p95_ms))],
                total: p95_ms,
                width: 200,
                height: 6,
            },
            ratio: look.m.worker_times_p95(ratio),
            late: began_ms > p95_ms,
        }
    }
}

/// With a digit behind the point as long as that says something.
fn times(ratio: f64) -> String {
    match ratio {
        ..10.0 => format!("{ratio:.1}"),
        _ => say::with_commas(ratio as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_has_as_many_digits_as_say_something() {
        assert_eq!([0.04, 0.94, 9.96, 11.4, 1_234.5].map(times), ["0.0", "0.9", "10.0", "11", "1,234"]);
    }
}

//! What the workers counted, over time: lists of equal length, ready for a chart.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use task_tower::{Axis, Counts, Depth, Percentiles, Point, Series, Window};

use super::answer::{Json, Moment, milliseconds};
use super::ask::{Asked, plain};
use super::call::Call;
use super::span::Span;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::pages::find_kind;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Metric {
    /// How many runs ended how.
    #[default]
    Throughput,
    /// How long they waited for a slot.
    Wait,
    /// How long they took.
    Run,
    /// What was in the queues.
    Depth,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    metric: Metric,
    /// `kind:…` or `queue:…`; everything if it is empty.
    by: String,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    step: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct Told {
    metric: Metric,
    step_seconds: u64,
    /// When each step begins.
    at: Vec<Moment>,
    series: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    name: &'static str,
    /// As many as there are steps.
    values: Vec<Value>,
}

pub(super) async fn series(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Told>, Fault> {
    let span = Span { from: wanted.from, to: wanted.to, step: wanted.step };
    let window = span.window(Utc::now())?;
    let axis = axis(&call, &wanted.by).await?;
    let series = call.desk.console.series(&axis, window).await?;
    let places = span.places(window, &series.points);
    let lines = match wanted.metric {
        Metric::Throughput => throughput(&series, &places),
        Metric::Wait => percentiles(&series, &places, |point| point.wait),
        Metric::Run => percentiles(&series, &places, |point| point.run),
        Metric::Depth => depth(&call, &axis, window, &places).await?,
    };
    let at = places.iter().map(|place| Moment(series.points[*place].at)).collect();
    Ok(Json(Told { metric: wanted.metric, step_seconds: window.step().as_secs(), at, series: lines }))
}

/// What is out of sight is not there; who sees a part is not told of the whole.
pub(super) async fn axis(call: &Call, by: &str) -> Result<Axis, Fault> {
    plain("by", by)?;
    match by.split_once(':') {
        None if by.is_empty() && call.visitor.scope.is_all() => Ok(Axis::All),
        None if by.is_empty() => Err(Fault::forbidden(Messages::api_for_all)),
        Some(("kind", name)) => {
            find_kind(&call.desk, &call.visitor, name, Window::Hour).await?;
            Ok(Axis::Kind(name.to_owned()))
        }
        Some(("queue", name)) => queue(call, name).await,
        _ => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_no_axis)),
    }
}

async fn queue(call: &Call, name: &str) -> Result<Axis, Fault> {
    let queues = call.desk.console.queues().await?;
    let is_there = queues.iter().any(|queue| queue.name == name) && call.visitor.scope.admits_queue(name);
    let name = name.to_owned();
    match is_there {
        true => Ok(Axis::Queue(name)),
        false => Err(Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_queue(&name))),
    }
}

fn throughput(series: &Series, places: &[usize]) -> Vec<Line> {
    let line = |name, number: fn(&Counts) -> u64| Line {
        name,
        values: places.iter().map(|place| json!(number(&series.points[*place].counts))).collect(),
    };
    vec![
        line("enqueued", |counts| counts.enqueued),
        line("completed", |counts| counts.completed),
        line("failed", |counts| counts.failed),
        line("dead", |counts| counts.dead),
        line("cancelled", |counts| counts.cancelled),
    ]
}

fn percentiles(series: &Series, places: &[usize], of: fn(&Point) -> Option<Percentiles>) -> Vec<Line> {
    let line = |name, pick: fn(Percentiles) -> std::time::Duration| Line {
        name,
        values: places
            .iter()
            .map(|place| json!(of(&series.points[*place]).map(|times| milliseconds(pick(times)))))
            .collect(),
    };
    vec![line("p50_ms", |times| times.p50), line("p95_ms", |times| times.p95), line("p99_ms", |times| times.p99)]
}

async fn depth(call: &Call, axis: &Axis, window: Window, places: &[usize]) -> Result<Vec<Line>, Fault> {
    let queue = match axis {
        Axis::All => None,
        Axis::Queue(name) => Some(name.as_str()),
        _ => return Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_no_depth)),
    };
    let depths = call.desk.console.depths(queue, window).await?;
    let line = |name, number: fn(&Depth) -> u64| Line {
        name,
        values: places.iter().map(|place| json!(depths[*place].as_ref().map(number))).collect(),
    };
    Ok(vec![
        line("scheduled", |depth| depth.scheduled),
        line("enqueued", |depth| depth.enqueued),
        line("processing", |depth| depth.processing),
        line("failed", |depth| depth.failed),
    ])
}

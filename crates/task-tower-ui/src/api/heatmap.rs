//! How long runs took, over time: how many in each step fell into each class of durations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::answer::{Json, Moment, milliseconds};
use super::ask::Asked;
use super::call::Call;
use super::series::axis;
use super::span::Span;
use crate::fault::Fault;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    /// All runs without one.
    kind: Option<String>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    step: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct HeatMap {
    step_seconds: u64,
    /// When each step begins.
    at: Vec<Moment>,
    classes: Vec<Class>,
    /// For each step, as many numbers as there are classes.
    columns: Vec<Vec<u64>>,
}

#[derive(Serialize)]
struct Class {
    from_ms: f64,
    to_ms: f64,
}

pub(super) async fn heatmap(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<HeatMap>, Fault> {
    let span = Span { from: wanted.from, to: wanted.to, step: wanted.step };
    let window = span.window(Utc::now())?;
    let by = wanted.kind.map_or_else(String::new, |kind| format!("kind:{kind}"));
    let series = call.desk.console.series(&axis(&call, &by).await?, window).await?;
    let places = span.places(window, &series.points);
    let classes = series.heat.classes.iter();
    Ok(Json(HeatMap {
        step_seconds: window.step().as_secs(),
        at: places.iter().map(|place| Moment(series.points[*place].at)).collect(),
        classes: classes.map(|(from, to)| Class { from_ms: milliseconds(*from), to_ms: milliseconds(*to) }).collect(),
        columns: places.iter().map(|place| series.heat.columns[*place].clone()).collect(),
    }))
}

//! Charts of what the workers counted over time: of everything, of a kind, of a queue.

use std::time::Duration;

use task_tower::{Counts, Deploy, Percentiles, Point, Series};

use super::deploys;
use super::window::axis;
use crate::look::{Columns, Lines, Look, Plot, Spark, Twin};
use crate::say;

/// The name of a percentile and its value, as they stand beside the title of a chart.
pub(super) type Figures = Vec<(&'static str, String)>;
/// The color, the word and the number of a state in a legend.
pub(super) type Legend = Vec<(&'static str, String, String)>;

/// `deploys` are those that came within its time.
pub(super) fn throughput(look: &Look, series: &Series, deploys: &[Deploy]) -> Plot {
    let column = |number: fn(&Counts) -> u64| series.points.iter().map(|point| number(&point.counts)).collect();
    let words = states(look, &series.counts).into_iter().map(|(_, word, _)| word).collect();
    let cells = |point: &Point| states(look, &point.counts).into_iter().map(|(.., number)| number).collect();
    Columns {
        name: deploys::name(look, series, deploys),
        upper: ("completed", column(|counts| counts.completed)),
        lower: vec![
            ("failed", column(|counts| counts.failed)),
            ("dead", column(|counts| counts.dead)),
            ("cancelled", column(|counts| counts.cancelled)),
        ],
        axis: across(look, series),
        marks: deploys::marks(look, series, deploys),
        twin: twin(look, series, words, cells),
    }
    .plot()
}

/// The states of the throughput with their sums.
pub(super) fn states(look: &Look, counts: &Counts) -> Legend {
    let m = look.m;
    vec![
        ("completed", m.state_completed(), say::with_commas(counts.completed)),
        ("failed", m.state_failed(), say::with_commas(counts.failed)),
        ("dead", m.state_dead(), say::with_commas(counts.dead)),
        ("cancelled", m.state_cancelled(), say::with_commas(counts.cancelled)),
    ]
}

pub(super) fn waits(look: &Look, series: &Series) -> Plot {
    durations(look, series, look.m.overview_wait(), "enqueued", |point| point.wait)
}

pub(super) fn runs(look: &Look, series: &Series) -> Plot {
    durations(look, series, look.m.overview_run(), "processing", |point| point.run)
}

fn durations(
    look: &Look,
    series: &Series,
    name: String,
    class: &'static str,
    of: fn(&Point) -> Option<Percentiles>,
) -> Plot {
    let line = |pick: fn(Percentiles) -> Duration| {
        series.points.iter().map(|point| of(point).map(|all| pick(all).as_secs_f64() * 1_000.0)).collect()
    };
    let cells = |point: &Point| figures(look, of(point)).into_iter().map(|(_, value)| value).collect();
    Lines {
        name,
        class,
        series: vec![("p50", line(|all| all.p50)), ("p95", line(|all| all.p95)), ("p99", line(|all| all.p99))],
        axis: across(look, series).into_iter().step_by(2).collect(),
        twin: twin(look, series, ["p50", "p95", "p99"].map(str::to_owned).into(), cells),
    }
    .plot(look)
}

/// The three percentiles in words.
pub(super) fn figures(look: &Look, percentiles: Option<Percentiles>) -> Figures {
    let say =
        |pick: fn(Percentiles) -> Duration| percentiles.map_or(say::NOTHING.to_owned(), |all| look.span(pick(all)));
    vec![("p50", say(|all| all.p50)), ("p95", say(|all| all.p95)), ("p99", say(|all| all.p99))]
}

/// A small course in a row.
pub(super) fn spark(name: String, class: &'static str, values: Vec<u64>) -> Spark {
    Spark { name, class, values: values.into_iter().map(Some).collect(), bars: true, width: 96, height: 20 }
}

fn across(look: &Look, series: &Series) -> Vec<(f64, String)> {
    axis(look, series.window, series.points.first().map_or(look.now, |point| point.at))
}

/// The steps in which a run ended, the latest first.
fn twin(look: &Look, series: &Series, words: Vec<String>, cells: impl Fn(&Point) -> Vec<String>) -> Twin {
    let busy = series.points.iter().enumerate().rev().filter(|(_, point)| ended(&point.counts) > 0);
    let row = |point: &Point| std::iter::once(look.clock(point.at)).chain(cells(point)).collect();
    let (places, rows) = busy.map(|(step, point)| (middle(step, series), row(point))).unzip();
    let head = std::iter::once(look.m.look_time()).chain(words).collect();
    Twin { summary: look.m.look_table(), head, rows, places }
}

/// Where a step lies on the axis, with as many digits as an eye has.
pub(super) fn middle(step: usize, series: &Series) -> f64 {
    const EXACTNESS: f64 = 10_000.0;
    ((step as f64 + 0.5) / series.points.len() as f64 * EXACTNESS).round() / EXACTNESS
}

pub(super) fn ended(counts: &Counts) -> u64 {
    counts.completed + counts.failed + counts.dead + counts.cancelled
}

/// A part of a whole, with a digit behind the point where that says something. It is all only when nothing
/// is missing.
pub(super) fn percent(look: &Look, rate: f64) -> String {
    let percent = (rate * 1_000.0).floor() / 10.0;
    look.m.percent(if percent < 100.0 { format!("{percent:.1}") } else { "100".to_owned() })
}

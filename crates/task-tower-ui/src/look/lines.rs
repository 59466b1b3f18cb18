//! Durations over time: percentiles on a log axis, told apart by dash.

use chrono::TimeDelta;

use super::Look;
use super::plot::{Plot, Twin};
use super::scale::{log_share, share};
use super::svg;

/// Lines over time, on a log axis from a millisecond.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub(crate) name: String,
    /// The color: a state, or nothing for gray.
    pub(crate) class: &'static str,
    /// The dash (`p50`, `p95`, `p99`) and the milliseconds of each line; a gap is `None`.
    pub(crate) series: Vec<(&'static str, Vec<Option<f64>>)>,
    pub(crate) axis: Vec<(f64, String)>,
    pub(crate) twin: Twin,
}

const TOP: f64 = 8.0;
const BOTTOM: f64 = 72.0;
const HEIGHT: u32 = 92;

impl Lines {
    pub(crate) fn plot(self, look: &Look) -> Plot {
        let end = self.end();
        let grid = |power: &i32| (BOTTOM - log_share(10f64.powi(*power), 1.0, end) * (BOTTOM - TOP), *power);
        let steps: Vec<(f64, i32)> = (0..=end.log10().round() as i32).step_by(2).map(|power| grid(&power)).collect();
        let lines: String = steps.iter().map(|(y, _)| svg::line("grid", (0.0, *y), (1.0, *y))).collect();
        let words: Vec<(f64, String)> = steps.iter().map(|(y, power)| (*y, power_word(look, *power))).collect();
        let area = format!("{lines}{}{}", self.drawn(end), svg::axis(88.0, &self.axis));
        Plot {
            name: self.name,
            gutter_width: 60,
            height: HEIGHT,
            gutter: svg::gutter(&words),
            area,
            twin: self.twin,
            ..Plot::default()
        }
    }

    /// An even power of ten above everything, so that the steps of two end there.
    fn end(&self) -> f64 {
        let max = self.series.iter().flat_map(|(_, values)| values).flatten().copied().fold(100.0, f64::max);
        let power = max.log10().ceil() as i32;
        10f64.powi(power + power % 2)
    }

    fn drawn(&self, end: f64) -> String {
        let line = |(dash, values): &(&str, Vec<Option<f64>>)| {
            format!("<path class=\"course {} {dash}\" d=\"{}\"/>", self.class, path(values, end))
        };
        let lines: String = self.series.iter().map(line).collect();
        let height = BOTTOM - TOP;
        format!(
            "<svg y=\"{TOP}\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 1000 {height}\" preserveAspectRatio=\"none\">{lines}</svg>"
        )
    }
}

fn path(values: &[Option<f64>], end: f64) -> String {
    let mut pen = 'M';
    let mut path = String::new();
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen = 'M';
            continue;
        };
        let x = share(index, values.len().saturating_sub(1)) * 1_000.0;
        path += &format!("{pen}{x:.1} {:.1}", (1.0 - log_share(*value, 1.0, end)) * (BOTTOM - TOP));
        pen = 'L';
    }
    path
}

/// `1 ms`, `100 ms`, `10 s`: a step of the axis has no digits that say nothing.
fn power_word(look: &Look, power: i32) -> String {
    match power {
        ..3 => look.duration(TimeDelta::milliseconds(10i64.pow(power.unsigned_abs()))),
        _ => look.m.seconds(crate::say::with_commas(10u64.pow(power.unsigned_abs() - 3))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_a_gap() {
        let path = path(&[Some(1.0), Some(10.0), None, Some(100.0)], 100.0);

        assert_eq!(path.matches('M').count(), 2, "{path}");
    }
}

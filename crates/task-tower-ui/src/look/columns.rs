//! Throughput: what went well in an upper lane, what did not in a lower one with an axis of its own,
//! so that a few failures stay visible beside a thousand completions.

use super::plot::{Plot, Twin};
use super::scale::{share, steps};
use super::svg;
use crate::messages::Markup;
use crate::say::with_commas;

/// Columns over time in two lanes that share their axis across.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub(crate) name: String,
    /// Color and values of the upper lane.
    pub(crate) upper: (&'static str, Vec<u64>),
    /// Color and values of each layer of the lower lane, the lowest first.
    pub(crate) lower: Vec<(&'static str, Vec<u64>)>,
    /// The words of the axis across, by their share of it.
    pub(crate) axis: Vec<(f64, String)>,
    /// What happened between: a deploy.
    pub(crate) marks: Vec<Mark>,
    pub(crate) twin: Twin,
}

/// A line across both lanes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Its share of the axis across.
    pub(crate) at: f64,
    pub(crate) words: String,
    /// Whether the words stand beside it; else they are told to who points at it.
    pub(crate) is_said: bool,
}

/// Where the lanes begin and end, in pixels.
const UPPER: (f64, f64) = (16.0, 196.0);
const LOWER: (f64, f64) = (216.0, 264.0);
const HEIGHT: u32 = 284;

impl Columns {
    pub(crate) fn plot(self) -> Plot {
        let upper = Lane::new(UPPER, self.upper.1.iter().copied().max());
        let lower = Lane::new(LOWER, self.sums().into_iter().max()).ends_only();
        let area = [
            upper.grid(),
            lower.grid(),
            self.upper(&upper),
            self.lower(&lower),
            self.marks(),
            svg::axis(280.0, &self.axis),
        ];
        let gutter = svg::gutter(&[upper.words(), lower.words()].concat());
        Plot {
            name: self.name,
            gutter_width: 44,
            height: HEIGHT,
            gutter,
            area: area.concat(),
            twin: self.twin,
            ..Plot::default()
        }
    }

    fn sums(&self) -> Vec<u64> {
        let count = self.upper.1.len();
        (0..count).map(|index| self.lower.iter().filter_map(|(_, values)| values.get(index)).sum()).collect()
    }

    fn upper(&self, lane: &Lane) -> String {
        let (class, values) = &self.upper;
        let column = |(index, value): (usize, &u64)| {
            let (x, width, height) = place(index, values.len(), lane.height(*value));
            let y = lane.bottom - height;
            let cap = if *value > 0 { svg::rect(&format!("solid {class}"), x, y, width, 2.0) } else { String::new() };
            svg::rect(&format!("tint {class}"), x, y, width, height) + &cap
        };
        values.iter().enumerate().map(column).collect()
    }

    fn lower(&self, lane: &Lane) -> String {
        let mut below = vec![0.0; self.upper.1.len()];
        let mut drawn = String::new();
        for (class, values) in &self.lower {
            for (index, value) in values.iter().enumerate().take(below.len()).filter(|(_, value)| **value > 0) {
                let (x, width, height) = place(index, values.len(), lane.height(*value).max(1.5));
                below[index] += height;
                drawn += &svg::rect(&format!("solid {class}"), x, lane.bottom - below[index], width, height);
            }
        }
        drawn
    }

    fn marks(&self) -> String {
        self.marks.iter().map(Mark::drawn).collect()
    }
}

impl Mark {
    fn drawn(&self) -> String {
        let line = svg::line("mark", (self.at, 6.0), (self.at, LOWER.1));
        let named = format!("<g><title>{}</title>{line}</g>", Markup::text(&self.words));
        // The words stand on the side where there is room.
        let words = match self.at > 0.5 {
            true => svg::text("mark-word end", self.at - 0.01, 12.0, &self.words),
            false => svg::text("mark-word", self.at + 0.01, 12.0, &self.words),
        };
        if self.is_said { named + &words } else { named }
    }
}

fn place(index: usize, count: usize, height: f64) -> (f64, f64, f64) {
    (share(index, count), share(1, count) * 0.8, height)
}

struct Lane {
    top: f64,
    bottom: f64,
    end: u64,
    steps: Vec<u64>,
}

impl Lane {
    fn new((top, bottom): (f64, f64), max: Option<u64>) -> Self {
        let (end, steps) = steps(max.unwrap_or(0));
        Self { top, bottom, end, steps }
    }

    fn ends_only(self) -> Self {
        Self { steps: vec![0, self.end], ..self }
    }

    fn height(&self, value: u64) -> f64 {
        value as f64 / self.end as f64 * (self.bottom - self.top)
    }

    fn grid(&self) -> String {
        let line = |step: &u64| {
            svg::line("grid", (0.0, self.bottom - self.height(*step)), (1.0, self.bottom - self.height(*step)))
        };
        self.steps.iter().map(line).collect()
    }

    fn words(&self) -> Vec<(f64, String)> {
        self.steps.iter().map(|step| (self.bottom - self.height(*step), with_commas(*step))).collect()
    }
}

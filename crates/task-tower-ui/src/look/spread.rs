//! How durations spread: a histogram for one span of time, a heat map over time, a strip of runs.

use super::plot::{Plot, Twin};
use super::scale::{log_share, share};
use super::svg;

/// How many fell into each bucket, the shortest first.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    pub(crate) name: String,
    /// Color and numbers of each layer, the lowest first.
    pub(crate) layers: Vec<(&'static str, Vec<u64>)>,
    pub(crate) axis: Vec<(f64, String)>,
    /// Percentiles, by their share of the axis.
    pub(crate) marks: Vec<(f64, String)>,
    pub(crate) twin: Twin,
}

/// How many fell into each bucket at each time: columns of time, each with its buckets, the shortest first.
#[derive(Clone, Debug)]
pub(crate) struct HeatMap {
    pub(crate) name: String,
    pub(crate) columns: Vec<Vec<u64>>,
    /// The words of buckets, by their number.
    pub(crate) buckets: Vec<(usize, String)>,
    pub(crate) axis: Vec<(f64, String)>,
    pub(crate) twin: Twin,
}

/// The latest runs of a kind, oldest first: height by the log of the run time, color by the outcome.
#[derive(Clone, Debug)]
pub(crate) struct Strip {
    pub(crate) name: String,
    /// The outcome's color and the milliseconds of each run.
    pub(crate) runs: Vec<(&'static str, f64)>,
    /// The run that is looked at.
    pub(crate) current: Option<usize>,
    /// So many have room; fewer are as wide as they were among so many.
    pub(crate) room: usize,
    /// Where each run leads, and what it is called; empty for a picture without links.
    pub(crate) links: Vec<(String, String)>,
    pub(crate) twin: Twin,
}

const CELL: f64 = 8.0;
const SHADES: u64 = 5;

impl Histogram {
    pub(crate) fn plot(self) -> Plot {
        let bars = self.bars();
        let mark = |(x, words): &(f64, String)| {
            svg::line("mark", (*x, 4.0), (*x, 104.0)) + &svg::text("mark-word", x + 0.01, 12.0, words)
        };
        let marks: String = self.marks.iter().map(mark).collect();
        let area = [bars, svg::line("base", (0.0, 104.0), (1.0, 104.0)), marks, svg::axis(120.0, &self.axis)].concat();
        Plot { axis: "spread", name: self.name, height: 126, area, twin: self.twin, ..Plot::default() }
    }

    /// What is there is seen, however little it is.
    fn bars(&self) -> String {
        let buckets = self.layers.iter().map(|(_, counts)| counts.len()).max().unwrap_or(0);
        let mut below = vec![0.0; buckets];
        let max = (0..buckets).map(|bucket| self.sum(bucket)).max().unwrap_or(0).max(1) as f64;
        let mut drawn = String::new();
        for (class, counts) in &self.layers {
            for (bucket, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let height = (*count as f64 / max * 88.0).max(1.5);
                below[bucket] += height;
                let (x, width) = (share(bucket, buckets), share(1, buckets) * 0.92);
                drawn += &svg::rect(&format!("solid {class}"), x, 104.0 - below[bucket], width, height);
            }
        }
        drawn
    }

    fn sum(&self, bucket: usize) -> u64 {
        self.layers.iter().filter_map(|(_, counts)| counts.get(bucket)).sum()
    }
}

impl HeatMap {
    pub(crate) fn plot(self) -> Plot {
        let buckets = self.columns.first().map_or(0, Vec::len);
        let bottom = buckets as f64 * CELL;
        let max = self.columns.iter().flatten().copied().max().unwrap_or(0).max(1);
        let mut area = String::new();
        for (column, counts) in self.columns.iter().enumerate() {
            for (bucket, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let (x, y) = (share(column, self.columns.len()), bottom - (bucket + 1) as f64 * CELL);
                area += &svg::rect(shade(*count, max), x, y, share(1, self.columns.len()) * 0.94, CELL - 1.0);
            }
        }
        let middle = |bucket: usize| bottom - bucket as f64 * CELL - CELL / 2.0;
        let words: Vec<(f64, String)> =
            self.buckets.into_iter().map(|(bucket, words)| (middle(bucket), words)).collect();
        area += &svg::axis(bottom + 16.0, &self.axis);
        let height = bottom as u32 + 22;
        Plot {
            name: self.name,
            gutter_width: 72,
            height,
            gutter: svg::gutter(&words),
            area,
            twin: self.twin,
            ..Plot::default()
        }
    }
}

/// By the logarithm: one among a thousand is still there.
fn shade(count: u64, max: u64) -> &'static str {
    let share = ((count + 1) as f64).ln() / ((max + 1) as f64).ln();
    ["heat-1", "heat-2", "heat-3", "heat-4", "heat-5"][((share * SHADES as f64).ceil() as usize).clamp(1, 5) - 1]
}

impl Strip {
    pub(crate) fn plot(self) -> Plot {
        let max = self.runs.iter().map(|(_, run)| *run).fold(2.0, f64::max);
        let bar = |(index, (class, run)): (usize, &(&str, f64))| {
            let height = 4.0 + log_share(*run, 1.0, max) * 32.0;
            let tone = if *class == "completed" { "pale" } else { "solid" };
            let (x, width) = (share(index, self.room), share(1, self.room) * 0.92);
            let drawn = svg::rect(&format!("{tone} {class}"), x, 38.0 - height, width, height);
            match self.links.get(index) {
                Some(link) => svg::link(link, &(svg::rect("hit", x, 0.0, share(1, self.room), 38.0) + &drawn)),
                None => drawn,
            }
        };
        let bars: String = self.runs.iter().enumerate().map(bar).collect();
        let marker = self.current.map(|index| {
            let x = svg::percent(share(index, self.room) + share(1, self.room) * 0.46);
            format!("<svg class=\"marker\" x=\"{x}\" y=\"42\"><path d=\"M0 0 5 6H-5z\"/></svg>")
        });
        let area = bars + &svg::line("base", (0.0, 38.0), (1.0, 38.0)) + &marker.unwrap_or_default();
        let linked = !self.links.is_empty();
        Plot { name: self.name, height: 50, area, linked, twin: self.twin, ..Plot::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_among_many_still_has_a_shade() {
        assert_eq!((shade(1, 100_000), shade(100_000, 100_000)), ("heat-1", "heat-5"));
    }
}

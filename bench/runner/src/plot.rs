//! The results as a picture: a panel for each workload, a bar for each contender, on a logarithmic scale, since the slowest
//! and the fastest are a thousandfold apart. The same results give the same picture to the byte.

use std::fmt::Write;

use task_tower_bench::{Workload, number};

use crate::contenders::{Contender, Kind};
use crate::plan::{Cell, Condition};
use crate::results::{Results, smaller_is_better};

const PANELS: [Workload; 7] =
    [Workload::W1, Workload::W1c, Workload::W2, Workload::W3, Workload::W5, Workload::W6, Workload::W4];
const COLUMNS: usize = 2;
const PANEL_WIDTH: f64 = 470.0;
const MARGIN: f64 = 16.0;
const NAME_WIDTH: f64 = 150.0;
const VALUE_WIDTH: f64 = 74.0;
const ROW: f64 = 19.0;
const HEAD: f64 = 46.0;
/// As wide as a number under an axis may be: 1,000,000.
const LABEL_WIDTH: f64 = 60.0;

/// Colors for light and for dark pages. Floors have dashed outlines and ours has a bold name, so that nobody needs them.
const STYLE: &str = "\
.text{font:12px system-ui,sans-serif;fill:#1f2328}.small{font-size:11px;fill:#59636e}.title{font-weight:600;font-size:14px}\
.ours{fill:#0969da}.rival{fill:#9a7d2e}.floor{fill:none;stroke:#59636e;stroke-dasharray:4 3}.grid{stroke:#d1d9e0}\
.bold{font-weight:700}.end{text-anchor:end}.middle{text-anchor:middle}\
@media(prefers-color-scheme:dark){.text{fill:#f0f6fc}.small{fill:#9198a1}.ours{fill:#4493f8}.rival{fill:#c69026}\
.floor{stroke:#9198a1}.grid{stroke:#3d444d}}";

/// The picture, as SVG.
pub fn svg(results: &Results) -> String {
    let panels: Vec<Panel> = PANELS.iter().filter_map(|workload| Panel::of(results, *workload)).collect();
    let mut body = String::new();
    let mut y = MARGIN;
    for row in panels.chunks(COLUMNS) {
        for (column, panel) in row.iter().enumerate() {
            panel.draw(&mut body, MARGIN + column as f64 * (PANEL_WIDTH + MARGIN), y);
        }
        y += row.iter().map(Panel::height).fold(0.0, f64::max) + MARGIN;
    }
    let width = MARGIN + COLUMNS as f64 * (PANEL_WIDTH + MARGIN);
    let legend = "Logarithmic scale. Blue, bold: Task Tower. Ocher: others. Dashed: SQL written by hand. ~ cut off by the time limit.";
    let _ = writeln!(body, "<text class=\"text small\" x=\"{MARGIN}\" y=\"{}\">{legend}</text>", y + 4.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{0}\" viewBox=\"0 0 {width} {0}\" role=\"img\" \
        aria-label=\"Rates and delays of job queues; the same figures stand in results.md\">\n<style>{STYLE}</style>\n{body}</svg>\n",
        y + MARGIN,
    )
}

struct Panel {
    workload: Workload,
    bars: Vec<Bar>,
}

struct Bar {
    name: &'static str,
    kind: Kind,
    value: f64,
    cut: bool,
}

impl Panel {
    /// Nothing when nobody was measured.
    fn of(results: &Results, workload: Workload) -> Option<Self> {
        let cell = Cell { workload, condition: Condition::Plain };
        let bar = |contender: &&'static Contender| {
            let entry = results.get(cell, contender)?;
            let value = entry.series.median(0);
            (value > 0.0).then_some(Bar { name: contender.name, kind: contender.kind, value, cut: entry.cut })
        };
        let mut bars: Vec<Bar> = results.contenders().iter().filter_map(bar).collect();
        bars.sort_by(|a, b| b.value.total_cmp(&a.value));
        if smaller_is_better(workload) {
            bars.reverse();
        }
        (!bars.is_empty()).then_some(Self { workload, bars })
    }

    fn height(&self) -> f64 {
        HEAD + self.bars.len() as f64 * ROW + 20.0
    }

    /// The powers of ten around all values.
    fn scale(&self) -> (f64, f64) {
        let least = self.bars.iter().map(|bar| bar.value).fold(f64::INFINITY, f64::min);
        let most = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        // A bar that is exactly a power of ten must not vanish.
        ((least / 1.2).log10().floor(), most.log10().ceil().max((least / 1.2).log10().floor() + 1.0))
    }

    fn draw(&self, body: &mut String, x: f64, y: f64) {
        let (low, high) = self.scale();
        let left = x + NAME_WIDTH;
        let length = PANEL_WIDTH - NAME_WIDTH - VALUE_WIDTH;
        let place = |value: f64| (value.log10() - low) / (high - low) * length;
        let bottom = y + HEAD + self.bars.len() as f64 * ROW;
        let _ = writeln!(body, "<text class=\"text title\" x=\"{x}\" y=\"{}\">{}</text>", y + 14.0, self.title());
        let _ = writeln!(body, "<text class=\"text small\" x=\"{x}\" y=\"{}\">{}</text>", y + 30.0, self.unit());
        // Where powers of ten stand close together, some have no number.
        let labeled = (LABEL_WIDTH / (length / (high - low))).ceil() as usize;
        for (nth, power) in (low as i32..=high as i32).enumerate() {
            let line = left + place(10f64.powi(power));
            let _ = writeln!(body, "<path class=\"grid\" d=\"M{line:.1} {:.1}V{bottom:.1}\"/>", y + HEAD - 4.0);
            if nth % labeled == 0 {
                label(body, power, line, bottom + 13.0);
            }
        }
        for (row, bar) in self.bars.iter().enumerate() {
            bar.draw(body, left, y + HEAD + row as f64 * ROW, place(bar.value));
        }
    }

    fn title(&self) -> String {
        format!("{:?} {}", self.workload, self.workload.title())
    }

    fn unit(&self) -> &'static str {
        if smaller_is_better(self.workload) { "ms, median; shorter is better" } else { "jobs/s; longer is better" }
    }
}

/// The number of a power of ten, below its line.
fn label(body: &mut String, power: i32, line: f64, y: f64) {
    let value = number(10f64.powi(power));
    let value = value.trim_end_matches(".00").trim_end_matches(".0");
    let _ = writeln!(body, "<text class=\"text small middle\" x=\"{line:.1}\" y=\"{y:.1}\">{value}</text>");
}

impl Bar {
    fn draw(&self, body: &mut String, left: f64, y: f64, length: f64) {
        let (class, bold) = match self.kind {
            Kind::Ours => ("ours", " bold"),
            Kind::Floor => ("floor", ""),
            Kind::Crate(_) | Kind::Npm(_) => ("rival", ""),
        };
        let base = y + 12.0;
        let _ = writeln!(
            body,
            "<text class=\"text end{bold}\" x=\"{:.1}\" y=\"{base:.1}\">{}</text>",
            left - 8.0,
            self.name
        );
        let _ = writeln!(
            body,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{:.1}\" rx=\"2\"/>",
            y + 2.0,
            ROW - 6.0
        );
        let mark = if self.cut { "~" } else { "" };
        let value = number(self.value);
        let _ = writeln!(
            body,
            "<text class=\"text{bold}\" x=\"{:.1}\" y=\"{base:.1}\">{mark}{value}</text>",
            left + length + 6.0
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contenders::ALL;
    use crate::results::tests::{DRAIN, outcome};

    fn results() -> Results {
        let mut results = Results::default();
        results.add(DRAIN, &ALL[0], &outcome(&[80_000.0], false));
        results.add(DRAIN, &ALL[1], &outcome(&[100_000.0], false));
        results.add(DRAIN, &ALL[2], &outcome(&[11.4], true));
        results
    }

    #[test]
    fn it_is_well_formed_and_has_a_bar_for_each() {
        let text = svg(&results());

        let document = roxmltree::Document::parse(&text).unwrap();

        assert_eq!(document.descendants().filter(|node| node.has_tag_name("rect")).count(), 3);
    }

    #[test]
    fn it_is_the_same_each_time() {
        assert_eq!(svg(&results()), svg(&results()));
    }

    #[test]
    fn a_longer_bar_is_more() {
        let text = svg(&results());
        let document = roxmltree::Document::parse(&text).unwrap();

        let bars = document.descendants().filter(|node| node.has_tag_name("rect"));
        let widths: Vec<f64> = bars.map(|bar| bar.attribute("width").unwrap().parse().unwrap()).collect();

        assert!(widths.is_sorted_by(|a, b| a > b), "{widths:?}");
        assert!(widths.iter().all(|width| *width > 0.0), "{widths:?}");
    }

    #[test]
    fn numbers_under_an_axis_do_not_run_into_each_other() {
        let mut results = Results::default();
        results.add(DRAIN, &ALL[0], &outcome(&[800_000.0], false));
        results.add(DRAIN, &ALL[1], &outcome(&[1.1], false));

        let text = svg(&results);

        let document = roxmltree::Document::parse(&text).unwrap();
        let labels = document.descendants().filter(|node| node.attribute("class") == Some("text small middle"));
        let places: Vec<f64> = labels.map(|label| label.attribute("x").unwrap().parse().unwrap()).collect();
        assert!(places.len() >= 3 && places.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_WIDTH), "{places:?}");
    }

    #[test]
    fn a_delay_is_best_when_it_is_short() {
        let cell = Cell { workload: Workload::W4, condition: Condition::Plain };
        let mut results = Results::default();
        results.add(cell, &ALL[0], &outcome(&[1.5, 2.0, 3.0], false));
        results.add(cell, &ALL[1], &outcome(&[0.8, 1.0, 2.0], false));

        let panel = Panel::of(&results, Workload::W4).unwrap();

        assert_eq!(panel.bars.iter().map(|bar| bar.name).collect::<Vec<_>>(), ["raw SQL", "Task Tower"]);
    }
}

//! The small ones that stand in rows: spark, bar, slots, beads.

use std::collections::BTreeSet;
use std::fmt;

use askama::filters::HtmlSafe;

use crate::messages::Markup;

/// A course without axes, from zero, unsmoothed.
#[derive(Clone, Debug)]
pub(crate) struct Spark {
    /// What it shows, for who cannot see it.
    pub(crate) name: String,
    /// The color: a state.
    pub(crate) class: &'static str,
    /// `None` where nobody looked: a gap in a line.
    pub(crate) values: Vec<Option<u64>>,
    /// Bars for what happens now and then, a line for what is always there.
    pub(crate) bars: bool,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Parts of a whole in a row, on a track.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) name: String,
    /// Color and size of each part.
    pub(crate) parts: Vec<(&'static str, u64)>,
    /// What the whole width means.
    pub(crate) total: u64,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// The slots of a worker, the busy ones first, sixteen to a line.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    pub(crate) name: String,
    pub(crate) busy: u32,
    pub(crate) slots: u32,
}

/// What became of the latest of something, the newest at the right.
#[derive(Clone, Debug)]
pub(crate) struct Beads {
    pub(crate) name: String,
    /// The color of each, the oldest first.
    pub(crate) classes: Vec<&'static str>,
    /// So many have room; fewer stand at the right.
    pub(crate) room: usize,
}

/// More cells than this would be a wall.
const SLOTS_DRAWN_MAX: u32 = 256;
const SLOTS_IN_LINE: u32 = 16;
/// A part that is there is seen.
const PART_WIDTH_MIN: f64 = 1.5;

impl Spark {
    fn line(&self) -> String {
        let max = self.max();
        let height = |value: u64| 1.0 + (1.0 - value as f64 / max) * 26.0;
        let points: Vec<(usize, Option<f64>)> = self.values.iter().map(|value| value.map(height)).enumerate().collect();
        points.split(|(_, y)| y.is_none()).filter(|known| !known.is_empty()).map(Self::stretch).collect()
    }

    /// A part of the line without a gap. One value alone is as wide as its step.
    fn stretch(known: &[(usize, Option<f64>)]) -> String {
        let points = known.iter().map(|(index, y)| (*index as f64, y.unwrap_or_default()));
        let points: Vec<(f64, f64)> = match known {
            [_] => points.flat_map(|(x, y)| [(x - 0.4, y), (x + 0.4, y)]).collect(),
            _ => points.collect(),
        };
        let (begin, end) = (points[0].0, points[points.len() - 1].0);
        let line: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y:.2}")).collect();
        let line = line.join(" ");
        format!(
            "<polygon class=\"fill\" points=\"{begin},28 {line} {end},28\"/><polyline class=\"stroke\" points=\"{line}\"/>"
        )
    }

    fn columns(&self) -> String {
        let max = self.max();
        let columns = self.values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?)));
        let column = |(index, value): (usize, u64)| {
            let height = (value as f64 / max * 28.0).max(PART_WIDTH_MIN);
            format!(
                "<rect class=\"solid\" x=\"{index}.15\" y=\"{:.2}\" width=\".7\" height=\"{height:.2}\"/>",
                28.0 - height
            )
        };
        columns.filter(|(_, value)| *value > 0).map(column).collect()
    }

    fn max(&self) -> f64 {
        self.values.iter().flatten().copied().max().unwrap_or(0).max(1) as f64
    }
}

impl fmt::Display for Spark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, class, width, height, values, bars } = self;
        let span = if *bars { values.len() } else { values.len().saturating_sub(1) }.max(1);
        let drawn = if *bars { self.columns() } else { self.line() };
        write!(
            out,
            "<svg class=\"spark {class}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {span} 28\" \
             preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">{drawn}</svg>",
            Markup::text(name)
        )
    }
}

impl Bar {
    /// Color, place and width of each part that is there, with a pixel between two.
    fn places(&self) -> Vec<(&'static str, f64, f64)> {
        let (mut x, scale) = (0.0, f64::from(self.width) / self.total.max(1) as f64);
        let mut places = Vec::new();
        for (class, size) in self.parts.iter().filter(|(_, size)| *size > 0) {
            let width = (*size as f64 * scale - 1.0).max(PART_WIDTH_MIN);
            places.push((*class, x, width.min(f64::from(self.width) - x).max(PART_WIDTH_MIN)));
            x += width + 1.0;
        }
        places
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, width, height, .. } = self;
        write!(
            out,
            "<svg class=\"bar\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\"><rect class=\"track\" width=\"{width}\" \
             height=\"{height}\" rx=\"1.5\"/>",
            Markup::text(name)
        )?;
        for (class, x, width) in self.places() {
            write!(
                out,
                "<rect class=\"solid {class}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"{height}\" rx=\"1\"/>"
            )?;
        }
        out.write_str("</svg>")
    }
}

impl fmt::Display for Slots {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let drawn = self.slots.min(SLOTS_DRAWN_MAX);
        let (width, height) = (drawn.min(SLOTS_IN_LINE) * 9, drawn.div_ceil(SLOTS_IN_LINE) * 11);
        let name = Markup::text(&self.name);
        write!(out, "<svg class=\"slots\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{name}\">")?;
        for slot in 0..drawn {
            let (x, y) = (slot % SLOTS_IN_LINE * 9, slot / SLOTS_IN_LINE * 11);
            let class = if slot < self.busy { "solid processing" } else { "track" };
            write!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"7\" height=\"9\" rx=\"1.5\"/>")?;
        }
        out.write_str("</svg>")
    }
}

impl Beads {
    /// Those of this color.
    fn drawn(&self, kind: &str) -> String {
        let first = self.room.saturating_sub(self.classes.len());
        let places = self.classes.iter().take(self.room).enumerate().filter(|(_, class)| **class == kind);
        places.map(|(place, _)| format!("M{} 0h4v14h-4z", (first + place) * 6)).collect()
    }
}

impl fmt::Display for Beads {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, name) = (self.room * 6, Markup::text(&self.name));
        write!(out, "<svg class=\"beads\" width=\"{width}\" height=\"14\" role=\"img\" aria-label=\"{name}\">")?;
        // One element for each color, however many beads have it.
        let kinds: BTreeSet<&str> = self.classes.iter().copied().collect();
        for kind in kinds {
            write!(out, "<path class=\"solid {kind}\" d=\"{}\"/>", self.drawn(kind))?;
        }
        out.write_str("</svg>")
    }
}

impl HtmlSafe for Beads {}
impl HtmlSafe for Spark {}
impl HtmlSafe for Bar {}
impl HtmlSafe for Slots {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_there_is_seen_and_one_that_is_not_is_not() {
        let parts = vec![("completed", 100_000), ("dead", 1), ("failed", 0)];

        let places = Bar { name: String::new(), parts, total: 100_001, width: 188, height: 8 }.places();

        assert_eq!(places.iter().map(|(class, ..)| *class).collect::<Vec<_>>(), ["completed", "dead"]);
        assert!(places[1].2 >= PART_WIDTH_MIN, "{places:?}");
    }

    #[test]
    fn where_nobody_looked_a_line_has_a_gap() {
        let values = vec![None, Some(2), Some(4), None, Some(1), None];
        let (name, class) = (String::new(), "enqueued");

        let drawn = Spark { name, class, values, bars: false, width: 96, height: 20 }.to_string();

        assert!(drawn.contains("<polyline class=\"stroke\" points=\"1,14.00 2,1.00\"/>"), "{drawn}");
        assert!(drawn.contains("<polyline class=\"stroke\" points=\"3.6,20.50 4.4,20.50\"/>"), "{drawn}");
        assert_eq!(drawn.matches("polyline").count(), 2, "{drawn}");
    }

    #[test]
    fn twenty_slots_stand_in_two_lines() {
        let drawn = Slots { name: "4 < 20".to_owned(), busy: 4, slots: 20 }.to_string();

        assert!(drawn.contains("width=\"144\" height=\"22\"") && drawn.contains("4 &#60; 20"), "{drawn}");
        assert_eq!((drawn.matches("processing").count(), drawn.matches("track").count()), (4, 16));
    }

    #[test]
    fn fewer_beads_than_there_is_room_for_stand_at_the_right() {
        let drawn = Beads { name: "2 <b>".to_owned(), classes: vec!["completed", "dead"], room: 20 }.to_string();

        assert!(drawn.contains("width=\"120\"") && drawn.contains("2 &#60;b&#62;"), "{drawn}");
        assert!(drawn.contains("completed\" d=\"M108 0h4") && drawn.contains("dead\" d=\"M114 0h4"), "{drawn}");
    }
}

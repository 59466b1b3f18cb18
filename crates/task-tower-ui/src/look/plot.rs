//! A chart with its gutter, its name, and the table that says the same.

use askama::Template;
use askama::filters::HtmlSafe;

/// A chart: the words of the axis down stand beside the area that stretches.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/plot.html")]
pub(crate) struct Plot {
    /// What it shows, for who cannot see it.
    pub(super) name: String,
    pub(super) gutter_width: u32,
    pub(super) height: u32,
    pub(super) gutter: String,
    pub(super) area: String,
    /// Which axis across it has; charts of the same one share the line at the pointer. Time has no name.
    pub(super) axis: &'static str,
    /// Whether something in the area can be followed.
    pub(super) linked: bool,
    /// The ends of its axis, in milliseconds, where the pointer can pick a part of it.
    pub(super) brush: Option<String>,
    pub(super) twin: Twin,
}

impl HtmlSafe for Plot {}

/// The numbers of a chart as a table, to be read and copied.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/twin.html")]
pub(crate) struct Twin {
    /// What opens it: "Table".
    pub(crate) summary: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Where on the axis across each row lies, from 0 to 1; empty where the rows are in its order and there is one for each
    /// place.
    pub(crate) places: Vec<f64>,
}

impl HtmlSafe for Twin {}

impl Twin {
    fn placed(&self) -> impl Iterator<Item = (Option<f64>, &Vec<String>)> {
        self.rows.iter().enumerate().map(|(number, row)| (self.places.get(number).copied(), row))
    }
}

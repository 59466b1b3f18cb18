//! The life of a job on one axis: its states, below them a row for each attempt.

use super::plot::{Plot, Twin};
use super::svg;

/// Rows of spans on one axis of time. All places are shares of it.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    pub(crate) name: String,
    pub(crate) ticks: Vec<(f64, String)>,
    /// The job first, then its attempts.
    pub(crate) rows: Vec<Row>,
    pub(crate) now: Option<(f64, String)>,
    /// When it begins and ends, in milliseconds of Unix time, where a part of it can be asked for.
    pub(crate) ends: Option<(i64, i64)>,
    pub(crate) twin: Twin,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// Where the label leads, and what that is.
    pub(crate) link: Option<(String, String)>,
    pub(crate) spans: Vec<Span>,
    /// What stands after the last span, in the color of a state: the error.
    pub(crate) after: Option<(&'static str, String)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// The color: a state.
    pub(crate) class: &'static str,
    pub(crate) form: Form,
    /// Shown inside where it fits.
    pub(crate) label: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// It ran, or was in this state.
    Solid,
    /// It waited for a retry.
    Tinted,
    /// It waited for a slot.
    Outline,
    /// It has not happened yet.
    Future,
}

const TOP: f64 = 24.0;
const JOB_HEIGHT: f64 = 18.0;
const ATTEMPT_HEIGHT: f64 = 14.0;
const ATTEMPT_STEP: f64 = 30.0;
/// The width for which labels are fitted, that of a narrow window, and that of a letter.
const NOMINAL_WIDTH: f64 = 760.0;
const NARROW_WIDTH: f64 = 230.0;
const LETTER_WIDTH: f64 = 6.2;
/// Around a label, on both sides together.
const LABEL_MARGIN: f64 = 8.0;
/// Between a span and its label, as a share of the width.
const GAP: f64 = 0.007;

impl Timeline {
    pub(crate) fn plot(self) -> Plot {
        let places: Vec<(f64, f64)> = (0..self.rows.len()).map(place).collect();
        let bottom = places.last().map_or(TOP, |(y, height)| y + height) + 10.0;
        let rows: String = self.rows.iter().zip(&places).map(|(row, place)| row.drawn(*place)).collect();
        let labels = self.rows.iter().zip(&places);
        let label = |(index, (row, (y, height))): (usize, (&Row, &(f64, f64)))| {
            let class = if index == 0 { "row-label strong" } else { "row-label" };
            let words = svg::text(class, 0.0, y + height / 2.0 + 4.0, &row.label);
            row.link.as_ref().map_or(words.clone(), |link| svg::link(link, &words))
        };
        let linked = self.rows.iter().any(|row| row.link.is_some());
        let gutter = labels.enumerate().map(label).collect();
        let grid: String = self.ticks.iter().map(|(x, _)| svg::line("grid", (*x, TOP - 6.0), (*x, bottom))).collect();
        let area = [grid, axis(&self.ticks), rows, now(self.now.as_ref(), bottom)].concat();
        Plot {
            name: self.name,
            gutter_width: 88,
            height: bottom as u32 + 22,
            gutter,
            area,
            linked,
            brush: self.ends.map(|(begin, end)| format!("{begin}-{end}")),
            twin: self.twin,
            ..Plot::default()
        }
    }
}

/// Where there is little room, only every second mark is kept, or fewer, as many as have room.
fn axis(ticks: &[(f64, String)]) -> String {
    let longest = ticks.iter().map(|(_, words)| pixels(words)).fold(1.0, f64::max);
    let room = (NARROW_WIDTH / longest) as usize;
    let step = ticks.len().div_ceil(room.max(1)).max(2);
    let (kept, spare): (Vec<_>, Vec<_>) = ticks.iter().cloned().enumerate().partition(|(index, _)| index % step == 0);
    let words = |ticks: Vec<(usize, (f64, String))>| {
        svg::axis(12.0, &ticks.into_iter().map(|(_, tick)| tick).collect::<Vec<_>>())
    };
    format!("{}<g class=\"spare\">{}</g>", words(kept), words(spare))
}

/// The row's place from the top, and its height.
fn place(row: usize) -> (f64, f64) {
    match row {
        0 => (TOP, JOB_HEIGHT),
        attempt => (TOP + JOB_HEIGHT + 20.0 + (attempt - 1) as f64 * ATTEMPT_STEP, ATTEMPT_HEIGHT),
    }
}

fn now(now: Option<&(f64, String)>, bottom: f64) -> String {
    let Some((x, words)) = now else { return String::new() };
    let anchor = if *x > 0.6 { "mark-word end" } else { "mark-word" };
    svg::line("mark", (*x, TOP - 6.0), (*x, bottom + 14.0))
        + &svg::text(anchor, if *x > 0.6 { x - 0.006 } else { x + 0.006 }, bottom + 14.0, words)
}

impl Row {
    fn drawn(&self, place: (f64, f64)) -> String {
        let spans: String = self.spans.iter().map(|span| span.drawn(place)).collect();
        spans + &self.after.as_ref().map(|(class, words)| self.ended(class, words, place)).unwrap_or_default()
    }

    /// What stands behind the last span; without room there before the first, and without room on either side in the last,
    /// which is long then. In a narrow window it is left out where it would not fit.
    fn ended(&self, class: &str, words: &str, (y, height): (f64, f64)) -> String {
        let begin = self.spans.first().map_or(0.0, |span| span.from);
        let end = self.spans.last().map_or(0.0, |span| span.to);
        let share = pixels(words) / NOMINAL_WIDTH;
        let form = self.spans.last().map_or("", |span| span.form.class());
        let (room, x, place) = match (1.0 - end > share, begin > share) {
            (true, _) => (1.0 - end, end + GAP, format!("after {class}")),
            (_, true) => (begin, begin - GAP, format!("after {class} end")),
            _ => (end - begin, end - GAP, format!("inside {form} end")),
        };
        let spare = if pixels(words) > room * NARROW_WIDTH { " spare" } else { "" };
        svg::text(&(place + spare), x, y + height / 2.0 + 4.0, words)
    }
}

/// How wide words are about, with some room around.
fn pixels(words: &str) -> f64 {
    words.chars().count() as f64 * LETTER_WIDTH + LABEL_MARGIN
}

impl Form {
    fn class(self) -> &'static str {
        match self {
            Self::Solid => "solid",
            Self::Tinted => "tinted",
            Self::Outline => "outline",
            Self::Future => "future",
        }
    }
}

impl Span {
    fn drawn(&self, (y, height): (f64, f64)) -> String {
        let form = self.form.class();
        let width = (self.to - self.from).max(0.002);
        let drawn = svg::rect(&format!("span {form} {}", self.class), self.from, y, width, height);
        let fits = !self.label.is_empty() && pixels(&self.label) < width * NOMINAL_WIDTH;
        let label = fits.then(|| {
            svg::text(
                &format!("inside {form}"),
                self.from + LABEL_MARGIN / 2.0 / NOMINAL_WIDTH,
                y + height / 2.0 + 4.0,
                &self.label,
            )
        });
        drawn + &label.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(to: f64) -> String {
        Span { from: 0.0, to, class: "failed", form: Form::Tinted, label: "retry in 60 s".to_owned() }
            .drawn((0.0, 18.0))
    }

    fn ended(from: f64, to: f64) -> String {
        let span = Span { from, to, class: "processing", form: Form::Solid, label: String::new() };
        Row {
            label: String::new(),
            link: None,
            spans: vec![span],
            after: Some(("dead", "card declined: do_not_honor".to_owned())),
        }
        .drawn((0.0, 18.0))
    }

    #[test]
    fn an_error_stands_where_there_is_room_for_it() {
        assert!(ended(0.1, 0.2).contains("class=\"after dead\""));
        assert!(ended(0.7, 0.95).contains("class=\"after dead end"));
        assert!(ended(0.1, 0.95).contains("class=\"inside solid end\" x=\"94.3"));
    }

    #[test]
    fn marks_that_would_touch_in_a_narrow_window_are_left_out_there() {
        let ticks: Vec<(f64, String)> = (0..5).map(|tick| (f64::from(tick) / 4.0, "05:44:39.700".to_owned())).collect();

        let drawn = axis(&ticks);

        let (kept, spare) = drawn.split_once("<g class=\"spare\">").unwrap();
        assert_eq!((kept.matches("<text").count(), spare.matches("<text").count()), (2, 3), "{drawn}");
    }

    #[test]
    fn a_label_stands_inside_only_where_it_fits() {
        assert!(span(0.5).contains("<text") && !span(0.05).contains("<text"));
    }
}

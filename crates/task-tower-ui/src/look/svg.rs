//! Pieces of SVG. Places across are shares of the width, so that a chart stretches and its words do
//! not; places down are pixels.

use crate::messages::Markup;

pub(super) fn percent(share: f64) -> String {
    format!("{:.3}%", share * 100.0)
}

pub(super) fn rect(class: &str, x: f64, y: f64, width: f64, height: f64) -> String {
    let (x, width) = (percent(x), percent(width));
    format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height:.1}\"/>")
}

pub(super) fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> String {
    let (x1, x2) = (percent(from.0), percent(to.0));
    format!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{:.1}\" x2=\"{x2}\" y2=\"{:.1}\"/>", from.1, to.1)
}

/// Words at a place; `class` may say `end` or `middle`.
pub(super) fn text(class: &str, x: f64, y: f64, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{}\" y=\"{y:.1}\">{}</text>", percent(x), Markup::text(words))
}

/// The words of the axis across: the first begins at its place, the last ends there.
pub(super) fn axis(y: f64, marks: &[(f64, String)]) -> String {
    let anchor = |share: f64| match share {
        ..0.03 => "axis",
        0.97.. => "axis end",
        _ => "axis middle",
    };
    marks.iter().map(|(share, words)| text(anchor(*share), *share, y, words)).collect()
}

/// The words of the axis down, in a gutter of their own.
pub(super) fn gutter(marks: &[(f64, String)]) -> String {
    marks.iter().map(|(y, words)| text("axis end", 0.85, y + 4.0, words)).collect()
}

/// Something drawn that leads somewhere. By keyboard, the twin of the chart does.
pub(super) fn link((href, name): &(String, String), drawn: &str) -> String {
    let (href, name) = (Markup::text(href), Markup::text(name));
    format!("<a href=\"{href}\" tabindex=\"-1\" aria-label=\"{name}\"><title>{name}</title>{drawn}</a>")
}

//! Which part of the time is asked for, as the pages have it and in steps.

use std::time::Duration;

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{Point, Window};

use crate::fault::Fault;
use crate::messages::Messages;

/// Each reaches further back than the one before, in longer steps.
const WINDOWS: [(&str, Window); 5] = [
    ("1h", Window::Hour),
    ("6h", Window::SixHours),
    ("24h", Window::Day),
    ("7d", Window::Week),
    ("30d", Window::Month),
];

/// A window by its name; the last hour without one.
pub(super) fn window(name: Option<&str>) -> Result<Window, Fault> {
    let Some(name) = name else { return Ok(Window::Hour) };
    let known = WINDOWS.iter().find(|(known, _)| *known == name);
    known.map(|(_, window)| *window).ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, Messages::api_no_window))
}

/// A part of what is kept.
pub(super) struct Span {
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) to: Option<DateTime<Utc>>,
    /// In seconds.
    pub(super) step: Option<u64>,
}

impl Span {
    /// That of the step; without one, the shortest that reaches back so far.
    pub(super) fn window(&self, now: DateTime<Utc>) -> Result<Window, Fault> {
        let windows = || WINDOWS.iter().map(|(_, window)| *window);
        match (self.step, self.from) {
            (Some(step), _) => {
                let fitting = windows().find(|window| window.step() == Duration::from_secs(step));
                fitting.ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, Messages::api_no_step))
            }
            (None, None) => Ok(Window::Hour),
            (None, Some(from)) => Ok(windows().find(|window| now - reach(*window) <= from).unwrap_or(Window::Month)),
        }
    }

    /// The places of the points that lie in it, at least in part.
    pub(super) fn places(&self, window: Window, points: &[Point]) -> Vec<usize> {
        let step = TimeDelta::from_std(window.step()).unwrap_or_default();
        let lies_within = |point: &Point| {
            self.from.is_none_or(|from| point.at + step > from) && self.to.is_none_or(|to| point.at < to)
        };
        points.iter().enumerate().filter(|(_, point)| lies_within(point)).map(|(place, _)| place).collect()
    }
}

fn reach(window: Window) -> TimeDelta {
    let steps = i32::try_from(window.steps()).unwrap_or(i32::MAX);
    TimeDelta::from_std(window.step()).unwrap_or_default() * steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_window_that_reaches_back_so_far_is_taken() {
        let now = Utc::now();
        let of = |hours: i64| Span { from: Some(now - TimeDelta::hours(hours)), to: None, step: None }.window(now);

        for (hours, window) in
            [(1, Window::Hour), (2, Window::SixHours), (24, Window::Day), (25, Window::Week), (9_999, Window::Month)]
        {
            assert_eq!(of(hours).ok(), Some(window), "{hours} h");
        }
    }

    #[test]
    fn a_step_is_that_of_a_window() {
        let of = |step: u64| Span { from: None, to: None, step: Some(step) }.window(Utc::now()).ok();

        assert_eq!((of(60), of(3_600), of(61)), (Some(Window::Hour), Some(Window::Week), None));
    }
}

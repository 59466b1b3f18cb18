//! The time that a page of charts looks back.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use task_tower::Window;

use crate::look::Look;
use crate::messages::Messages;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    window: String,
}

/// A link of the row of windows.
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) word: String,
    pub(super) current: bool,
}

/// The windows that are offered, as addresses name them.
const WINDOWS: [(&str, Window); 4] =
    [("1h", Window::Hour), ("6h", Window::SixHours), ("24h", Window::Day), ("7d", Window::Week)];
/// How many parts the axis of a chart has.
const PARTS: i32 = 4;

impl Wanted {
    /// The last hour, unless another one of them is named.
    pub(super) fn window(&self) -> Window {
        named(&self.window)
    }
}

/// The window of that name; the last hour, unless it is one of them.
pub(super) fn named(name: &str) -> Window {
    let known = WINDOWS.iter().find(|(known, _)| *known == name);
    known.map_or(Window::Hour, |(_, window)| *window)
}

pub(super) fn word(m: Messages, window: Window) -> String {
    match window {
        Window::Hour => m.hours(1),
        Window::SixHours => m.hours(6),
        Window::Day => m.hours(24),
        _ => m.days(7),
    }
}

/// Behind "the last": an hour is not counted.
pub(super) fn last(m: Messages, window: Window) -> String {
    match window {
        Window::Hour => m.hour(),
        Window::SixHours => m.hours_in_words(6),
        Window::Day => m.hours_in_words(24),
        _ => m.days_in_words(7),
    }
}

pub(super) fn choices(m: Messages, current: Window) -> Vec<Choice> {
    let choice = |(name, window)| Choice { name, word: word(m, window), current: window == current };
    WINDOWS.map(choice).into()
}

/// The words of the axis from `begin` on: the clock time, or the day of a week.
pub(super) fn axis(look: &Look, window: Window, begin: DateTime<Utc>) -> Vec<(f64, String)> {
    let steps = i32::try_from(window.steps()).unwrap_or(i32::MAX);
    let span = TimeDelta::from_std(window.step()).unwrap_or_default() * steps;
    let word = |part: i32| {
        let at = begin + span * part / PARTS;
        let said = if window == Window::Week { look.day(at) } else { look.minute(at) };
        (f64::from(part) / f64::from(PARTS), said)
    };
    (0..=PARTS).map(word).collect()
}

//! How long a failed job waits before each retry: a bar from the shortest to the longest delay, on a log axis.

use std::time::Duration;

use super::Look;
use super::plot::{Plot, Twin};
use super::scale::{log_share, share};
use super::svg;

/// The delays before retries, from the first one on.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    pub(crate) name: String,
    pub(crate) delays: Vec<(Duration, Duration)>,
    pub(crate) twin: Twin,
}

const TOP: f64 = 8.0;
const BOTTOM: f64 = 104.0;
const HEIGHT: u32 = 126;
/// What is always the same is still seen.
const BAR_HEIGHT_MIN: f64 = 3.0;
/// So many retries have their number below them; of more, every second, third, …
const NUMBERS_MAX: usize = 12;
/// The steps of the axis, in seconds.
const STEPS: [f64; 9] = [0.001, 0.01, 0.1, 1.0, 10.0, 60.0, 3_600.0, 86_400.0, 2_592_000.0];

impl Backoff {
    pub(crate) fn plot(self, look: &Look) -> Plot {
        let steps = self.steps();
        let (from, to) = (steps[0], steps[steps.len() - 1]);
        let y = |seconds: f64| BOTTOM - log_share(seconds, from, to) * (BOTTOM - TOP);
        let grid: String = steps.iter().map(|step| svg::line("grid", (0.0, y(*step)), (1.0, y(*step)))).collect();
        let words: Vec<(f64, String)> = steps.iter().map(|step| (y(*step), word(look, *step))).collect();
        let bars: String = self.delays.iter().enumerate().map(|(place, delay)| self.bar(place, delay, y)).collect();
        Plot {
            axis: "retries",
            gutter_width: 60,
            height: HEIGHT,
            gutter: svg::gutter(&words),
            area: grid + &bars + &svg::axis(120.0, &self.numbers()),
            name: self.name,
            twin: self.twin,
            ..Plot::default()
        }
    }

    /// From the step below everything to the one above.
    fn steps(&self) -> &'static [f64] {
        let seconds = || self.delays.iter().flat_map(|(least, most)| [least.as_secs_f64(), most.as_secs_f64()]);
        let (least, most) = seconds().fold((f64::MAX, 0.0), |(least, most), one| (one.min(least), one.max(most)));
        let begin = STEPS.iter().rposition(|step| *step <= least).unwrap_or(0).min(STEPS.len() - 2);
        let end = STEPS.iter().position(|step| *step >= most).unwrap_or(STEPS.len() - 1).max(begin + 1);
        &STEPS[begin..=end]
    }

    fn bar(&self, place: usize, (least, most): &(Duration, Duration), y: impl Fn(f64) -> f64) -> String {
        let (top, bottom) = (y(most.as_secs_f64()), y(least.as_secs_f64()));
        let height = (bottom - top).max(BAR_HEIGHT_MIN);
        let (x, width) = (share(place, self.delays.len()), share(1, self.delays.len()));
        svg::rect("solid failed", x + width * 0.15, bottom - height, width * 0.7, height)
    }

    fn numbers(&self) -> Vec<(f64, String)> {
        let (count, every) = (self.delays.len(), self.delays.len().div_ceil(NUMBERS_MAX).max(1));
        let middle = |place: usize| share(place, count) + share(1, count) / 2.0;
        (0..count).step_by(every).map(|place| (middle(place), (place + 1).to_string())).collect()
    }
}

/// In one unit.
fn word(look: &Look, step: f64) -> String {
    let m = look.m;
    match step {
        ..1.0 => m.milliseconds((step * 1_000.0).round()),
        ..60.0 => m.seconds(step),
        ..3_600.0 => m.minutes(step / 60.0),
        ..86_400.0 => m.hours((step / 3_600.0) as u64),
        _ => m.days((step / 86_400.0) as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(delays: &[(u64, u64)]) -> (f64, f64) {
        let delays = delays.iter().map(|(least, most)| (Duration::from_secs(*least), Duration::from_secs(*most)));
        let backoff = Backoff { name: String::new(), delays: delays.collect(), twin: Twin::default() };
        let steps = backoff.steps();
        (steps[0], steps[steps.len() - 1])
    }

    #[test]
    fn the_axis_is_around_all_delays_and_never_empty() {
        assert_eq!(steps(&[(17, 46), (10_016, 10_306)]), (10.0, 86_400.0));
        assert_eq!(steps(&[(60, 60)]), (60.0, 3_600.0));
        assert_eq!(steps(&[(0, 0)]), (0.001, 0.01));
        assert_eq!(steps(&[(2_592_000, 2_592_000)]), (86_400.0, 2_592_000.0));
    }
}

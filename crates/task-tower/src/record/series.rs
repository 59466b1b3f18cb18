//! Numbers over time: what is counted, and how it is laid out for a chart.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::histogram::{Histogram, Percentiles, bounds};

/// Which runs are counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Axis {
    /// All of them.
    All,
    /// Those of one kind.
    Kind(String),
    /// Those of one queue.
    Queue(String),
}

/// The time until now that a chart shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Window {
    /// 60 steps of a minute.
    #[default]
    Hour,
    /// 72 steps of five minutes.
    SixHours,
    /// 96 steps of a quarter of an hour.
    Day,
    /// 168 steps of an hour.
    Week,
    /// 120 steps of six hours.
    Month,
}

/// How many runs ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Jobs that were created; counted some seconds after the end of each minute.
    pub enqueued: u64,
    /// Runs that completed their job.
    pub completed: u64,
    /// Runs that failed and are retried.
    pub failed: u64,
    /// Runs after which their job was dead.
    pub dead: u64,
    /// Runs whose job was cancelled.
    pub cancelled: u64,
}

/// What happened over time, in steps of equal length. The last one is not over yet.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Series {
    /// The time it covers.
    pub window: Window,
    /// One for each step, oldest first.
    pub points: Vec<Point>,
    /// All steps together.
    pub counts: Counts,
    /// How long runs waited for a slot once they were due; `None` when there were none.
    pub wait: Option<Percentiles>,
    /// How long they took.
    pub run: Option<Percentiles>,
    /// How many runs took how long in each step.
    pub heat: HeatMap,
}

/// One step of a series.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Point {
    /// When it begins.
    pub at: DateTime<Utc>,
    /// What was counted; zeros when nothing happened.
    pub counts: Counts,
    /// How long runs waited for a slot once they were due; `None` when there were none.
    pub wait: Option<Percentiles>,
    /// How long they took.
    pub run: Option<Percentiles>,
}

/// Run times over time: a column for each step of a series.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct HeatMap {
    /// The rows, from the shortest time that occurred to the longest: from when to when. Each is half as
    /// long again as the one before.
    pub classes: Vec<(Duration, Duration)>,
    /// For each step, how many runs there were in each class.
    pub columns: Vec<Vec<u64>>,
}

/// The first start of a version of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Deploy {
    /// The version.
    pub app_version: String,
    /// When its first worker registered.
    pub at: DateTime<Utc>,
}

/// What was in the queues at one time. Each number was counted up to [`COUNT_MAX`](crate::COUNT_MAX) for each queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Depth {
    /// Jobs whose time had not come.
    pub scheduled: u64,
    /// Jobs that were due and waited.
    pub enqueued: u64,
    /// Jobs that ran.
    pub processing: u64,
    /// Jobs that waited for their retry.
    pub failed: u64,
}

/// One row of what is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tallied {
    pub(crate) counts: Counts,
    pub(crate) waits: Histogram,
    pub(crate) runs: Histogram,
}

impl Axis {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Axis::All => "all",
            Axis::Kind(_) => "kind",
            Axis::Queue(_) => "queue",
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Axis::All => "",
            Axis::Kind(name) | Axis::Queue(name) => name,
        }
    }
}

impl Window {
    /// How many steps it has.
    #[must_use]
    pub fn steps(&self) -> usize {
        match self {
            Window::Hour => 60,
            Window::SixHours => 72,
            Window::Day => 96,
            Window::Week => 168,
            Window::Month => 120,
        }
    }

    /// How long a step is.
    #[must_use]
    pub fn step(&self) -> Duration {
        let minutes = match self {
            Window::Hour => 1,
            Window::SixHours => 5,
            Window::Day => 15,
            Window::Week => 60,
            Window::Month => 360,
        };
        Duration::from_secs(minutes * 60)
    }

    /// The length of the rows it is made of, in minutes.
    pub(crate) fn grain(self) -> i16 {
        if self.step() < Duration::from_secs(60 * 60) { 1 } else { 60 }
    }

    /// In which step the time lies.
    pub(crate) fn index(self, first: DateTime<Utc>, at: DateTime<Utc>) -> Option<usize> {
        let passed = (at - first).to_std().ok()?;
        let index = (passed.as_secs() / self.step().as_secs()) as usize;
        (index < self.steps()).then_some(index)
    }

    fn begin(self, first: DateTime<Utc>, index: usize) -> DateTime<Utc> {
        first + self.step() * index as u32
    }
}

impl Counts {
    /// Which part of the runs completed, from 0 to 1; cancelled ones left out, and `None` when there were no others.
    #[must_use]
    pub fn success_rate(&self) -> Option<f64> {
        let all = self.completed + self.failed + self.dead;
        (all > 0).then(|| self.completed as f64 / all as f64)
    }

    fn add(&mut self, other: &Self) {
        self.enqueued += other.enqueued;
        self.completed += other.completed;
        self.failed += other.failed;
        self.dead += other.dead;
        self.cancelled += other.cancelled;
    }
}

impl Tallied {
    pub(crate) fn add(&mut self, other: &Self) {
        self.counts.add(&other.counts);
        self.waits.merge(&other.waits);
        self.runs.merge(&other.runs);
    }
}

impl Series {
    /// Lays rows out in steps.
    pub(crate) fn new(
        window: Window,
        first: DateTime<Utc>,
        rows: impl IntoIterator<Item = (DateTime<Utc>, Tallied)>,
    ) -> Self {
        let mut steps = vec![Tallied::default(); window.steps()];
        let mut all = Tallied::default();
        for (at, row) in rows {
            if let Some(index) = window.index(first, at) {
                steps[index].add(&row);
                all.add(&row);
            }
        }
        let points = steps.iter().enumerate().map(|(index, step)| Point::new(window.begin(first, index), step));
        Self {
            window,
            points: points.collect(),
            counts: all.counts,
            wait: all.waits.percentiles(),
            run: all.runs.percentiles(),
            heat: HeatMap::new(&steps, &all.runs),
        }
    }
}

impl Point {
    fn new(at: DateTime<Utc>, step: &Tallied) -> Self {
        Self { at, counts: step.counts, wait: step.waits.percentiles(), run: step.runs.percentiles() }
    }
}

impl HeatMap {
    fn new(steps: &[Tallied], all: &Histogram) -> Self {
        let used = all.counts();
        let first = used.iter().position(|count| *count > 0).unwrap_or(used.len());
        let classes = first..used.len();
        let column = |step: &Tallied| -> Vec<u64> {
            classes.clone().map(|class| step.runs.counts().get(class).copied().unwrap_or(0)).collect()
        };
        Self { columns: steps.iter().map(column).collect(), classes: classes.clone().map(bounds).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::duration_class;

    fn row(completed: u64, run: Duration) -> Tallied {
        let mut row = Tallied { counts: Counts { completed, ..Counts::default() }, ..Tallied::default() };
        row.runs.add(duration_class(run), completed);
        row
    }

    #[test]
    fn rows_fall_into_their_steps_and_gaps_are_empty() {
        let first = DateTime::UNIX_EPOCH;
        let minute = |number: u64| first + Duration::from_secs(60 * number);
        let (short, long) = (Duration::from_millis(1), Duration::from_secs(1));

        let rows = [
            (minute(0), row(1, short)),
            (minute(4), row(2, short)),
            (minute(5), row(4, long)),
            (minute(400), row(8, long)),
        ];
        let series = Series::new(Window::SixHours, first, rows);

        let completed: Vec<u64> = series.points.iter().map(|point| point.counts.completed).collect();
        assert_eq!(completed[..3], [3, 4, 0]);
        assert_eq!((series.points.len(), series.counts.completed), (72, 7));
        assert_eq!(series.points[1].at, minute(5));
        assert_eq!(series.points[2].run, None);
        assert_eq!(series.heat.columns[0].first(), Some(&3));
        assert_eq!(series.heat.columns[1].last(), Some(&4));
        assert_eq!(series.heat.classes.len(), duration_class(long) - duration_class(short) + 1);
    }

    #[test]
    fn every_window_is_made_of_rows_that_its_steps_can_hold() {
        for window in [Window::Hour, Window::SixHours, Window::Day, Window::Week, Window::Month] {
            assert_eq!(window.step().as_secs() % (60 * window.grain().unsigned_abs() as u64), 0);
        }
    }

    #[test]
    fn what_was_cancelled_does_not_count_against_success() {
        let counts = Counts { completed: 3, failed: 1, cancelled: 9, ..Counts::default() };

        assert_eq!(counts.success_rate(), Some(0.75));
        assert_eq!(Counts { cancelled: 9, ..Counts::default() }.success_rate(), None);
    }
}

//! When a recurring job runs: from an expression and a zone to instants and to words. Rules only: the time is
//! passed in. Cron itself is croner's; the rule for changes of the clock is ours, and stands in `clock.rs`.

mod clock;
mod cron;
mod fault;
mod interval;
mod plan;
mod words;
mod zone;

pub use clock::ClockChange;
pub use fault::RecurrenceError;
pub(crate) use plan::{Due, due, jittered};

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use clock::Clock;
use interval::Interval;

/// The longest expression, in bytes.
pub const EXPRESSION_BYTES_MAX: usize = 200;

/// When something recurs: by cron in a time zone, or every so often.
///
/// An expression is one of
///
/// - cron of five fields (minute, hour, day of the month, month, day of the week) or of six, with seconds before
///   them: numbers, `*`, lists, ranges, steps, names of months and days, `L` for the last day of the month, `5L` for its
///   last Friday, `15W` for the working day nearest to the 15th, `1#2` for its second Monday; when both days are given,
///   either suffices, as cron has it;
/// - `@yearly`, `@annually`, `@monthly`, `@weekly`, `@daily`, `@midnight`, `@hourly`;
/// - `every 15 minutes`, `every 1h 30m`, or `PT15M` as ISO 8601 has it: from one second to 366 days. These are counted from
///   1970-01-01T00:00Z, so that everybody counts alike: every 15 minutes is at :00, :15, :30 and :45.
///
/// Cron reads the clock on the wall of the zone. Where that clock is changed:
///
/// - what falls into the hour that is left out runs once, right after it, unless the hour is `*` or a step of it: that runs
///   in the next hour anyway;
/// - what falls into the hour that comes twice runs once, in the first of them, unless its second, minute or hour has a
///   `*`: that goes on as time does, and runs in both.
///
/// Intervals follow the time that passes, whatever the clock on the wall does.
///
/// ```
/// use task_tower::Recurrence;
///
/// let nightly = Recurrence::new("30 2 * * *", "Europe/Berlin")?;
/// let before = "2027-03-27T12:00:00Z".parse().unwrap();
///
/// let times: Vec<String> = nightly.upcoming(before).take(2).map(|run| run.local().to_string()).collect();
/// assert_eq!(times, ["2027-03-28 03:00:00", "2027-03-29 02:30:00"], "on March 28th, there is no 2:30");
/// assert_eq!(nightly.words(), "At 02:30");
/// # Ok::<(), task_tower::RecurrenceError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Recurrence {
    expression: String,
    zone: Tz,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    Clock(Box<Clock>),
    Every(Interval),
}

/// One time at which something recurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    at: DateTime<Utc>,
    local: NaiveDateTime,
    change: Option<ClockChange>,
}

impl Recurrence {
    /// Reads an expression, for a zone by its name of the IANA database, such as `UTC` or `Europe/Berlin`.
    ///
    /// # Errors
    ///
    /// What is wrong, at which character, and what may have been meant. Also for what never comes, such as February
    /// 30th.
    pub fn new(expression: &str, zone: &str) -> Result<Self, RecurrenceError> {
        let zone = zone::find(zone)?;
        fault::check_text(expression)?;
        let rule = match interval::read(expression)? {
            Some(interval) => Rule::Every(interval),
            None => Rule::Clock(Box::new(Clock::new(cron::read(expression)?, zone))),
        };
        let recurrence = Self { expression: expression.trim().to_owned(), zone, rule };
        match recurrence.next_after(DateTime::UNIX_EPOCH) {
            Some(_) => Ok(recurrence),
            None => Err(RecurrenceError::new(expression, 1, "this never comes")),
        }
    }

    /// The expression, without blanks around it.
    #[must_use]
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The name of the zone.
    #[must_use]
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// The first time after this instant; `None` when it never comes again.
    #[must_use]
    pub fn next_after(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.rule {
            Rule::Clock(clock) => clock.next_after(instant).map(|(at, _)| at),
            Rule::Every(interval) => interval.next_after(instant),
        }
    }

    /// The times after this instant, one after the other.
    pub fn upcoming(&self, instant: DateTime<Utc>) -> impl Iterator<Item = Occurrence> {
        std::iter::successors(self.occurrence_after(instant), |last| self.occurrence_after(last.at))
    }

    fn occurrence_after(&self, instant: DateTime<Utc>) -> Option<Occurrence> {
        let (at, change) = match &self.rule {
            Rule::Clock(clock) => clock.next_after(instant)?,
            Rule::Every(interval) => (interval.next_after(instant)?, None),
        };
        Some(Occurrence { at, local: at.with_timezone(&self.zone).naive_local(), change })
    }

    /// What the expression says, in English: `At 02:30`, `Every 15 minutes`. Without the zone.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.rule {
            Rule::Clock(clock) => clock.words(),
            Rule::Every(interval) => interval.words(),
        }
    }
}

impl Occurrence {
    /// When it is.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// What the clock on the wall of the zone shows then.
    #[must_use]
    pub fn local(&self) -> NaiveDateTime {
        self.local
    }

    /// What a change of the clock has to do with it, if anything.
    #[must_use]
    pub fn change(&self) -> Option<ClockChange> {
        self.change
    }
}

//! What a call may say about its jobs, and how that becomes a row.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Client;
use super::tags::distinct;
use crate::config::{check_max_retries, check_priority, check_timeout};
use crate::error::{Error, Result};
use crate::job::{Job, KindConfig, Unique, check_unique_key, encode};
use crate::record::{JobId, PARENTS_MAX, ParentDeath, check_kind, check_queue, check_tags};
use crate::store::{Due, Entry, NewJob, UniqueKey};

/// What a call may say about its jobs.
#[derive(Clone, Debug, Default)]
pub(super) struct CallOptions {
    pub(super) queue: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) max_retries: Option<u32>,
    pub(super) priority: Option<i16>,
    pub(super) timeout: Option<Duration>,
    pub(super) when: When,
    pub(super) unique: Option<Uniqueness>,
    pub(super) or_conflict: bool,
    /// The batch that they come into.
    pub(super) entry: Option<Entry>,
    /// The jobs that they await.
    pub(super) follows: Vec<JobId>,
    pub(super) if_parent_dies: ParentDeath,
}

/// What a call says about uniqueness; the last of several words counts.
#[derive(Clone, Debug)]
pub(super) enum Uniqueness {
    Not,
    By(Unique),
    Key(String),
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) enum When {
    #[default]
    Now,
    Milliseconds(u64),
    Months(u64),
    At(DateTime<Utc>),
}

/// The methods by which a request says them: the same for one job and for many.
macro_rules! fluent_options {
    () => {
        /// The queue it goes to: 1 to 64 bytes, no comma, star or control character.
        pub fn to_queue(mut self, queue: impl Into<String>) -> Self {
            self.options.queue = Some(queue.into());
            self
        }

        /// Adds tags to find it by: at most 32, each a name like a queue's. They are there before
        /// the job can run.
        pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
            self.options.tags.extend(tags.into_iter().map(Into::into));
            self
        }

        /// How often it is run again after failures before it is dead: 0 to 1,000.
        pub fn max_retries(mut self, retries: u32) -> Self {
            self.options.max_retries = Some(retries);
            self
        }

        /// Which jobs of a queue run first: higher before lower, -100 to 100.
        pub fn priority(mut self, priority: i16) -> Self {
            self.options.priority = Some(priority);
            self
        }

        /// The longest that one run may take, 1 ms to 365 days. When it is over, the handler's
        /// future is dropped and the run counts as failed.
        pub fn timeout(mut self, timeout: Duration) -> Self {
            self.options.timeout = Some(timeout);
            self
        }

        /// Enqueues nothing while the same job lives, but answers its id: see [`Unique`] for what that
        /// means. What was asked for beside (queue, time, tags …) does not change the living job.
        pub fn unique(mut self, unique: Unique) -> Self {
            self.options.unique = Some(Uniqueness::By(unique));
            self
        }

        /// The same, with a key of one's own: 1 to 200 bytes, no control character. Jobs of a kind with
        /// the same key are the same. `*` is the key of [`Unique::by_kind`].
        pub fn unique_key(mut self, key: impl Into<String>) -> Self {
            self.options.unique = Some(Uniqueness::Key(key.into()));
            self
        }

        /// Enqueues in any case, also what the kind's configuration or its type calls unique.
        pub fn not_unique(mut self) -> Self {
            self.options.unique = Some(Uniqueness::Not);
            self
        }

        /// Makes it an error when a live job has the unique key: [`is_conflict`](crate::Error::is_conflict),
        /// and
        /// the message names that job. It is no error of the database, so a transaction of the caller's
        /// can go on.
        pub fn or_conflict(mut self) -> Self {
            self.options.or_conflict = true;
            self
        }

        /// Lets it wait until these jobs have completed, at most [`PARENTS_MAX`](crate::PARENTS_MAX) of them; then the time that
        /// was given counts, from that moment where it is relative. Until then its state is
        /// [`Awaiting`](crate::JobState::Awaiting). Its handler can ask for what they returned, by
        /// [`ParentResult`](crate::ParentResult). If all have completed already, it does not wait.
        ///
        /// The enqueue is an error when one of them does not exist ([`is_not_found`](crate::Error::is_not_found)), or is dead or
        /// cancelled ([`is_conflict`](crate::Error::is_conflict)), unless it is to [run anyway](crate::ParentDeath::RunAnyway).
        pub fn following(mut self, jobs: impl IntoIterator<Item = JobId>) -> Self {
            self.options.follows.extend(jobs);
            self
        }

        /// What becomes of it when a job that it awaits does not complete. Unless this is said, it is cancelled.
        pub fn if_parent_dies(mut self, then: ParentDeath) -> Self {
            self.options.if_parent_dies = then;
            self
        }

        /// Runs as soon as a slot is free, which is the default.
        pub fn immediately(mut self) -> Self {
            self.options.when = When::Now;
            self
        }

        /// Runs at this time, or at once if it has passed.
        pub fn at(mut self, time: DateTime<Utc>) -> Self {
            self.options.when = When::At(time);
            self
        }

        /// Runs after this long, counted from when the database takes it. The last of several
        /// times counts.
        pub fn after(self, delay: Duration) -> Self {
            self.in_milliseconds(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX))
        }

        /// Runs after so many milliseconds.
        pub fn in_milliseconds(mut self, milliseconds: u64) -> Self {
            self.options.when = When::Milliseconds(milliseconds);
            self
        }

        /// Runs after so many seconds.
        pub fn in_seconds(self, seconds: u64) -> Self {
            self.in_milliseconds(seconds.saturating_mul(1_000))
        }

        /// Runs after so many minutes.
        pub fn in_minutes(self, minutes: u64) -> Self {
            self.in_seconds(minutes.saturating_mul(60))
        }

        /// Runs after so many hours.
        pub fn in_hours(self, hours: u64) -> Self {
            self.in_minutes(hours.saturating_mul(60))
        }

        /// Runs after so many days of 24 hours.
        pub fn in_days(self, days: u64) -> Self {
            self.in_hours(days.saturating_mul(24))
        }

        /// Runs after so many weeks of seven days.
        pub fn in_weeks(self, weeks: u64) -> Self {
            self.in_days(weeks.saturating_mul(7))
        }

        /// Runs on the same day of the month, so many months later, by UTC's calendar; on the last
        /// day of a month that is too short.
        pub fn in_months(mut self, months: u64) -> Self {
            self.options.when = When::Months(months);
            self
        }

        /// Runs on the same date, so many years later, by UTC's calendar; February 29th becomes
        /// the 28th where there is none.
        pub fn in_years(self, years: u64) -> Self {
            self.in_months(years.saturating_mul(12))
        }
    };
}

pub(super) use fluent_options;

impl CallOptions {
    /// What counts for the next job of a chain, too: its batch.
    pub(super) fn for_next(&self) -> Self {
        Self { entry: self.entry, ..Self::default() }
    }

    /// The row for one job: checked, with every option decided.
    pub(super) fn job<J: Job>(&self, client: &Client, job: &J) -> Result<NewJob> {
        let config = client.config(J::KIND);
        let queue = self.queue.clone().or_else(|| config.and_then(|config| config.options.queue.clone()));
        let row = NewJob {
            id: JobId::new(),
            kind: J::KIND,
            queue: queue.unwrap_or_else(|| J::QUEUE.to_owned()),
            priority: self.priority.or_else(|| config?.options.priority).unwrap_or(J::PRIORITY),
            max_retries: self.retries::<J>(client)?,
            timeout_ms: self.timeout_ms()?,
            tags: distinct(self.tags.clone()),
            payload: encode(job, client.payload_bytes_max())?,
            context: None,
            due: self.when.due()?,
            unique: self.unique_key::<J>(config)?,
            trace_context: None,
            entry: self.entry,
            follows: self.parents()?,
            if_parent_dies: self.if_parent_dies,
        };
        check(&row)?;
        Ok(row)
    }

    fn parents(&self) -> Result<Vec<JobId>> {
        let mut parents = self.follows.clone();
        parents.sort_unstable();
        parents.dedup();
        match parents.len() {
            // In the order in which they were told.
            count if count == self.follows.len() && count <= PARENTS_MAX => Ok(self.follows.clone()),
            count if count < self.follows.len() => Err(Error::invalid("a job that it follows is given twice")),
            count => Err(Error::invalid(format!("it follows {count} jobs, at most {PARENTS_MAX} are allowed"))),
        }
    }

    fn unique_key<J: Job>(&self, config: Option<&KindConfig>) -> Result<Option<UniqueKey>> {
        let unique = match &self.unique {
            Some(Uniqueness::Not) => None,
            Some(Uniqueness::Key(key)) => {
                check_unique_key(key)?;
                return Ok(Some(UniqueKey::Is(key.clone())));
            }
            Some(Uniqueness::By(unique)) => Some(*unique),
            None => config.and_then(|config| config.unique).or(J::UNIQUE),
        };
        unique.map(Unique::key).transpose()
    }

    fn retries<J: Job>(&self, client: &Client) -> Result<i32> {
        let configured = client.config(J::KIND).and_then(|config| config.options.max_retry_count);
        let retries = self.max_retries.or(configured).unwrap_or(J::MAX_RETRIES);
        check_max_retries("max_retries", retries)?;
        Ok(retries.cast_signed())
    }

    /// Only what the call itself says is stored; the kind's own limit is applied where it runs.
    fn timeout_ms(&self) -> Result<Option<i64>> {
        let Some(timeout) = self.timeout else { return Ok(None) };
        check_timeout(timeout)?;
        Ok(i64::try_from(timeout.as_millis()).ok())
    }
}

/// What may be said by the call, by the configuration of the kind, and by an enqueue interceptor.
pub(super) fn check(row: &NewJob) -> Result<()> {
    check_kind(row.kind)?;
    check_queue(&row.queue)?;
    check_tags(&row.tags)?;
    check_priority(row.priority)?;
    check_max_retries("max_retries", row.max_retries.unsigned_abs())?;
    if let Some(timeout) = row.timeout_ms {
        check_timeout(Duration::from_millis(timeout.unsigned_abs()))?;
    }
    match row.due {
        Due::After { milliseconds, .. } if milliseconds.unsigned_abs() > MILLISECONDS_AHEAD_MAX => Err(too_far()),
        Due::At(time) => check_time(time),
        _ => Ok(()),
    }
}

fn check_time(time: DateTime<Utc>) -> Result<()> {
    match time - Utc::now() > TimeDelta::milliseconds(MILLISECONDS_AHEAD_MAX.cast_signed()) {
        true => Err(too_far()),
        false => Ok(()),
    }
}

/// A hundred years: later than any job waits, earlier than where dates overflow.
const MONTHS_AHEAD_MAX: u64 = 100 * 12;
const MILLISECONDS_AHEAD_MAX: u64 = 100 * 366 * 24 * 60 * 60 * 1_000;

impl When {
    fn due(self) -> Result<Due> {
        match self {
            When::Now | When::Milliseconds(0) | When::Months(0) => Ok(Due::Now),
            When::Milliseconds(milliseconds) if milliseconds <= MILLISECONDS_AHEAD_MAX => {
                Ok(Due::After { months: 0, milliseconds: milliseconds.cast_signed() })
            }
            When::Months(months) if months <= MONTHS_AHEAD_MAX => {
                Ok(Due::After { months: months as i32, milliseconds: 0 })
            }
            When::Milliseconds(_) | When::Months(_) => Err(too_far()),
            // All that has passed is alike, and PostgreSQL does not know times before 4713 BC.
            When::At(time) => Ok(Due::At(time.max(DateTime::UNIX_EPOCH))),
        }
    }
}

fn too_far() -> Error {
    Error::invalid("the time to run is more than a hundred years ahead")
}

//! Recurring jobs: lists, and what a person does to them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::notes::Note;
use super::{Console, Count};
use crate::error::{Error, Result};
use crate::record::{JobId, RecurringDetails, RecurringRecord, TICKS_SHOWN, TickRecord};
use crate::recurring::{self, Pause, RecurringDraft};
use crate::store::{self, Change, RecurringCriteria};

/// The most recurring jobs of one page.
pub const RECURRING_MAX: usize = 200;

/// At so many recurring jobs counting ends.
pub const RECURRING_COUNTED_MAX: usize = 1_000;

/// How many recurring jobs there are: see [`Console::count_recurring`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecurringCounts {
    /// All of them.
    pub all: Count,
    /// Those that [fail](RecurringFilter::failing).
    pub failing: Count,
    /// Those that are paused.
    pub paused: Count,
}

/// Which recurring jobs to list: all of them by name, unless it is said otherwise.
///
/// ```
/// let paused = task_tower::RecurringFilter::new().containing("invoice").paused(true);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RecurringFilter {
    criteria: RecurringCriteria,
    is_failing: Option<bool>,
    limit: Option<usize>,
}

impl RecurringFilter {
    /// All of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those whose name, kind or queue has this in it, in letters of any case. Blanks around it are left out; with
    /// nothing left, all.
    pub fn containing(mut self, part: &str) -> Self {
        self.criteria.part = Some(part.trim().to_owned()).filter(|part| !part.is_empty() && !part.contains('\0'));
        self
    }

    /// Only those that are paused, or only those that are not.
    pub fn paused(mut self, is_paused: bool) -> Self {
        self.criteria.is_paused = Some(is_paused);
        self
    }

    /// Only those that fail, or only those that do not: one fails while its latest run failed, or its job is dead. A job that has
    /// just begun tells nothing yet, nor does one that is not kept any more.
    ///
    /// Whether one fails is looked up for a thousand at a time, until a page is full.
    pub fn failing(mut self, is_failing: bool) -> Self {
        self.is_failing = Some(is_failing);
        self
    }

    /// Only those whose jobs are of these queues and of these kinds; a star at the end of a name stands for any end.
    /// `None` for any.
    pub fn scoped(mut self, queues: Option<Vec<String>>, kinds: Option<Vec<String>>) -> Self {
        (self.criteria.queues, self.criteria.kinds) = (queues, kinds);
        self
    }

    /// Only those behind this name: the last of the page before.
    pub fn after(mut self, name: impl Into<String>) -> Self {
        self.criteria.after = Some(name.into()).filter(|name| !name.contains('\0'));
        self
    }

    /// How many at the most: 1 to [`RECURRING_MAX`], 50 by default. What is beyond is cut to that.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit.clamp(1, RECURRING_MAX));
        self
    }
}

impl Console {
    /// Recurring jobs by name, each with what became of its latest time.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn recurring_jobs(&self, filter: &RecurringFilter) -> Result<Vec<RecurringRecord>> {
        let limit = filter.limit.unwrap_or(50);
        let names = match filter.is_failing {
            Some(is_failing) => Some(self.failing_names(&filter.criteria, is_failing, limit).await?),
            None => None,
        };
        let criteria = RecurringCriteria { names, limit: limit as i64, ..filter.criteria.clone() };
        let found = store::list_recurring(&self.readers, &criteria).await?;
        Ok(found.into_iter().map(|(recurring, _)| recurring).collect())
    }

    /// The first names of those that fail, or of those that do not.
    async fn failing_names(&self, fit: &RecurringCriteria, is_failing: bool, limit: usize) -> Result<Vec<String>> {
        let mut fit = fit.clone();
        let mut names = Vec::new();
        loop {
            let judged = store::judge_recurring(&self.readers, &fit, RECURRING_COUNTED_MAX as i64).await?;
            let is_last = judged.len() < RECURRING_COUNTED_MAX;
            fit.after = judged.last().map(|last| last.name.clone());
            names.extend(judged.into_iter().filter(|one| one.is_failing == is_failing).map(|one| one.name));
            if is_last || names.len() >= limit {
                names.truncate(limit);
                return Ok(names);
            }
        }
    }

    /// How many recurring jobs fit the filter, and how many of them fail or are paused; what the filter says of these two and of its
    /// page does not count. Only the first [`RECURRING_COUNTED_MAX`] by name are looked at.
    ///
    /// ```no_run
    /// # async fn example(console: task_tower::Console) -> task_tower::Result<()> {
    /// let counts = console.count_recurring(&task_tower::RecurringFilter::new()).await?;
    /// println!("{} recurring jobs fail", counts.failing.number());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn count_recurring(&self, filter: &RecurringFilter) -> Result<RecurringCounts> {
        let fit = RecurringCriteria { is_paused: None, after: None, ..filter.criteria.clone() };
        let judged = store::judge_recurring(&self.readers, &fit, RECURRING_COUNTED_MAX as i64 + 1).await?;
        let told = if judged.len() > RECURRING_COUNTED_MAX { Count::AtLeast } else { Count::Exact };
        let looked = &judged[..judged.len().min(RECURRING_COUNTED_MAX)];
        Ok(RecurringCounts {
            all: told(looked.len() as u64),
            failing: told(looked.iter().filter(|one| one.is_failing).count() as u64),
            paused: told(looked.iter().filter(|one| one.is_paused).count() as u64),
        })
    }

    /// The recurring jobs that come next, the first of them first. Within the scope of the filter; its page and whether they
    /// fail do not count.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn next_recurring(&self, filter: &RecurringFilter) -> Result<Vec<RecurringRecord>> {
        let limit = filter.limit.unwrap_or(5) as i64;
        let criteria = RecurringCriteria { limit, by_time: true, ..filter.criteria.clone() };
        let found = store::list_recurring(&self.readers, &criteria).await?;
        Ok(found.into_iter().map(|(recurring, _)| recurring).collect())
    }

    /// One recurring job, with what became of its latest [`TICKS_SHOWN`] times.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none of this name.
    pub async fn recurring_job(&self, name: &str) -> Result<RecurringDetails> {
        let missing = || Error::not_found(format!("recurring job \"{}\" does not exist", name.escape_debug()));
        if name.contains('\0') {
            return Err(missing());
        }
        let criteria =
            RecurringCriteria { names: Some(vec![name.to_owned()]), limit: 1, ..RecurringCriteria::default() };
        let found = store::list_recurring(&self.readers, &criteria).await?;
        let (recurring, now) = found.into_iter().next().ok_or_else(missing)?;
        let ticks = self.recurring_ticks(&[name]).await?.remove(name).unwrap_or_default();
        Ok(RecurringDetails { recurring, ticks, now })
    }

    /// What became of the latest [`TICKS_SHOWN`] times of each of these recurring jobs, the newest first, by name. Those of which
    /// no time has come are not in it, and of more than [`RECURRING_MAX`] names only the first are looked at.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn recurring_ticks(&self, names: &[&str]) -> Result<BTreeMap<String, Vec<TickRecord>>> {
        let can_be: Vec<&str> = names.iter().take(RECURRING_MAX).copied().filter(|name| !name.contains('\0')).collect();
        store::ticks_of(&self.readers, &can_be, TICKS_SHOWN as i64).await
    }

    /// The name of the recurring job that a job comes from, and the time that it is for; `None` when it comes from none.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn recurring_of(&self, id: JobId) -> Result<Option<(String, DateTime<Utc>)>> {
        store::recurring_of_job(&self.readers, id).await
    }

    /// Adds a recurring job. The audit keeps how it is set, but not its payload.
    ///
    /// ```no_run
    /// # async fn example(console: task_tower::Console) -> task_tower::Result<()> {
    /// use serde_json::json;
    /// use task_tower::RecurringDraft;
    ///
    /// let draft = RecurringDraft {
    ///     name: "sync-shop-7".to_owned(),
    ///     kind: "sync_shop".to_owned(),
    ///     payload: json!({ "shop_id": 7 }),
    ///     expression: "every 15 minutes".to_owned(),
    ///     ..RecurringDraft::default()
    /// };
    /// console.add_recurring(&draft).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) with the place of a mistake in the expression, with the zone that may have been
    /// meant, or for anything else that cannot be; [`is_conflict`](Error::is_conflict) when there is one of this name.
    pub async fn add_recurring(&self, draft: &RecurringDraft) -> Result<()> {
        let row = draft.row()?;
        let change = self.desk.begin().await?;
        let details = recurring::add(&change, row).await?;
        self.end_recurring_change(change, "add_recurring", &draft.name, details).await
    }

    /// Sets the recurring job of this name so. What it was paused for stays, and so does its next time, unless the
    /// expression or the zone is another one. With [`if_unchanged`](Console::if_unchanged), only as long as it is as it was
    /// seen.
    ///
    /// One that code says keeps this until the code says something else than before.
    ///
    /// # Errors
    ///
    /// As for [`add_recurring`](Console::add_recurring); [`is_not_found`](Error::is_not_found) when there is none of this
    /// name; [`is_conflict`](Error::is_conflict) when somebody has changed it since.
    pub async fn change_recurring(&self, draft: &RecurringDraft) -> Result<()> {
        let row = draft.row()?;
        let change = self.desk.begin().await?;
        let details = recurring::edit(&change, row, self.seen.as_deref()).await?;
        self.end_recurring_change(change, "change_recurring", &draft.name, details).await
    }

    /// Removes a recurring job. What it has enqueued stays. One that code says comes back with the next start of its
    /// program: pause that one instead.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none of this name.
    pub async fn remove_recurring(&self, name: &str) -> Result<()> {
        let change = self.desk.begin().await?;
        let details = recurring::remove(&change, name).await?;
        self.end_recurring_change(change, "remove_recurring", name, details).await
    }

    /// Leaves out the times of a recurring job from now on, until that time, or until it is
    /// [resumed](Console::resume_recurring). What is left out so is not made up for.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none of this name; [`is_invalid`](Error::is_invalid) when the time
    /// has passed, or the reason has more than 500 bytes.
    pub async fn pause_recurring(&self, name: &str, until: Option<DateTime<Utc>>, reason: Option<&str>) -> Result<()> {
        let change = self.desk.begin().await?;
        let pause = Pause { until, reason, actor: &self.actor.name };
        let details = recurring::pause(&change, name, pause).await?;
        self.end_recurring_change(change, "pause_recurring", name, details).await
    }

    /// Lets a paused recurring job go on with the first time that comes from now on.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none of this name; [`is_conflict`](Error::is_conflict) when it is
    /// not paused.
    pub async fn resume_recurring(&self, name: &str) -> Result<()> {
        let change = self.desk.begin().await?;
        let details = recurring::resume(&change, name).await?;
        self.end_recurring_change(change, "resume_recurring", name, details).await
    }

    /// Enqueues a job of a recurring one now, also while it is paused and whatever lives of it. Its times stay as they are.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none of this name.
    pub async fn run_recurring_now(&self, name: &str) -> Result<JobId> {
        let change = self.desk.begin().await?;
        let id = JobId::new();
        let details = recurring::run_now(&change, name, id).await?;
        self.end_recurring_change(change, "run_recurring", name, details).await?;
        Ok(id)
    }

    /// Leaves out the next time of a recurring job; with `false`, not after all.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none of this name; [`is_conflict`](Error::is_conflict) when it has
    /// no next time: it is paused, or never comes again.
    pub async fn skip_next_recurring(&self, name: &str, skips: bool) -> Result<()> {
        let change = self.desk.begin().await?;
        let details = recurring::skip_next(&change, name, skips).await?;
        self.end_recurring_change(change, "skip_recurring", name, details).await
    }

    async fn end_recurring_change(&self, change: Change<'_>, action: &str, name: &str, details: Value) -> Result<()> {
        self.note(&change, Note { action, target: name, operation: None, details }).await?;
        change.commit().await
    }
}

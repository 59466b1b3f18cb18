//! Lists of jobs, and how many there are.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::memory::LARGE;
use super::{COUNT_MAX, Console, SELECTION_MAX};
use crate::error::Result;
use crate::filter::{Cursor, JobFilter, Order};
use crate::record::{JobId, JobRecord, JobState};
use crate::store::search::{self, Counted, Found, Nature, Reach};

/// Where no index tells which jobs fit, a search looks at so many and says so.
pub const SEARCH_MAX: u64 = 100_000;

/// States are read so quickly that a search for them alone goes further.
const LIGHT_SEARCH_MAX: u64 = 1_000_000;

/// Most pages are full before this; only those that are not are searched further.
const SEARCH_FIRST: u64 = 2_000;

/// Some jobs, and where the next ones begin.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page {
    /// The jobs, newest first, unless the filter says otherwise.
    pub jobs: Vec<JobRecord>,
    /// What to give to [`JobFilter::after`] for the next page; `None` on the last one. After a search that was
    /// not complete it goes on from there.
    pub next: Option<JobId>,
    /// What to give to [`JobFilter::before`] for the page before; `None` on the first one.
    pub prev: Option<JobId>,
    /// How far the search went.
    pub searched: Searched,
}

/// How far a search went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Searched {
    /// How many jobs it looked at where no index told which ones fit; `None` when that did not matter.
    pub rows: Option<u64>,
    /// Whether no job that fits was left out, up to the end of this page. If not, there may be older ones:
    /// [`Page::next`] goes on, and [`JobFilter::exhaustive`] looks at all.
    pub complete: bool,
}

/// A number of jobs, as exact as it could be told at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Count {
    /// As many.
    Exact(u64),
    /// As many or more: it was not counted further, or older jobs were not looked at.
    AtLeast(u64),
    /// About as many, by the statistics of the database.
    Estimate(u64),
}

impl Count {
    /// The number, however exact.
    #[must_use]
    pub fn number(&self) -> u64 {
        match self {
            Count::Exact(number) | Count::AtLeast(number) | Count::Estimate(number) => *number,
        }
    }
}

/// How many jobs of each state there are.
pub(super) type Counts = BTreeMap<JobState, Count>;

/// What counting told.
pub(super) struct Counting {
    pub(super) counts: Counts,
    /// It took a walk over many jobs.
    pub(super) is_large: bool,
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Count::Exact(number) => write!(out, "{number}"),
            Count::AtLeast(number) => write!(out, "{number}+"),
            Count::Estimate(number) => write!(out, "~{number}"),
        }
    }
}

impl Console {
    /// A page of jobs, newest first. Payloads are cut after 1,000 characters, events are left out:
    /// [`job`](Console::job) has the whole.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](crate::Error::is_invalid) for a filter of too many terms;
    /// [`is_too_slow`](crate::Error::is_too_slow) when it takes longer than two seconds;
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn jobs(&self, filter: &JobFilter) -> Result<Page> {
        filter.check()?;
        let nature = search::nature(filter);
        let index = nature.is_inverted && search::has_index(&self.readers).await?;
        let mut is_too_many = false;
        for reach in reaches(filter, nature, index) {
            if is_too_many && reach.index {
                continue;
            }
            let found = search::list_jobs(&self.readers, filter, reach).await?;
            let is_full = found.jobs.len() > filter.page_size() || found.horizon.is_none();
            if !found.is_too_many && (is_full || reach.is_last) {
                return Ok(page(filter, found, reach));
            }
            is_too_many |= found.is_too_many;
        }
        unreachable!("the last reach ends the search")
    }

    /// How many jobs of each state fit the filter. Each is counted up to [`COUNT_MAX`]; beyond that, the
    /// statistics of the database tell about how many of a whole state there are. The running ones are, of
    /// all jobs, as many as the workers told with their last heartbeats.
    ///
    /// # Errors
    ///
    /// As for [`jobs`](Console::jobs).
    pub async fn counts(&self, filter: &JobFilter) -> Result<BTreeMap<JobState, Count>> {
        let count = async || self.count(filter).await;
        match &self.memory {
            Some(memory) => memory.counts(filter, &self.desk, count).await,
            None => Ok(count().await?.counts),
        }
    }

    /// The same, whatever is remembered.
    pub(super) async fn count(&self, filter: &JobFilter) -> Result<Counting> {
        filter.check()?;
        let reach = (!filter.is_exhaustive()).then_some(SEARCH_MAX);
        let counted = search::count_jobs(&self.readers, filter, COUNT_MAX, reach, LARGE).await?;
        let is_large = counted.iter().any(|counted| counted.is_large || counted.count > LARGE);
        let counts = counted.into_iter().map(|counted| (counted.state, Count::from(counted))).collect();
        Ok(Counting { counts, is_large })
    }
}

impl Console {
    /// The jobs that fit, oldest first and up to [`SELECTION_MAX`](crate::SELECTION_MAX) at a time, each with its
    /// state: for what is done to all of them, step by step. `created_until` holds off those that come meanwhile;
    /// `after` is the last job of the step before. Pages and orders of the filter do not count.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](crate::Error::is_invalid) for a filter of too many terms;
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached, or takes longer than
    /// thirty seconds.
    pub async fn matching(
        &self,
        filter: &JobFilter,
        created_until: DateTime<Utc>,
        after: Option<JobId>,
    ) -> Result<Vec<(JobId, JobState)>> {
        filter.check()?;
        let (change, after) = (self.desk.begin().await?, after.map(|id| id.as_uuid()));
        let found = search::page_of_ids(&change, filter, created_until, after, SELECTION_MAX).await?;
        change.commit().await?;
        Ok(found.into_iter().map(|(id, state)| (id.into(), state)).collect())
    }
}

impl From<Counted> for Count {
    fn from(counted: Counted) -> Self {
        match counted.estimate {
            Some(estimate) if estimate >= COUNT_MAX => Count::Estimate(estimate),
            _ if counted.count >= COUNT_MAX => Count::AtLeast(COUNT_MAX - 1),
            _ if counted.is_bounded => Count::AtLeast(counted.count),
            _ => Count::Exact(counted.count),
        }
    }
}

/// First a glance, then as far as is allowed. What the inverted index finds is all there is to find in the history, so
/// that after it only live jobs are walked; if it finds too much, the jobs are frequent enough to be met on the way.
fn reaches(filter: &JobFilter, nature: Nature, index: bool) -> Vec<Reach> {
    let most = if nature.is_light { LIGHT_SEARCH_MAX } else { SEARCH_MAX };
    let most = (!filter.is_exhaustive()).then_some(most);
    let steps = |index: bool| {
        let glance = (!filter.is_exhaustive()).then_some(Reach { rows: Some(SEARCH_FIRST), index, is_last: false });
        glance.into_iter().chain([Reach { rows: most, index, is_last: true }])
    };
    index.then(|| steps(true)).into_iter().flatten().chain(steps(false)).collect()
}

fn page(filter: &JobFilter, found: Found, reach: Reach) -> Page {
    let (mut jobs, size) = (found.jobs, filter.page_size());
    let backwards = matches!(filter.cursor(), Some(Cursor::Before(_)));
    let is_more = jobs.len() > size;
    if backwards {
        jobs.drain(..jobs.len().saturating_sub(size));
    }
    jobs.truncate(size);
    let (first, last) = (jobs.first().map(|job| job.id), jobs.last().map(|job| job.id));
    // Beyond the horizon, the search goes on: what was found there is not all.
    let is_beyond = |edge: JobId| found.horizon.is_some_and(|horizon| is_after(filter, horizon, edge));
    let is_filled = is_more && !jobs.last().is_some_and(|job| is_beyond(job.id));
    let onward = |edge: Option<JobId>| if is_filled { edge } else { found.horizon };
    let (next, prev) = match filter.cursor() {
        None => (onward(last), None),
        Some(Cursor::After(cursor)) => (onward(last), first.or(Some(cursor))),
        Some(Cursor::Before(cursor)) => (last.or(Some(cursor)), onward(first)),
    };
    let complete = is_filled || found.horizon.is_none();
    let rows = reach.rows.filter(|_| !complete);
    Page { jobs, next, prev, searched: Searched { rows, complete } }
}

/// Whether a job comes after another in the list, from its first page.
fn is_after(filter: &JobFilter, id: JobId, other: JobId) -> bool {
    match (filter.cursor(), filter.order()) {
        (Some(_), _) => false,
        (None, Order::NewestFirst) => other < id,
        (None, Order::OldestFirst) => other > id,
    }
}

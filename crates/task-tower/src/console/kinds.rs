//! Kinds of jobs, as their runs tell of them.

use serde::Serialize;

use super::Console;
use crate::error::{Error, Result};
use crate::record::{AttemptCount, Axis, KindRecord, KindRegistration, Series, Window};
use crate::store::{self, KindCriteria};

/// The most kinds of one page.
pub const KINDS_MAX: usize = 200;
/// The runs that jobs took are counted over so many jobs of a kind.
pub const ATTEMPTS_JOBS_MAX: usize = 2_000;
/// Jobs with more runs are counted together with those that had so many.
pub const ATTEMPTS_MAX: u32 = 25;
/// So many ways are told in which workers run a kind.
const REGISTRATIONS_MAX: i64 = 10;
/// How many kinds a page has, unless it is said.
const LIMIT: usize = 50;

/// One kind of job, with its runs over time.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct KindDetails {
    /// The kind, and the window as a whole.
    pub kind: KindRecord,
    /// Step by step, with the heat map of its run times.
    pub series: Series,
    /// How workers run it: one way, or several while they differ, as during a deploy; that of the worker that came
    /// last first. None when all that knew it ended more than a day ago.
    pub registrations: Vec<KindRegistration>,
    /// How many runs its newest [`ATTEMPTS_JOBS_MAX`] jobs took that completed or died, the fewest first.
    pub attempts: Vec<AttemptCount>,
}

/// In which order kinds are listed. Those that are equal in it stand by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum KindSort {
    /// By name.
    #[default]
    Name,
    /// Those with the most runs first.
    Runs,
    /// Those of which the largest part of the runs failed or died first.
    Success,
    /// Those with the most runs that failed and are retried first.
    Failed,
    /// Those with the most deaths first.
    Dead,
}

/// Which kinds to list: all of them, by name, unless it is said otherwise.
#[derive(Clone, Debug)]
#[must_use]
pub struct KindFilter {
    criteria: KindCriteria,
}

/// Some kinds.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct KindPage {
    /// Those that fit the filter.
    pub kinds: Vec<KindRecord>,
    /// How many fit it, on all pages.
    pub total: u64,
    /// How many runs ended of the kind with the most, of those that fit.
    pub most_runs: u64,
    /// What to list [before](KindFilter::before) for the page before this one; `None` when there is none.
    pub prev: Option<String>,
    /// What to list [after](KindFilter::after) for the next page; `None` when there is none.
    pub next: Option<String>,
}

impl KindSort {
    /// All orders.
    pub const ALL: [Self; 5] = [Self::Name, Self::Runs, Self::Success, Self::Failed, Self::Dead];

    /// The order as a word.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            KindSort::Name => "name",
            KindSort::Runs => "runs",
            KindSort::Success => "success",
            KindSort::Failed => "failed",
            KindSort::Dead => "dead",
        }
    }
}

impl KindFilter {
    /// All kinds, with what their runs of the window were like.
    pub fn new(window: Window) -> Self {
        let criteria = KindCriteria {
            window,
            sort: KindSort::Name.as_str(),
            part: String::new(),
            patterns: None,
            after: None,
            before: None,
            limit: LIMIT as i64,
        };
        Self { criteria }
    }

    /// Only those with this in their name, or in what people call them; be it in capitals or not.
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.criteria.part = part.into();
        self
    }

    /// Only those that one of the patterns means: a name, or the beginning of one with a star behind it. `None`
    /// for any.
    pub fn scoped(mut self, patterns: Option<Vec<String>>) -> Self {
        self.criteria.patterns = patterns;
        self
    }

    /// In this order.
    pub fn sort(mut self, sort: KindSort) -> Self {
        self.criteria.sort = sort.as_str();
        self
    }

    /// Only those behind this kind in the order. From the beginning if it is not among them; by name, it need not be.
    pub fn after(mut self, name: impl Into<String>) -> Self {
        (self.criteria.after, self.criteria.before) = (Some(name.into()), None);
        self
    }

    /// Only the last ones before this kind in the order. The last of all if it is not among them; by name, it need
    /// not be.
    pub fn before(mut self, name: impl Into<String>) -> Self {
        (self.criteria.before, self.criteria.after) = (Some(name.into()), None);
        self
    }

    /// How many at the most: 1 to [`KINDS_MAX`], 50 by default. What is beyond is cut to that.
    pub fn limit(mut self, limit: usize) -> Self {
        self.criteria.limit = limit.clamp(1, KINDS_MAX) as i64;
        self
    }
}

impl Console {
    /// The kinds that some worker knows or knew, by name, and what their runs of the window were like.
    ///
    /// All of them at once: where there may be many, [`page_of_kinds`](Console::page_of_kinds) has a limit.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn kinds(&self, window: Window) -> Result<Vec<KindRecord>> {
        store::kinds(&self.readers, window).await
    }

    /// A page of the same.
    ///
    /// ```no_run
    /// # async fn example(console: task_tower::Console) -> task_tower::Result<()> {
    /// use task_tower::{KindFilter, KindSort, Window};
    ///
    /// let filter = KindFilter::new(Window::Day).part("send").sort(KindSort::Dead);
    /// for kind in console.page_of_kinds(&filter).await?.kinds {
    ///     println!("{}: {} died", kind.name, kind.counts.dead);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn page_of_kinds(&self, filter: &KindFilter) -> Result<KindPage> {
        let placed = store::page_of_kinds(&self.readers, &filter.criteria).await?;
        let last = placed.first + placed.kinds.len() as u64;
        let name = |kind: &KindRecord| kind.name.clone();
        Ok(KindPage {
            prev: placed.kinds.first().filter(|_| placed.first > 1).map(name),
            next: placed.kinds.last().filter(|_| last <= placed.total).map(name),
            kinds: placed.kinds,
            total: placed.total,
            most_runs: placed.most,
        })
    }

    /// One kind, with its runs over time.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when no worker ever knew the kind.
    pub async fn kind(&self, name: &str, window: Window) -> Result<KindDetails> {
        let axis = Axis::Kind(name.to_owned());
        let only = KindFilter::new(window).scoped(Some(vec![name.to_owned()]));
        let (series, page, registrations, attempts) = tokio::try_join!(
            self.series(&axis, window),
            self.page_of_kinds(&only),
            store::setups_of_kind(&self.readers, name, REGISTRATIONS_MAX),
            store::attempts_of_kind(&self.readers, name, ATTEMPTS_JOBS_MAX as i64, ATTEMPTS_MAX.cast_signed()),
        )?;
        let kind = page.kinds.into_iter().find(|kind| kind.name == name);
        let kind = kind.ok_or_else(|| Error::not_found(format!("kind \"{}\" is not known", name.escape_debug())))?;
        Ok(KindDetails { kind, series, registrations, attempts })
    }
}

//! Which jobs a list shows.

use crate::record::{JobId, JobRecord, JobState};
use crate::store::Criteria;

/// The most jobs of one page.
pub const PAGE_MAX: usize = 200;
const PAGE_DEFAULT: usize = 50;

/// Which jobs to list: all of them, newest first, unless it is said otherwise.
///
/// ```
/// use task_tower::{JobFilter, JobState};
///
/// let dead_mail = JobFilter::new().states([JobState::Dead]).queue("mail").limit(20);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct JobFilter {
    states: Vec<JobState>,
    queue: Option<String>,
    kind: Option<String>,
    tag: Option<String>,
    after: Option<JobId>,
    limit: Option<usize>,
}

/// Some jobs, and where the next ones begin.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page {
    /// The jobs, newest first.
    pub jobs: Vec<JobRecord>,
    /// What to give to [`JobFilter::after`] for the next page; `None` on the last one.
    pub next: Option<JobId>,
}

impl JobFilter {
    /// All jobs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only jobs in one of these states; none given, in any.
    pub fn states(mut self, states: impl IntoIterator<Item = JobState>) -> Self {
        self.states = states.into_iter().collect();
        self
    }

    /// Only jobs of this queue.
    pub fn queue(mut self, queue: impl Into<String>) -> Self {
        self.queue = Some(queue.into());
        self
    }

    /// Only jobs of this kind.
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Only jobs with this tag.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// The page after this job: [`Page::next`] of the page before.
    pub fn after(mut self, id: JobId) -> Self {
        self.after = Some(id);
        self
    }

    /// How many jobs at the most: 1 to 200, 50 by default. What is beyond is cut to that.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit.clamp(1, PAGE_MAX));
        self
    }

    pub(super) fn page_size(&self) -> usize {
        self.limit.unwrap_or(PAGE_DEFAULT)
    }

    /// One more than the page holds tells whether there is a next one.
    pub(super) fn criteria(&self) -> Criteria {
        let states = if self.states.is_empty() { JobState::ALL.to_vec() } else { self.states.clone() };
        Criteria {
            states,
            queue: self.queue.clone(),
            kind: self.kind.clone(),
            tag: self.tag.clone(),
            before: self.after,
            limit: self.page_size() as i64 + 1,
        }
    }
}

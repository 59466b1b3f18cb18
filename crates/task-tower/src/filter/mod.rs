//! The language in which people say which jobs they mean, for pages, programs and the command line
//! alike: from text to what is asked for, and back. How it is found is the store's matter.

mod condition;
mod cursor;
mod date;
mod fault;
mod group;
mod key;
mod lexer;
mod parse;
mod range;
mod term;
mod value;
mod zone;

pub use fault::FilterError;
pub use lexer::TERM_BYTES_MAX;
pub use term::FilterTerm;

pub(crate) use condition::{Arg, Condition, Id, Order, Text, Word, Worker};
pub(crate) use cursor::{Begun, BegunGroup, Part, begun, begun_group};
pub(crate) use group::{GroupKey, GroupTerm, group_terms};
pub(crate) use key::Key;
pub(crate) use range::{Moment, Range};
pub(crate) use term::key_of_path;
pub(crate) use value::Value;

use std::fmt;
use std::str::FromStr;

use chrono::{TimeZone, Utc};

use crate::error::{Error, Result};
use crate::record::{JobId, JobState};

/// The most terms of a filter.
pub const TERMS_MAX: usize = 8;

/// The most jobs of one page.
pub const PAGE_MAX: usize = 200;
const PAGE_DEFAULT: usize = 50;

/// Which jobs are meant: all of them, newest first, unless it is said otherwise.
///
/// It is written as text, by one set of rules for pages, programs and the command line (the guide has a
/// chapter on them), or put together by methods. Either way it is shown by `to_string()`, and reads back as the
/// same.
///
/// ```
/// use task_tower::{JobFilter, JobState};
///
/// let dead_mail = JobFilter::new().states([JobState::Dead]).queue("mail").limit(20);
/// assert_eq!(dead_mail.to_string(), "state:dead queue:mail");
///
/// let filter: JobFilter = "state:dead,failed kind:send_* args.user.id:42 created:<2h".parse()?;
/// assert_eq!(filter.terms().len(), 4);
/// # Ok::<(), task_tower::FilterError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct JobFilter {
    terms: Vec<FilterTerm>,
    queues: Option<Vec<Text>>,
    kinds: Option<Vec<Text>>,
    guard: Option<String>,
    cursor: Option<Cursor>,
    limit: Option<usize>,
    exhaustive: bool,
}

/// Where a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cursor {
    After(JobId),
    Before(JobId),
}

impl JobFilter {
    /// All jobs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a filter whose dates are in this zone, where they name none.
    ///
    /// Each date is read by the clocks of the zone at that date, summer or winter. A time that they show twice, when
    /// they are put back, is the first of the two; one that they leave out is as many minutes after the change. A day
    /// is as long as it is there, 23 hours or 25 as well.
    ///
    /// # Errors
    ///
    /// What is wrong, and at which column.
    pub fn parse_in<Z: TimeZone>(text: &str, zone: &Z) -> Result<Self, FilterError> {
        Self::read(text, zone)
    }

    fn read(text: &str, zone: &dyn zone::Zone) -> Result<Self, FilterError> {
        let mut filter = Self::new();
        for raw in lexer::terms(text)? {
            let column = raw.column;
            let term = parse::term(raw, zone)?;
            if filter.terms.len() == TERMS_MAX {
                return Err(FilterError::new(column, format!("more than {TERMS_MAX} terms")));
            }
            if term.key == Key::Sort && filter.terms.iter().any(|term| term.key == Key::Sort) {
                return Err(FilterError::new(column, "there can be one order only"));
            }
            filter.terms.push(term);
        }
        Ok(filter)
    }

    /// Only jobs in one of these states; none given, in any.
    pub fn states(self, states: impl IntoIterator<Item = JobState>) -> Self {
        let states: Vec<JobState> = states.into_iter().collect();
        let values = states.iter().map(|state| Value::plain(state.as_str())).collect::<Vec<_>>();
        match values.is_empty() {
            true => self,
            false => self.and(Key::State, values, Condition::States(states)),
        }
    }

    /// Only jobs of this queue.
    pub fn queue(self, queue: impl Into<String>) -> Self {
        let queue = queue.into();
        self.and(Key::Queue, vec![Value::plain(&*queue)], Condition::Queues(vec![Text::Is(queue)]))
    }

    /// Only jobs of this kind.
    pub fn kind(self, kind: impl Into<String>) -> Self {
        let kind = kind.into();
        self.and(Key::Kind, vec![Value::plain(&*kind)], Condition::Kinds(vec![Text::Is(kind)]))
    }

    /// Only jobs with this tag.
    pub fn tag(self, tag: impl Into<String>) -> Self {
        let tag = tag.into();
        self.and(Key::Tag, vec![Value::plain(&*tag)], Condition::Tags(vec![Text::Is(tag)]))
    }

    /// Only jobs of this recurring one: those of its latest 1,000 times.
    pub fn recurring(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.and(Key::Recurring, vec![Value::plain(&*name)], Condition::Recurring(vec![Text::Is(name)]))
    }

    fn and(self, key: Key, values: Vec<Value>, condition: Condition) -> Self {
        let anywhere = values.clone();
        self.with(FilterTerm { negated: false, key, path: Vec::new(), values, anywhere, condition })
    }

    /// What it asks for, term by term.
    #[must_use]
    pub fn terms(&self) -> &[FilterTerm] {
        &self.terms
    }

    /// The same and this term, which narrows it down further. Another order takes the place of the one before.
    pub fn with(mut self, term: FilterTerm) -> Self {
        if term.key == Key::Sort {
            self = self.without_key("sort");
        }
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
        self
    }

    /// The same without this term.
    pub fn without(mut self, term: &FilterTerm) -> Self {
        self.terms.retain(|other| other != term);
        self
    }

    /// The same without the terms of this key, such as `state` or `args.user.id`.
    pub fn without_key(mut self, key: &str) -> Self {
        self.terms.retain(|term| term.key() != key);
        self
    }

    /// As it is written for people: dates by the clocks of the zone in which it was read.
    #[must_use]
    pub fn text(&self) -> String {
        self.terms.iter().map(FilterTerm::text).collect::<Vec<_>>().join(" ")
    }

    /// The page after this job: [`Page::next`](crate::Page::next) of the page before.
    pub fn after(mut self, id: JobId) -> Self {
        self.cursor = Some(Cursor::After(id));
        self
    }

    /// The page before this job: [`Page::prev`](crate::Page::prev) of the page after.
    pub fn before(mut self, id: JobId) -> Self {
        self.cursor = Some(Cursor::Before(id));
        self
    }

    /// How many jobs at the most: 1 to 200, 50 by default. What is beyond is cut to that.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit.clamp(1, PAGE_MAX));
        self
    }

    /// Searches everything, also where no index helps. Without it, such a search ends after the newest
    /// 100,000 jobs, and [`Page::searched`](crate::Page::searched) says so.
    pub fn exhaustive(mut self) -> Self {
        self.exhaustive = true;
        self
    }

    /// Only jobs of these queues and these kinds, whatever the terms ask for: what its reader may see. Names may
    /// end with a star; `None` for any. It does not show among the terms, nor in the text.
    pub fn scoped(mut self, queues: Option<Vec<String>>, kinds: Option<Vec<String>>) -> Self {
        self.queues = queues.map(names);
        self.kinds = kinds.map(names);
        self
    }

    /// For a reader who does not see all data: a part of a tag or of a value, as in `tag:x*`, `args.note:x*` and
    /// `args.total:>=5`, is not compared in a job in whose tags, payload, context or result something fits this pattern, or
    /// one could find out letter by letter what it is. Such a job does not fit the term, and fits its contrary.
    ///
    /// The pattern is a regular expression of PostgreSQL, for text in lowercase; with one that is none, a search fails. It
    /// does not show among the terms, nor in the text.
    pub fn guarded(mut self, pattern: impl Into<String>) -> Self {
        self.guard = Some(pattern.into());
        self
    }

    pub(crate) fn page_size(&self) -> usize {
        self.limit.unwrap_or(PAGE_DEFAULT)
    }

    pub(crate) fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    pub(crate) fn is_exhaustive(&self) -> bool {
        self.exhaustive
    }

    pub(crate) fn scope(&self) -> (Option<&[Text]>, Option<&[Text]>) {
        (self.queues.as_deref(), self.kinds.as_deref())
    }

    /// What must not be in a job of which parts are compared, if any are.
    pub(crate) fn guard(&self) -> Option<&str> {
        self.guard.as_deref().filter(|_| self.terms.iter().any(FilterTerm::compares_parts))
    }

    /// Whether every job fits.
    pub(crate) fn is_everything(&self) -> bool {
        self.terms.iter().all(|term| term.key == Key::Sort) && self.queues.is_none() && self.kinds.is_none()
    }

    pub(crate) fn order(&self) -> Order {
        let order = |term: &FilterTerm| match term.condition {
            Condition::Sort(order) => Some(order),
            _ => None,
        };
        self.terms.iter().find_map(order).unwrap_or_default()
    }

    /// What the methods above let through.
    pub(crate) fn check(&self) -> Result<()> {
        match self.terms.len() > TERMS_MAX {
            true => Err(Error::invalid(format!("filter: more than {TERMS_MAX} terms"))),
            false => Ok(()),
        }
    }
}

fn names(names: Vec<String>) -> Vec<Text> {
    let read = |name: String| match name.strip_suffix('*') {
        Some(begin) => Text::Begins(begin.to_owned()),
        None => Text::Is(name),
    };
    names.into_iter().map(read).collect()
}

/// Reads back as the same, in whatever zone. Only the terms are written, not the page.
impl fmt::Display for JobFilter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms: Vec<String> = self.terms.iter().map(ToString::to_string).collect();
        out.write_str(&terms.join(" "))
    }
}

/// Dates without a zone are UTC's.
impl FromStr for JobFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse_in(text, &Utc)
    }
}

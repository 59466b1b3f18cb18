//! What a job's handler logged, page by page.

use serde::Serialize;

use super::Console;
use crate::error::Result;
use crate::record::{JobId, LogCursor, LogLevel, LogLine};
use crate::store::{self, LogCriteria};

/// The most lines of one page.
pub const LOGS_MAX: usize = 1_000;
/// As many as a screen or two.
const LIMIT_DEFAULT: usize = 200;

/// Which lines of a job to tell: the first ones of all its runs, unless it is said otherwise.
#[derive(Clone, Debug)]
#[must_use]
pub struct LogFilter {
    criteria: LogCriteria,
}

/// Some lines that a job logged.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LogPage {
    /// In the order in which they were logged, whichever were asked for.
    pub lines: Vec<LogLine>,
    /// Whether there are more, in the direction that was asked for.
    pub more: bool,
}

impl LogFilter {
    /// The first lines.
    pub fn new() -> Self {
        let limit = LIMIT_DEFAULT as i64;
        Self { criteria: LogCriteria { from: None, backwards: false, attempt: None, level: LogLevel::Trace, limit } }
    }

    /// The lines that follow this one.
    pub fn after(mut self, line: LogCursor) -> Self {
        self.criteria.from = Some(line);
        self.criteria.backwards = false;
        self
    }

    /// The lines before this one, those that are nearest to it.
    pub fn before(mut self, line: LogCursor) -> Self {
        self.criteria.from = Some(line);
        self.criteria.backwards = true;
        self
    }

    /// The last lines.
    pub fn last(mut self) -> Self {
        self.criteria.from = None;
        self.criteria.backwards = true;
        self
    }

    /// Only those of one run, counted from 1.
    pub fn attempt(mut self, attempt: i32) -> Self {
        self.criteria.attempt = Some(attempt);
        self
    }

    /// Only those of this level, and of those that matter more.
    pub fn level(mut self, level: LogLevel) -> Self {
        self.criteria.level = level;
        self
    }

    /// How many at the most: 1 to [`LOGS_MAX`], 200 by default. What is beyond is cut to that.
    pub fn limit(mut self, limit: usize) -> Self {
        self.criteria.limit = limit.clamp(1, LOGS_MAX) as i64;
        self
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self::new()
    }
}

impl Console {
    /// What the handler of a job logged, where `task_tower::logs()` is a part of the program's subscriber: lines are
    /// known about a second after they were logged, and go with their job. A job that has logged nothing, or is not
    /// there, has none.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn logs(&self, id: JobId, filter: &LogFilter) -> Result<LogPage> {
        let wanted = &filter.criteria;
        let one_more = LogCriteria { limit: wanted.limit + 1, ..wanted.clone() };
        let mut lines = store::list_log(&self.readers, id, &one_more).await?;
        let more = lines.len() as i64 > wanted.limit;
        lines.truncate(wanted.limit as usize);
        if wanted.backwards {
            lines.reverse();
        }
        Ok(LogPage { lines, more })
    }
}

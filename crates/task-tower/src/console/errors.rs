//! Groups of errors: which there are, and what people say of them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use super::notes::Note;
use super::{COUNT_MAX, Console, SELECTION_MAX};
use crate::error::{Error, Result};
use crate::filter::{FilterError, GroupKey, GroupTerm, group_terms};
use crate::record::{AuditId, ErrorGroup, ErrorGroupDetails};
use crate::store::{self, ErrorCriteria, Judgement};

/// The most groups of one list.
pub const ERRORS_MAX: usize = 200;
/// Jobs of the groups of a list are counted up to this.
const LIST_COUNT_MAX: i64 = 1_001;

/// What people have said of a group of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ErrorStatus {
    /// Nothing, or it has occurred again since.
    Unresolved,
    /// That nobody wants to see it for a time.
    Muted,
    /// That it is mended.
    Resolved,
}

/// Which groups of errors to list: all of them, those that occurred last first, unless it is said otherwise.
///
/// It is put together by methods, or read from text by the rules of [`JobFilter`](crate::JobFilter), with the keys `kind`,
/// `queue` and `version`. A bare word is a part of the fingerprint, the class or the message, in upper or lower case.
///
/// ```
/// use task_tower::{ErrorFilter, ErrorStatus};
///
/// let filter: ErrorFilter = "kind:charge_* -queue:low timeout".parse()?;
/// let muted = filter.status(ErrorStatus::Muted).limit(20);
/// # Ok::<(), task_tower::FilterError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ErrorFilter {
    criteria: ErrorCriteria,
    limit: Option<usize>,
}

/// Some groups of errors.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ErrorPage {
    /// Those that fit the filter.
    pub groups: Vec<ErrorGroup>,
    /// How many of those that fit the filter are unresolved, whatever status it asks for.
    pub unresolved: u64,
    /// How many of them are muted.
    pub muted: u64,
    /// How many of them are resolved.
    pub resolved: u64,
}

impl ErrorFilter {
    /// All groups.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of which this was said.
    pub fn status(mut self, status: ErrorStatus) -> Self {
        self.criteria.status = Some(status.as_str());
        self
    }

    /// Only those of jobs of this kind.
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.criteria.terms.push(GroupTerm::is(GroupKey::Kind, kind));
        self
    }

    /// Only those that came with this version of the program.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.criteria.terms.push(GroupTerm::is(GroupKey::Version, version));
        self
    }

    /// What it asks for, term by term, as it is written.
    #[must_use]
    pub fn terms(&self) -> Vec<String> {
        self.criteria.terms.iter().map(ToString::to_string).collect()
    }

    /// The same without the terms of this key, such as `queue`; the empty key is that of bare words.
    pub fn without_key(mut self, key: &str) -> Self {
        self.criteria.terms.retain(|term| term.key.as_str() != key);
        self
    }

    /// Whether a group fits all the terms, whatever its status: as it is given, for those who show it otherwise than it is
    /// stored and must not tell by a filter what they hide.
    #[must_use]
    pub fn fits(&self, group: &ErrorGroup) -> bool {
        self.criteria.terms.iter().all(|term| term.fits(group))
    }

    /// How many at the most: 1 to [`ERRORS_MAX`], 50 by default. What is beyond is cut to that.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit.clamp(1, ERRORS_MAX));
        self
    }
}

/// Reads back as the same; only the terms are written.
impl fmt::Display for ErrorFilter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.terms().join(" "))
    }
}

impl FromStr for ErrorFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> std::result::Result<Self, FilterError> {
        let criteria = ErrorCriteria { terms: group_terms(text)?, ..ErrorCriteria::default() };
        Ok(Self { criteria, limit: None })
    }
}

impl ErrorStatus {
    /// The status as a word.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            ErrorStatus::Unresolved => "unresolved",
            ErrorStatus::Muted => "muted",
            ErrorStatus::Resolved => "resolved",
        }
    }
}

impl Console {
    /// Groups of errors. They are known two seconds after they occurred, and kept as long as dead jobs are, at
    /// most 10,000 of them.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn error_groups(&self, filter: &ErrorFilter) -> Result<ErrorPage> {
        let limit = filter.limit.unwrap_or(50) as i64;
        let criteria = ErrorCriteria { limit, count_max: LIST_COUNT_MAX, ..filter.criteria.clone() };
        let (groups, [unresolved, muted, resolved]) = tokio::try_join!(
            store::list_errors(&self.readers, &criteria),
            store::count_errors(&self.readers, &criteria.terms)
        )?;
        Ok(ErrorPage { groups, unresolved, muted, resolved })
    }

    /// One group of errors, with what became of its jobs.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such group, or not any more.
    pub async fn error_group(&self, fingerprint: &str) -> Result<ErrorGroupDetails> {
        let count_max = COUNT_MAX.cast_signed();
        let only =
            ErrorCriteria { fingerprint: Some(fingerprint.to_owned()), limit: 1, count_max, ..Default::default() };
        let (groups, recovered) = tokio::try_join!(
            store::list_errors(&self.readers, &only),
            store::count_recovered(&self.readers, fingerprint, count_max)
        )?;
        let group = groups.into_iter().next();
        let group = group.ok_or_else(|| Error::not_found(format!("error group {fingerprint:?} does not exist")))?;
        let job = store::read_job(&self.readers, group.sample_job).await?;
        let sample = job.and_then(|job| job.last_failure().cloned());
        Ok(ErrorGroupDetails { group, recovered, sample })
    }

    /// Says of groups that they are mended. One that occurs again is unresolved from then on, with the time
    /// of that in [`regressed_at`](ErrorGroup::regressed_at). Returns those that there are.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for more than [`SELECTION_MAX`].
    pub async fn resolve_errors(&self, fingerprints: &[&str]) -> Result<Vec<String>> {
        let by = self.actor.name().to_owned();
        self.judge_errors("resolve_errors", fingerprints, Judgement::Resolved { by: &by }).await
    }

    /// Hides groups for a time from those that are unresolved; they are counted as before. Returns those that
    /// there are.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for more than [`SELECTION_MAX`].
    pub async fn mute_errors(&self, fingerprints: &[&str], until: DateTime<Utc>) -> Result<Vec<String>> {
        self.judge_errors("mute_errors", fingerprints, Judgement::Muted { until }).await
    }

    /// Takes back that groups are resolved or muted. Returns those that there are.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for more than [`SELECTION_MAX`].
    pub async fn unresolve_errors(&self, fingerprints: &[&str]) -> Result<Vec<String>> {
        self.judge_errors("unresolve_errors", fingerprints, Judgement::Open).await
    }

    async fn judge_errors(&self, action: &str, fingerprints: &[&str], judgement: Judgement<'_>) -> Result<Vec<String>> {
        if fingerprints.len() > SELECTION_MAX {
            let count = fingerprints.len();
            return Err(Error::invalid(format!("{count} error groups selected, at most {SELECTION_MAX} are allowed")));
        }
        let wanted: Vec<String> = fingerprints.iter().map(|fingerprint| (*fingerprint).to_owned()).collect();
        let change = self.desk.begin().await?;
        let done = store::judge_errors(&change, &wanted, judgement).await?;
        let target = match done.as_slice() {
            [only] => only.clone(),
            several => format!("{} error groups", several.len()),
        };
        let until = if let Judgement::Muted { until } = judgement { Some(until) } else { None };
        let details = json!({ "fingerprints": &done, "until": until });
        let _entry: AuditId = self.note(&change, Note { action, target: &target, operation: None, details }).await?;
        change.commit().await?;
        Ok(done)
    }
}

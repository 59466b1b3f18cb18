//! Operations: actions on jobs that may be many, and their undoing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::actions::{check, check_reason};
use super::notes::Note;
use super::{Console, Count};
use crate::error::{Error, Result};
use crate::filter::{JobFilter, Text};
use crate::record::{Action, JobState, OperationId, OperationRecord};
use crate::store::search;
use crate::store::{self, Change, NewOperation, OpenOperation, Step};

/// The most operations of one page.
const PAGE_MAX: i64 = 100;
/// How many jobs are changed in one transaction: their rows are locked for a part of a second.
const CHUNK: i64 = 1_000;

impl Console {
    /// Operations, the newest first; `before` is the last of the page before. At most 100.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn operations(&self, before: Option<OperationId>) -> Result<Vec<OperationRecord>> {
        store::list_operations(&self.link, before.map_or(i64::MAX, |id| id.0), PAGE_MAX).await
    }

    /// One operation.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none, or not any more.
    pub async fn operation(&self, id: OperationId) -> Result<OperationRecord> {
        let found = store::show_operation(&self.link, id).await?;
        found.ok_or_else(|| Error::not_found(format!("operation {id} does not exist")))
    }

    /// Stops an operation after the chunk at work. What is done stays done, and can be undone.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) when it has ended.
    pub async fn cancel_operation(&self, id: OperationId) -> Result<()> {
        let change = self.desk.begin().await?;
        if !store::stop_operation(&change, id).await? {
            return Err(Error::conflict(format!("cancel operation {id}: it has ended")));
        }
        let target = id.to_string();
        let note = Note { action: "cancel_operation", target: &target, operation: Some(id), details: json!({}) };
        self.note(&change, note).await?;
        change.commit().await
    }

    /// Begins to do something to all jobs that a filter finds, however many. `created_before`, the time of the
    /// [`preview`](Console::preview), holds off jobs that came later, and those that are not in a state for it
    /// are skipped. `name` is what people call it, and may be empty. The work is done by
    /// [`work_operations`](Console::work_operations), which the dashboard calls.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for an action that says what cannot be, and for too long a name.
    pub async fn start_operation(
        &self,
        action: &Action,
        filter: &JobFilter,
        created_before: DateTime<Utc>,
        name: &str,
    ) -> Result<OperationId> {
        check(action)?;
        check_reason(name)?;
        let expected = eligible(&self.count(filter).await?.counts, action);
        let change = self.desk.begin().await?;
        let new = NewOperation {
            name,
            actor: &self.actor.name,
            action,
            filter: Some(filter.to_string()),
            scope: Scope::of(filter),
            created_before: Some(created_before),
            expected,
            undoes: None,
        };
        let operation = store::begin_operation(&change, &new).await?;
        let mut details = serde_json::to_value(action).unwrap_or_default();
        details["filter"] = json!(new.filter);
        details["created_before"] = json!(created_before);
        let target = format!("{expected} jobs");
        let note = Note { action: action.as_str(), target: &target, operation: Some(operation), details };
        self.note(&change, note).await?;
        change.commit().await?;
        Ok(operation)
    }

    /// Begins to bring the jobs of an operation back to where it found them, and returns the operation that
    /// does it. Left out are jobs that have gone on since: that were requeued, or run, or moved again.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) when it cannot be undone, or not any more, or was.
    pub async fn undo(&self, id: OperationId) -> Result<OperationId> {
        let undone = self.operation(id).await?;
        let change = self.desk.begin().await?;
        if !store::claim_undo(&change, id).await? {
            return Err(Error::conflict(format!("undo operation {id}: it cannot be undone, or not any more, or was")));
        }
        let new = NewOperation {
            name: &undone.name,
            actor: &self.actor.name,
            action: &undone.action,
            filter: undone.filter.clone(),
            scope: None,
            created_before: None,
            expected: undone.done.cast_signed(),
            undoes: Some(id),
        };
        let undoing = store::begin_operation(&change, &new).await?;
        let (target, details) = (id.to_string(), json!({ "action": undone.action.as_str() }));
        let note = Note { action: "undo", target: &target, operation: Some(undoing), details };
        self.note(&change, note).await?;
        change.commit().await?;
        Ok(undoing)
    }

    /// Does one chunk of the oldest operation that is open and that nobody works on: up to 1,000 jobs in one
    /// transaction. Returns whether there was one. The dashboard calls it; a program without one that starts
    /// operations calls it until it says no.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached: the chunk is done again.
    pub async fn work_operations(&self) -> Result<bool> {
        let change = self.desk.begin().await?;
        let Some(open) = store::next_operation(&change).await? else { return Ok(false) };
        match chunk(&change, &open).await {
            Ok(step) => store::step_operation(&change, open.record.id, &step).await?,
            // What it asks for is refused, now and every time.
            Err(error) if error.is_invalid() => {
                store::fail_operation(&change, open.record.id, &error.to_string()).await?;
            }
            Err(error) => return Err(error),
        }
        change.commit().await?;
        Ok(true)
    }
}

fn eligible(states: &BTreeMap<JobState, Count>, action: &Action) -> i64 {
    let fitting = states.iter().filter(|(state, _)| action.applies_to(**state));
    fitting.map(|(_, count)| count.number().cast_signed()).sum()
}

async fn chunk(change: &Change<'_>, open: &OpenOperation) -> Result<Step> {
    match open.record.undoes {
        Some(undone) => undo_chunk(change, open, undone).await,
        None => do_chunk(change, open).await,
    }
}

/// The next jobs that the filter finds. Which of them are in a state for the action is decided when they
/// are locked.
async fn do_chunk(change: &Change<'_>, open: &OpenOperation) -> Result<Step> {
    let OperationRecord { id, action, created_before, .. } = &open.record;
    let bound = created_before.unwrap_or(open.record.created_at);
    let found = search::page_of_ids(change, &filter(open)?, bound, open.last_job, CHUNK as usize).await?;
    let jobs: Vec<Uuid> = found.iter().map(|(id, _)| *id).collect();
    if action.can_be_undone() {
        store::keep_images(change, *id, &jobs, *action == Action::Delete).await?;
    }
    let changed = store::act(change, action, &jobs).await?;
    if action.can_be_undone() {
        let ended: Vec<Uuid> = changed.iter().filter(|job| job.at_once).map(|job| job.id).collect();
        store::drop_images(change, *id, &jobs, &ended).await?;
    }
    let changed: BTreeSet<Uuid> = changed.iter().map(|job| job.id).collect();
    let skipped: Vec<Uuid> = jobs.iter().copied().filter(|id| !changed.contains(id)).collect();
    let mut skipped_states = open.record.skipped_states.clone();
    for (state, count) in store::states_of(change, &skipped).await? {
        *skipped_states.entry(state).or_default() += count;
    }
    Ok(Step {
        done: changed.len() as i64,
        skipped: skipped.len() as i64,
        skipped_states,
        last_job: jobs.last().copied(),
        ended: (jobs.len() as i64) < CHUNK,
        can_be_undone: action.can_be_undone(),
    })
}

fn filter(open: &OpenOperation) -> Result<JobFilter> {
    let text = open.record.filter.as_deref().unwrap_or_default();
    let filter: JobFilter =
        text.parse().map_err(|error| Error::invalid(format!("the filter cannot be read: {error}")))?;
    let scope: Scope = match &open.scope {
        Some(json) => {
            serde_json::from_str(json).map_err(|error| Error::invalid(format!("the scope cannot be read: {error}")))?
        }
        None => Scope::default(),
    };
    let filter = filter.scoped(scope.queues, scope.kinds);
    Ok(match scope.guard {
        Some(guard) => filter.guarded(guard),
        None => filter,
    })
}

/// What the person who began it may see.
#[derive(Default, Serialize, Deserialize)]
struct Scope {
    queues: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
    /// What hides a job from those who look for parts of values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guard: Option<String>,
}

impl Scope {
    /// As JSON; `None` if they see everything.
    fn of(filter: &JobFilter) -> Option<String> {
        let (queues, kinds) = filter.scope();
        let patterns = |names: &[Text]| names.iter().map(Text::pattern).collect();
        let guard = filter.guard().map(str::to_owned);
        let is_limited = queues.is_some() || kinds.is_some() || guard.is_some();
        let scope = Self { queues: queues.map(patterns), kinds: kinds.map(patterns), guard };
        is_limited.then(|| serde_json::to_string(&scope).unwrap_or_default())
    }
}

/// Every job that was not brought back has gone on since.
async fn undo_chunk(change: &Change<'_>, open: &OpenOperation, undone: OperationId) -> Result<Step> {
    let jobs = store::images_page(change, undone, open.last_job, CHUNK).await?;
    let restored = store::restore(change, undone, &open.record.action, &jobs).await?;
    let (done, all) = (restored.len() as i64, jobs.len() as i64);
    Ok(Step {
        done,
        skipped: all - done,
        skipped_states: open.record.skipped_states.clone(),
        last_job: jobs.last().copied(),
        ended: all < CHUNK,
        can_be_undone: false,
    })
}

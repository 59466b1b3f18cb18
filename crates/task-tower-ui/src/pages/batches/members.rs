//! Some of the jobs of a batch: those that want a look first, or those of one state.

use std::collections::BTreeMap;

use serde::Deserialize;
use task_tower::{BatchId, BatchRecord, Count, Failure, JobRecord, JobState};

use super::show::{all_jobs, of};
use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;
use crate::pages::row::Row;
use crate::say;

/// So many of its jobs are shown.
const JOBS_SHOWN: usize = 10;

/// As much of an error is shown.
const ERROR_CHARACTERS_MAX: usize = 200;

/// Those that want a look come first.
const LOOKED_AT: [JobState; 2] = [JobState::Dead, JobState::Failed];

/// Those of which one may see nothing else.
const TABS: [JobState; 3] = [JobState::Dead, JobState::Failed, JobState::Processing];

/// What the address asks for. What is not known is as if it was not asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    steps: String,
    jobs: String,
}

/// One of its jobs, with what it failed of.
pub(super) struct Member {
    pub(super) row: Row,
    pub(super) error: Option<String>,
}

/// A choice of its jobs.
pub(super) struct Tab {
    pub(super) link: String,
    pub(super) word: String,
    pub(super) count: String,
    pub(super) current: bool,
}

impl Wanted {
    pub(super) fn wants_list(&self) -> bool {
        self.steps == "list"
    }

    /// The state whose jobs are asked for.
    pub(super) fn state(&self) -> Option<JobState> {
        TABS.into_iter().find(|state| state.as_str() == self.jobs)
    }

    /// The same page with another form of its steps.
    pub(super) fn with_steps(&self, form: &str) -> String {
        address(form == "list", self.state())
    }
}

fn address(as_list: bool, state: Option<JobState>) -> String {
    let form = if as_list { "list" } else { "graph" };
    let jobs = state.map(|state| format!("&jobs={state}")).unwrap_or_default();
    format!("?steps={form}{jobs}")
}

/// All, and those states in which there are some or that are asked for.
pub(super) fn tabs(wanted: &Wanted, record: &BatchRecord, counts: &BTreeMap<JobState, Count>, look: &Look) -> Vec<Tab> {
    let chosen = wanted.state();
    let tab = |state: Option<JobState>, word: String, count: String| Tab {
        link: address(wanted.wants_list(), state),
        current: chosen == state,
        word,
        count,
    };
    let of = |state: JobState| counts.get(&state).copied().unwrap_or(Count::Exact(0));
    let there = TABS.into_iter().filter(|state| of(*state).number() > 0 || chosen == Some(*state));
    let all = tab(None, look.m.batch_members_every(), say::with_commas(all_jobs(record, counts)));
    [all].into_iter().chain(there.map(|state| tab(Some(state), look.m.state(state), say::counted(of(state))))).collect()
}

/// Some of its jobs in that state, or of all, dead and failed ones first.
pub(super) async fn jobs(
    desk: &Desk,
    visitor: &Visitor,
    id: BatchId,
    state: Option<JobState>,
) -> Result<Vec<JobRecord>, Fault> {
    let is_wanted = |other: &JobState| state.is_none_or(|state| state == *other);
    let mut jobs = Vec::new();
    for first in LOOKED_AT.into_iter().filter(is_wanted) {
        for job in desk.jobs(&of(id, &[first])?.limit(JOBS_SHOWN), visitor).await?.jobs {
            // A list does not tell what a job failed of. One that has gone since stays as the list has it.
            jobs.push(desk.job(job.id, visitor).await.unwrap_or(job));
            if jobs.len() == JOBS_SHOWN {
                return Ok(jobs);
            }
        }
    }
    let others: Vec<JobState> =
        JobState::ALL.into_iter().filter(|other| !LOOKED_AT.contains(other)).filter(is_wanted).collect();
    if !others.is_empty() {
        let rest = of(id, &others)?.limit(JOBS_SHOWN - jobs.len());
        jobs.extend(desk.jobs(&rest, visitor).await?.jobs);
    }
    Ok(jobs)
}

impl Member {
    pub(super) fn new(job: &JobRecord, look: &Look) -> Self {
        let failure = job.last_failure().filter(|_| LOOKED_AT.contains(&job.state));
        let row = Row::new(job, look, &BTreeMap::new(), |_| String::new());
        let told = |failure: &Failure| format!("{}: {}", failure.class, failure.message);
        Self { row, error: failure.map(|failure| told(failure).chars().take(ERROR_CHARACTERS_MAX).collect()) }
    }
}

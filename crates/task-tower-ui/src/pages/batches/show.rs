//! One batch: how far it is, its members by state, its callbacks, and what can be done to its jobs.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use task_tower::{BatchCallback, BatchId, BatchRecord, Count, Failure, JobFilter, JobRecord, JobState};

use super::{badge, bar, check_sight, title};
use crate::access::{Permission, Visitor};
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links;
use crate::look::{Bar, Look, Stamp};
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::pages::row::Row;
use crate::say;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    frame: Frame,
    m: Messages,
    id: String,
    badge: Badge,
    about: Vec<String>,
    percent: u64,
    part: String,
    bar: Bar,
    facts: Vec<(String, String)>,
    outer: Option<(String, String)>,
    states: Vec<InState>,
    /// All its jobs, from the root.
    members: String,
    jobs: Vec<Member>,
    /// Whether batches are members of it, which no list of jobs has.
    has_inner: bool,
    callbacks: Vec<Callback>,
    /// Where its jobs that have not ended are cancelled, and its dead ones requeued; from the root.
    cancel: Option<String>,
    retry: Option<String>,
}

/// So many of its jobs are shown.
const JOBS_SHOWN: usize = 10;

/// As much of an error is shown.
const ERROR_CHARACTERS_MAX: usize = 200;

/// Those that want a look come first.
const LOOKED_AT: [JobState; 2] = [JobState::Dead, JobState::Failed];

/// Its jobs in one state, with the list of them.
struct InState {
    class: &'static str,
    word: String,
    count: String,
    link: String,
}

/// One of its jobs, with what it failed of.
struct Member {
    row: Row,
    error: Option<String>,
}

struct Callback {
    when: String,
    kind: String,
    /// The job, from the root, and its id.
    job: Option<(String, String)>,
    at: Option<Stamp>,
}

pub(crate) async fn batch(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Html<String>, Fault> {
    let record = find(&desk, &visitor, &id).await?;
    let callbacks = desk.console.batch_callbacks(record.id).await?;
    let counts = desk.counts(&of(record.id, &[])?, &visitor).await?;
    let outer = match record.parent {
        Some(parent) => desk.console.batch(parent).await.ok(),
        None => None,
    };
    let jobs = jobs(&desk, &visitor, record.id).await?;
    render(&page(&visit, &record, outer.as_ref(), &callbacks, &counts, &jobs)?)
}

/// Some of its jobs, dead and failed ones first.
async fn jobs(desk: &Desk, visitor: &Visitor, id: BatchId) -> Result<Vec<JobRecord>, Fault> {
    let others: Vec<JobState> = JobState::ALL.into_iter().filter(|state| !LOOKED_AT.contains(state)).collect();
    let mut jobs = Vec::new();
    for job in desk.jobs(&of(id, &LOOKED_AT)?.limit(JOBS_SHOWN), visitor).await?.jobs {
        // A list does not tell what a job failed of. One that has gone since stays as the list has it.
        jobs.push(desk.job(job.id, visitor).await.unwrap_or(job));
    }
    if jobs.len() < JOBS_SHOWN {
        let rest = of(id, &others)?.limit(JOBS_SHOWN - jobs.len());
        jobs.extend(desk.jobs(&rest, visitor).await?.jobs);
    }
    Ok(jobs)
}

fn page(
    visit: &Visit,
    record: &BatchRecord,
    outer: Option<&BatchRecord>,
    callbacks: &[BatchCallback],
    counts: &BTreeMap<JobState, Count>,
    jobs: &[JobRecord],
) -> Result<BatchPage, Fault> {
    let (look, m) = (&visit.look, visit.look.m);
    let mut states = Vec::new();
    for state in JobState::ALL {
        let count = counts.get(&state).copied().unwrap_or(Count::Exact(0));
        if count.number() > 0 {
            let link = links::jobs(&of(record.id, &[state])?);
            states.push(InState {
                class: state.as_str(),
                word: m.state_word(state.as_str()),
                count: say::counted(count),
                link,
            });
        }
    }
    let live: Vec<JobState> = JobState::ALL.into_iter().filter(|state| !state.is_final()).collect();
    let is_any =
        |states: &[JobState]| states.iter().any(|state| counts.get(state).is_some_and(|count| count.number() > 0));
    let may = |permission| visit.view.may.contains(Permission::Operations) && visit.view.may.contains(permission);
    let cancel = may(Permission::Cancel) && is_any(&live);
    let retry = may(Permission::Requeue) && is_any(&[JobState::Dead]);
    Ok(BatchPage {
        frame: Frame::new(visit, "batches", title(record, look)).under("batches", m.nav_batches()),
        m,
        id: record.id.to_string(),
        badge: badge(record, look).large(),
        about: about(record, look),
        percent: record.ended() * 100 / record.total.max(1),
        part: m.batch_part(say::with_commas(record.ended()), say::with_commas(record.total)),
        bar: whole_bar(record, counts, look),
        facts: facts(record, look),
        outer: outer.map(|outer| (format!("batches/{}", outer.id), title(outer, look))),
        states,
        members: links::jobs(&of(record.id, &[])?),
        jobs: jobs.iter().map(|job| Member::new(job, look)).collect(),
        has_inner: counts.values().all(|count| matches!(count, Count::Exact(_)))
            && counts.values().map(|count| count.number()).sum::<u64>() < record.total,
        callbacks: callbacks.iter().map(|callback| Callback::new(callback, look)).collect(),
        cancel: if cancel { Some(operation("cancel", &of(record.id, &live)?)) } else { None },
        retry: if retry { Some(operation("requeue", &of(record.id, &[JobState::Dead])?)) } else { None },
    })
}

/// One that this visitor may see.
pub(crate) async fn find(desk: &Desk, visitor: &Visitor, id: &str) -> Result<BatchRecord, Fault> {
    check_sight(visitor)?;
    let id: BatchId = id.parse().map_err(|_| Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_page))?;
    Ok(desk.console.batch(id).await?)
}

/// What has ended, and what of the rest is where.
fn whole_bar(record: &BatchRecord, counts: &BTreeMap<JobState, Count>, look: &Look) -> Bar {
    let mut bar = bar(record, look, 990, 10);
    let live = [JobState::Processing, JobState::Enqueued, JobState::Failed, JobState::Scheduled, JobState::Awaiting];
    bar.parts.extend(live.map(|state| (state.as_str(), counts.get(&state).map_or(0, |count| count.number()))));
    bar
}

/// Its jobs in these states, or all.
fn of(id: BatchId, states: &[JobState]) -> Result<JobFilter, Fault> {
    let filter: JobFilter = format!("batch:{id}").parse().map_err(task_tower::Error::from)?;
    Ok(if states.is_empty() { filter } else { filter.states(states.iter().copied()) })
}

/// The preview of an operation, from the root.
fn operation(action: &str, filter: &JobFilter) -> String {
    format!("operations/new?action={action}&q={}", links::encode(&filter.to_string()))
}

fn about(record: &BatchRecord, look: &Look) -> Vec<String> {
    let m = look.m;
    let closed = record.closed_at.is_none().then(|| m.batch_still_open());
    let pending = Some(record.pending()).filter(|pending| *pending > 0).map(|pending| m.batch_pending(pending));
    [m.batch_total(record.total)].into_iter().chain(pending).chain(closed).collect()
}

fn facts(record: &BatchRecord, look: &Look) -> Vec<(String, String)> {
    let m = look.m;
    let mut facts = vec![(m.batch_opened(), look.clock(record.created_at))];
    facts.extend(record.closed_at.map(|at| (m.batch_closed(), look.clock(at))));
    match record.ended_at {
        Some(at) => {
            facts.push((m.batch_ended(), look.clock(at)));
            facts.push((m.batch_took(), look.duration(at - record.created_at)));
        }
        None => facts.extend(
            record
                .expected_end(look.now)
                .map(|at| (m.batch_expected(), m.batch_expected_in(say::age(m, at - look.now)))),
        ),
    }
    facts
}

impl Member {
    fn new(job: &JobRecord, look: &Look) -> Self {
        let failure = job.last_failure().filter(|_| LOOKED_AT.contains(&job.state));
        let row = Row::new(job, look, &BTreeMap::new(), |_| String::new());
        let told = |failure: &Failure| format!("{}: {}", failure.class, failure.message);
        Self { row, error: failure.map(|failure| told(failure).chars().take(ERROR_CHARACTERS_MAX).collect()) }
    }
}

impl Callback {
    fn new(callback: &BatchCallback, look: &Look) -> Self {
        Self {
            when: look.m.batch_event(callback.event),
            kind: callback.kind.clone(),
            job: callback.job.map(|id| (format!("jobs/{id}"), id.short())),
            at: callback.enqueued_at.map(|at| look.time(at)),
        }
    }
}

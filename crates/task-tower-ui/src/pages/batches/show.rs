//! One batch: how far it is, its steps, its members by state, its callbacks, and what can be done to its jobs.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use task_tower::{BatchCallback, BatchId, BatchRecord, BatchSteps, Count, JobFilter, JobRecord, JobState};

use super::members::{Member, Tab, Wanted, jobs, tabs};
use super::steps::Steps;
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
use crate::say;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "batch/show.html")]
struct BatchPage {
    frame: Frame,
    m: Messages,
    id: String,
    badge: Badge,
    about: Vec<String>,
    percent: u64,
    part: String,
    bar: Bar,
    outer: Option<(String, String)>,
    states: Vec<InState>,
    /// What of it the address asks for.
    wanted: Wanted,
    steps: Option<Steps>,
    tabs: Vec<Tab>,
    /// All its jobs, from the root, and what says so.
    members: String,
    members_word: String,
    jobs: Vec<Member>,
    /// Whether batches are members of it, which no list of jobs has.
    has_inner: bool,
    callbacks: Vec<Callback>,
    /// Where its jobs that have not ended are cancelled, and its dead ones requeued; from the root.
    cancel: Option<String>,
    retry: Option<(String, String)>,
}

/// Its jobs in one state, with the list of them.
struct InState {
    class: &'static str,
    word: String,
    count: String,
    link: String,
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
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let record = find(&desk, &visitor, &id).await?;
    let counts = desk.counts(&of(record.id, &[])?, &visitor).await?;
    let outer = match record.parent {
        Some(parent) => desk.console.batch(parent).await.ok(),
        None => None,
    };
    let steps = desk.console.batch_steps(record.id).await;
    let found = Found {
        jobs: jobs(&desk, &visitor, record.id, wanted.state()).await?,
        // The page says what is wrong with a batch also when the database has no time for its steps.
        steps: Fault::unless_too_slow(steps.map_err(Fault::from))?.unwrap_or_default(),
        callbacks: desk.console.batch_callbacks(record.id).await?,
        counts,
        outer,
        record,
    };
    render(&page(&visit, wanted, &found)?)
}

/// What the console tells of a batch.
struct Found {
    record: BatchRecord,
    outer: Option<BatchRecord>,
    steps: BatchSteps,
    callbacks: Vec<BatchCallback>,
    counts: BTreeMap<JobState, Count>,
    jobs: Vec<JobRecord>,
}

fn page(visit: &Visit, wanted: Wanted, found: &Found) -> Result<BatchPage, Fault> {
    let (look, m) = (&visit.look, visit.look.m);
    let Found { record, counts, .. } = found;
    let title = title(record, look);
    Ok(BatchPage {
        frame: Frame::new(visit, "batches", title).under("batches", m.nav_batches()),
        m,
        id: record.id.to_string(),
        badge: badge(record, look).large(),
        about: about(found, look),
        percent: record.ended() * 100 / record.total.max(1),
        part: part(record, look),
        bar: whole_bar(record, counts, look),
        outer: found.outer.as_ref().map(|outer| (format!("batches/{}", outer.id), super::title(outer, look))),
        states: states(record.id, counts, look)?,
        steps: Steps::new(record.id, &found.steps, wanted.wants_list(), look, &visit.place.root)?,
        tabs: tabs(&wanted, record, counts, look),
        wanted,
        members: links::jobs(&of(record.id, &[])?),
        members_word: m.batch_members_open(all_jobs(record, counts)),
        jobs: found.jobs.iter().map(|job| Member::new(job, look)).collect(),
        has_inner: all_jobs(record, counts) < record.total,
        callbacks: found.callbacks.iter().map(|callback| Callback::new(callback, look)).collect(),
        cancel: cancel(visit, record.id, counts)?,
        retry: retry(visit, record.id, counts)?,
    })
}

/// How many jobs it has: its members without the batches among them, where all are counted.
pub(super) fn all_jobs(record: &BatchRecord, counts: &BTreeMap<JobState, Count>) -> u64 {
    match counts.values().all(|count| matches!(count, Count::Exact(_))) {
        true => number(counts, &JobState::ALL),
        false => record.total,
    }
}

/// Its jobs by state, those that there are.
fn states(id: BatchId, counts: &BTreeMap<JobState, Count>, look: &Look) -> Result<Vec<InState>, Fault> {
    let there = IN_LEGEND.into_iter().filter_map(|state| Some((state, *counts.get(&state)?)));
    let in_state = |(state, count): (JobState, Count)| {
        let (word, link) = (look.m.state(state), links::jobs(&of(id, &[state])?));
        Ok(InState { class: state.as_str(), word, count: say::counted(count), link })
    };
    there.filter(|(_, count)| count.number() > 0).map(in_state).collect()
}

fn number(counts: &BTreeMap<JobState, Count>, states: &[JobState]) -> u64 {
    states.iter().filter_map(|state| counts.get(state)).map(|count| count.number()).sum()
}

fn may(visit: &Visit, permission: Permission) -> bool {
    visit.view.may.contains(Permission::Operations) && visit.view.may.contains(permission)
}

fn cancel(visit: &Visit, id: BatchId, counts: &BTreeMap<JobState, Count>) -> Result<Option<String>, Fault> {
    let live: Vec<JobState> = JobState::ALL.into_iter().filter(|state| !state.is_final()).collect();
    let can = may(visit, Permission::Cancel) && number(counts, &live) > 0;
    Ok(if can { Some(operation("cancel", &of(id, &live)?)) } else { None })
}

fn retry(visit: &Visit, id: BatchId, counts: &BTreeMap<JobState, Count>) -> Result<Option<(String, String)>, Fault> {
    let dead = counts.get(&JobState::Dead).copied().filter(|dead| dead.number() > 0);
    let Some(dead) = dead.filter(|_| may(visit, Permission::Requeue)) else { return Ok(None) };
    let word = visit.look.m.batch_retry(say::counted(dead));
    Ok(Some((operation("requeue", &of(id, &[JobState::Dead])?), word)))
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
pub(super) fn of(id: BatchId, states: &[JobState]) -> Result<JobFilter, Fault> {
    let filter: JobFilter = format!("batch:{id}").parse().map_err(task_tower::Error::from)?;
    Ok(if states.is_empty() { filter } else { filter.states(states.iter().copied()) })
}

/// The preview of an operation, from the root.
fn operation(action: &str, filter: &JobFilter) -> String {
    format!("operations/new?action={action}&q={}", links::encode(&filter.to_string()))
}

/// How much of it has ended, and when the rest is expected to have.
fn part(record: &BatchRecord, look: &Look) -> String {
    let m = look.m;
    let part = m.batch_part(say::with_commas(record.ended()), say::with_commas(record.total));
    match record.expected_end(look.now) {
        Some(at) => m.batch_left(part, say::age(m, at - look.now)),
        None => part,
    }
}

fn about(found: &Found, look: &Look) -> Vec<String> {
    let (record, m) = (&found.record, look.m);
    let size = match found.steps.steps.len() as u64 {
        steps @ 2.. => m.batch_steps(steps),
        _ => m.batch_total(record.total),
    };
    let open = record.closed_at.is_none().then(|| m.batch_still_open());
    let ended =
        record.ended_at.map(|at| [m.batch_ended(look.clock(at)), m.batch_took(look.duration(at - record.created_at))]);
    let begun = [size, m.batch_opened(look.clock(record.created_at))];
    begun.into_iter().chain(open).chain(ended.into_iter().flatten()).collect()
}

/// In this order a legend tells of them: as they stand in the bar.
const IN_LEGEND: [JobState; 8] = [
    JobState::Completed,
    JobState::Dead,
    JobState::Cancelled,
    JobState::Processing,
    JobState::Enqueued,
    JobState::Failed,
    JobState::Scheduled,
    JobState::Awaiting,
];

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

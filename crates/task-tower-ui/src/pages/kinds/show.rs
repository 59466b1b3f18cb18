//! One kind: its runs over time, how long they took, who runs it, and what goes wrong.

use std::collections::HashSet;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use task_tower::{
    ATTEMPTS_JOBS_MAX, ATTEMPTS_MAX, AttemptCount, Count, ErrorFilter, ErrorGroup, ErrorStatus, JobFilter, JobState,
    KindDetails, Series, Window, WorkerId,
};

use super::setup::{self, Setup};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{HeatMap, Histogram, Look, Plot, Twin};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::charts::{self, Figures, Legend, percent};
use crate::pages::frame::render;
use crate::pages::links;
use crate::pages::window::{self, Choice, Wanted};
use crate::say;
use crate::visit::Visit;

/// As many numbers of runs have a place, so that one alone is no wall.
const ATTEMPTS_SHOWN_MIN: usize = 5;

/// So many numbers of runs are named at the axis.
const ATTEMPTS_NUMBERED: usize = 12;

/// The states of jobs that failed and did not complete since.
const FAILING: [JobState; 2] = [JobState::Failed, JobState::Dead];

#[derive(Template)]
#[template(path = "kind.html")]
struct KindPage {
    frame: Frame,
    m: Messages,
    name: String,
    jobs: String,
    /// The last part of the address, to which the windows are added.
    here: String,
    windows: Vec<Choice>,
    facts: Vec<(String, Markup)>,
    throughput: Plot,
    legend: Legend,
    run: Plot,
    run_figures: Figures,
    wait: Plot,
    wait_figures: Figures,
    heat: Option<Plot>,
    setup_note: String,
    setups: Vec<Setup>,
    attempts: Option<Plot>,
    attempts_note: String,
    errors: Vec<(String, Markup, String, String)>,
}

pub(crate) async fn kind(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(name): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let details = find(&desk, &visitor, &name, wanted.window()).await?;
    let (look, m) = (&visit.look, visit.look.m);
    let series = &details.series;
    render(&KindPage {
        frame: Frame::new(&visit, "kinds", details.kind.display_name.as_ref().unwrap_or(&name))
            .under("kinds", m.nav_kinds()),
        m,
        jobs: links::jobs(&format!("kind:{}", links::quoted(&name))),
        here: links::encoded(&name),
        windows: window::choices(m, series.window),
        facts: facts(&desk, &visitor, &details, look).await?,
        throughput: charts::throughput(look, series, &[]),
        legend: charts::states(look, &series.counts),
        run: charts::runs(look, series),
        run_figures: charts::figures(look, series.run),
        wait: charts::waits(look, series),
        wait_figures: charts::figures(look, series.wait),
        heat: heat(look, series),
        setup_note: setup::note(&details.registrations, m),
        setups: setup::setups(&details.registrations, look),
        attempts: attempts(&details.attempts, look),
        attempts_note: m.kind_attempts_explained(say::with_commas(ATTEMPTS_JOBS_MAX as u64)),
        errors: errors(&desk, &visitor, &name, look).await?,
        name,
    })
}

/// A kind as this visitor may see it. One out of their sight is not there.
pub(crate) async fn find(desk: &Desk, visitor: &Visitor, name: &str, window: Window) -> Result<KindDetails, Fault> {
    let missing = || {
        let name = name.to_owned();
        Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_kind(&name))
    };
    // Nothing is called by such a name, and PostgreSQL refuses some of them.
    if !visitor.scope.admits_kind(name) || name.chars().any(char::is_control) {
        return Err(missing());
    }
    let found = desk.console.kind(name, window).await;
    let details = found.map_err(|error| if error.is_not_found() { missing() } else { error.into() })?;
    seen(desk, visitor, details).await
}

/// Without the workers, and the name of the queue, that this visitor does not see.
async fn seen(desk: &Desk, visitor: &Visitor, mut details: KindDetails) -> Result<KindDetails, Fault> {
    let scope = &visitor.scope;
    if scope.is_all() || details.registrations.is_empty() {
        return Ok(details);
    }
    let workers: HashSet<WorkerId> = desk.workers(visitor).await?.into_iter().map(|worker| worker.id).collect();
    for registration in &mut details.registrations {
        registration.workers.retain(|id| workers.contains(id));
        if !scope.admits_queue(&registration.setup.queue) {
            registration.setup.queue.clear();
        }
    }
    details.registrations.retain(|registration| !registration.workers.is_empty());
    Ok(details)
}

async fn facts(
    desk: &Desk,
    visitor: &Visitor,
    details: &KindDetails,
    look: &Look,
) -> Result<Vec<(String, Markup)>, Fault> {
    let (m, kind) = (look.m, &details.kind);
    let workers = desk.workers(visitor).await?;
    let living = workers.iter().filter(|worker| worker.ended_at.is_none());
    let knowing = living.filter(|worker| worker.kinds.contains(&kind.name)).count();
    let words = |name: String, figure: String| (name, Markup::text(&figure));
    let mut facts = vec![
        words(m.kind_enqueued(), say::with_commas(kind.counts.enqueued)),
        words(m.kind_runs(), say::with_commas(charts::ended(&kind.counts))),
        words(m.kind_success(), kind.success_rate.map_or(say::NOTHING.to_owned(), |rate| percent(look, rate))),
        words(m.kind_wait(), kind.wait.map_or(say::NOTHING.to_owned(), |wait| look.span(wait.p95))),
        words(m.kind_workers(), say::with_commas(knowing as u64)),
    ];
    facts.extend(failing(desk, visitor, &kind.name, m).await?);
    Ok(facts)
}

/// How many of its jobs are at this moment in a state that somebody looks after, each with the way to them. What takes
/// too long to count is not told.
async fn failing(desk: &Desk, visitor: &Visitor, name: &str, m: Messages) -> Result<Vec<(String, Markup)>, Fault> {
    let of = |states: &[JobState]| JobFilter::new().kind(name).states(states.iter().copied());
    let Some(counts) = Fault::unless_too_slow(desk.counts(&of(&FAILING), visitor).await)? else {
        return Ok(Vec::new());
    };
    let fact = |state: JobState| {
        let count = counts.get(&state).copied().unwrap_or(Count::Exact(0));
        let jobs = format!("../{}", crate::links::jobs(&of(&[state])));
        (m.kind_now(m.state(state)), Markup::link(&jobs, &say::counted(count)))
    };
    Ok(FAILING.map(fact).into())
}

/// Where nothing ran there is no map.
fn heat(look: &Look, series: &Series) -> Option<Plot> {
    let classes = &series.heat.classes;
    let begin = series.points.first()?.at;
    let word = |bucket: usize| Some((bucket, look.span(classes.get(bucket)?.1)));
    let map = HeatMap {
        name: look.m.kind_times(),
        columns: series.heat.columns.clone(),
        buckets: (0..classes.len().max(2) - 1).step_by(classes.len().div_ceil(6).max(1)).filter_map(word).collect(),
        axis: window::axis(look, series.window, begin),
        twin: heat_twin(look, series),
    };
    (!classes.is_empty()).then(|| map.plot())
}

/// The steps in which something ran, the latest first. One cell tells all classes of a step: with a cell for each, the
/// table would be most of the page.
fn heat_twin(look: &Look, series: &Series) -> Twin {
    let (m, classes) = (look.m, &series.heat.classes);
    let class = |(count, (from, to)): (&u64, &(Duration, Duration))| {
        m.kind_times_class(say::with_commas(*count), m.kind_from_to(look.span(*from), look.span(*to)))
    };
    let told = |counts: &[u64]| {
        counts.iter().zip(classes).filter(|(count, _)| **count > 0).map(class).collect::<Vec<_>>().join(", ")
    };
    let steps = series.points.iter().zip(&series.heat.columns).enumerate().rev();
    let busy = steps.filter(|(_, (_, counts))| counts.iter().any(|count| *count > 0));
    let row = |at, counts: &[u64]| vec![look.clock(at), say::with_commas(counts.iter().sum()), told(counts)];
    let rows = busy.map(|(step, (point, counts))| (charts::middle(step, series), row(point.at, counts)));
    let (places, rows) = rows.unzip();
    Twin { summary: m.look_table(), head: vec![m.look_time(), m.kind_runs(), m.kind_times()], rows, places }
}

/// Of how many jobs there were with so many runs. Numbers between without a job have their place.
fn attempts(counted: &[AttemptCount], look: &Look) -> Option<Plot> {
    let m = look.m;
    let most = (counted.last()?.attempts as usize).max(ATTEMPTS_SHOWN_MIN);
    let number = |of: fn(&AttemptCount) -> u64| {
        let mut numbers = vec![0; most];
        counted.iter().for_each(|count| numbers[count.attempts.max(1) as usize - 1] = of(count));
        numbers
    };
    let (completed, dead) = (number(|count| count.completed), number(|count| count.dead));
    let row = |place: usize| {
        vec![attempt(place as u32 + 1, m), say::with_commas(completed[place]), say::with_commas(dead[place])]
    };
    let rows = (0..counted.last()?.attempts as usize).map(row).collect();
    let every = most.div_ceil(ATTEMPTS_NUMBERED).max(1);
    let middle = |place: usize| ((place as f64 + 0.46) / most as f64, attempt(place as u32 + 1, m));
    let histogram = Histogram {
        name: m.kind_attempts(),
        layers: vec![("completed", completed), ("dead", dead)],
        axis: (0..most).step_by(every).map(middle).collect(),
        marks: Vec::new(),
        twin: Twin {
            summary: m.look_table(),
            head: vec![m.kind_attempts_one(), m.state_completed(), m.state_dead()],
            rows,
            ..Twin::default()
        },
    };
    Some(histogram.plot())
}

/// The last number also stands for all that took more.
fn attempt(number: u32, m: Messages) -> String {
    if number >= ATTEMPTS_MAX { m.kind_attempts_or_more(number) } else { number.to_string() }
}

/// Message, name, how often within a day, and how long ago.
async fn errors(
    desk: &Desk,
    visitor: &Visitor,
    name: &str,
    look: &Look,
) -> Result<Vec<(String, Markup, String, String)>, Fault> {
    let filter = ErrorFilter::new().status(ErrorStatus::Unresolved).kind(name).limit(5);
    let groups = desk.error_groups(&filter, visitor).await?.groups;
    let line = |group: ErrorGroup| {
        let age = say::age(look.m, look.now - group.last_seen_at);
        (group.message.clone(), links::error(&group, "../"), say::with_commas(group.counts.day), age)
    };
    Ok(groups.into_iter().map(line).collect())
}

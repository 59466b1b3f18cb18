//! The doctor: what is wrong, why, and what to do; then the figures behind it.

mod checks;
mod figures;
mod tables;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use task_tower::{Level, Report, UNSERVED_MAX, Unserved};

use super::Frame;
use super::frame::render;
use crate::access::{Scope, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;
use crate::messages::{Markup, Messages};
use crate::say;
use crate::visit::Visit;

use checks::CheckRow;
use figures::{Course, Latency, Oldest};
use tables::{Statement, Table, tables};

/// Of what is in order, so much is shown at once.
const PASSED_SHOWN: usize = 2;

#[derive(Template)]
#[template(path = "doctor.html")]
struct DoctorPage {
    frame: Frame,
    m: Messages,
    look: Look,
    summary: Markup,
    checks: Vec<CheckRow>,
    more_checks: Vec<CheckRow>,
    more_passed: String,
    notes: Vec<Markup>,
    latency: Option<Latency>,
    oldest: Option<Oldest>,
    course: Option<Course>,
    total: String,
    tables: Vec<Table>,
    /// The rest of them, behind a fold.
    small_tables: Vec<Table>,
    more_tables: String,
    statements: Vec<Statement>,
    queues: Vec<Waiting>,
    kinds: Vec<Waiting>,
    text: String,
}

/// A queue or a kind that nobody takes.
struct Waiting {
    name: String,
    told: String,
}

pub(crate) async fn doctor(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
) -> Result<Html<String>, Fault> {
    let report = report(&desk, &visitor).await?;
    render(&page(&report, &visit))
}

/// The report as a file, for whoever is asked for help.
pub(crate) async fn doctor_text(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
) -> Result<impl IntoResponse, Fault> {
    let report = report(&desk, &visitor).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"doctor.txt\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, report.to_string()))
}

/// It names queues and kinds of everybody: not for who may see only some of them.
pub(crate) async fn report(desk: &Desk, visitor: &Visitor) -> Result<Report, Fault> {
    match visitor.scope == Scope::all() {
        true => Ok(desk.console.doctor().await?),
        false => Err(Fault::forbidden(Messages::doctor_for_all)),
    }
}

/// Whether its jobs were counted only so far.
pub(crate) fn may_be_more(unserved: &Unserved) -> bool {
    unserved.jobs >= UNSERVED_MAX
}

fn page(report: &Report, visit: &Visit) -> DoctorPage {
    let (m, look) = (visit.look.m, &visit.look);
    let mut checks: Vec<CheckRow> = report.checks.iter().map(|check| CheckRow::new(check, look)).collect();
    let shown = report.checks.len() - report.count(Level::Passed) + PASSED_SHOWN;
    let more_checks = checks.split_off(shown.min(checks.len()));
    let (tables, small_tables) = tables(&report.tables, look);
    DoctorPage {
        frame: frame(report, visit),
        m,
        look: look.clone(),
        summary: summary(report, look),
        checks,
        more_passed: m.doctor_more_passed(more_checks.len() as u64),
        more_checks,
        notes: report.notes.iter().map(|note| checks::sentence(note, look)).collect(),
        latency: report.start_latency.as_ref().map(|latency| Latency::new(latency, look)),
        oldest: report.oldest_transaction.as_ref().map(|oldest| Oldest::new(oldest, report, look)),
        course: Course::of(report, look),
        total: m.doctor_total(say::size(m, report.bytes())),
        more_tables: m.doctor_more_tables(small_tables.len() as u64),
        tables,
        small_tables,
        statements: report.statements.iter().flatten().map(|statement| Statement::new(statement, look)).collect(),
        queues: report.queues_without_worker.iter().map(|queue| Waiting::new(queue, report, look)).collect(),
        kinds: report.kinds_without_worker.iter().map(|kind| Waiting::new(kind, report, look)).collect(),
        text: report.to_string(),
    }
}

/// The line of the navigation says how many things want to be looked at.
fn frame(report: &Report, visit: &Visit) -> Frame {
    let frame = Frame::new(visit, "doctor", visit.look.m.nav_doctor()).still();
    let (problems, warnings) = (report.count(Level::Problem), report.count(Level::Warning));
    let tone = if problems > 0 { "bad" } else { "warn" };
    match problems + warnings {
        0 => frame,
        number => frame.count("doctor", number.to_string(), tone),
    }
}

fn summary(report: &Report, look: &Look) -> Markup {
    let (m, count) = (look.m, |level| report.count(level) as u64);
    let text = |text: String| Markup::text(&text);
    m.doctor_summary(
        Markup::shown(&look.time(report.at)),
        text(m.doctor_problems(count(Level::Problem))),
        text(m.doctor_warnings(count(Level::Warning))),
        text(m.doctor_checks_passed(count(Level::Passed))),
    )
}

impl Waiting {
    fn new(unserved: &Unserved, report: &Report, look: &Look) -> Self {
        let m = look.m;
        let age = say::age(m, report.at - unserved.oldest_since);
        let jobs = match may_be_more(unserved) {
            true => m.doctor_jobs_or_more(say::with_commas(unserved.jobs)),
            false => m.doctor_jobs(unserved.jobs),
        };
        Self { name: unserved.name.clone(), told: m.doctor_waiting(jobs, age) }
    }
}

//! The groups, those that occurred last first.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use task_tower::{ERRORS_MAX, ErrorGroup, ErrorPage, ErrorStatus};

use super::asked::{Asked, Chip, Wanted};
use super::change::proposed;
use super::more::{More, more};
use super::{Within, matrix};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Spark};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::charts::spark;
use crate::pages::frame::render;
use crate::say;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "errors.html")]
struct ErrorsPage {
    frame: Frame,
    m: Messages,
    wanted: Wanted,
    asked: Asked,
    chips: Vec<Chip>,
    choices: Vec<Choice>,
    windows: Vec<String>,
    rows: Vec<Row>,
    may_resolve: bool,
    /// What the fields for the end of a mute show.
    until: String,
    none: (String, String),
}

/// A link of the row of statuses.
struct Choice {
    href: String,
    word: String,
    current: bool,
}

struct Row {
    fingerprint: String,
    class: String,
    kind: String,
    message: String,
    spark: Spark,
    matrix: Vec<(String, Within)>,
    now: String,
    since: String,
    /// Whether it came with the latest version, or came back.
    is_new: bool,
    age: String,
    /// Where the row can be opened.
    more: Option<More>,
}

pub(crate) async fn errors(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(mut wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let asked = wanted.asked();
    if !wanted.add.trim().is_empty() && asked.fault.is_none() {
        return Ok(Redirect::to(&wanted.with_filter(&asked.filter.to_string())).into_response());
    }
    wanted.q = asked.filter.to_string();
    Ok(list(&desk, &visitor, &visit, wanted, asked).await?.into_response())
}

async fn list(
    desk: &Desk,
    visitor: &Visitor,
    visit: &Visit,
    wanted: Wanted,
    asked: Asked,
) -> Result<Html<String>, Fault> {
    let status = wanted.status();
    let page = desk.error_groups(&asked.filter.clone().status(status).limit(ERRORS_MAX), visitor).await?;
    let (look, m) = (&visit.look, visit.look.m);
    let frame = Frame::new(visit, "errors", m.nav_errors());
    let mut more = more(desk, visitor, &page.groups, look).await.into_iter();
    let rows = page.groups.iter().map(|group| Row::new(group, more.next(), look)).collect();
    render(&ErrorsPage {
        m,
        choices: choices(&page, &wanted, visitor, m),
        chips: wanted.chips(&asked.filter),
        windows: vec![m.hours(1), m.hours(3), m.hours(24), m.days(3), m.days(7)],
        rows,
        may_resolve: visitor.permissions.contains(Permission::ResolveErrors),
        frame,
        until: proposed(look),
        none: none(status, m),
        wanted,
        asked,
    })
}

/// Who sees a part of the groups is not told how many there are.
fn choices(page: &ErrorPage, wanted: &Wanted, visitor: &Visitor, m: Messages) -> Vec<Choice> {
    let number = |number: u64| if visitor.scope.is_all() { say::with_commas(number) } else { String::new() };
    let choice = |status: ErrorStatus, word| {
        let (href, current) = (wanted.with_status(status), status == wanted.status());
        Choice { href, word, current }
    };
    vec![
        choice(ErrorStatus::Unresolved, m.errors_unresolved(number(page.unresolved))),
        choice(ErrorStatus::Muted, m.errors_muted(number(page.muted))),
        choice(ErrorStatus::Resolved, m.errors_resolved(number(page.resolved))),
    ]
}

fn none(status: ErrorStatus, m: Messages) -> (String, String) {
    match status {
        ErrorStatus::Muted => (m.errors_none_muted(), m.errors_none_muted_why()),
        ErrorStatus::Resolved => (m.errors_none_resolved(), m.errors_none_resolved_why()),
        _ => (m.errors_none_unresolved(), m.errors_none_unresolved_why()),
    }
}

impl Row {
    fn new(group: &ErrorGroup, more: Option<More>, look: &Look) -> Self {
        let m = look.m;
        let (since, is_new) = since(group, look);
        let cell = |within: Within| (say::with_commas(within.count), within);
        Self {
            fingerprint: group.fingerprint.clone(),
            class: group.class.clone(),
            kind: group.kind.clone(),
            message: group.message.clone(),
            spark: spark(m.errors_last_hour(), "dead", group.last_hour.clone()),
            matrix: matrix(group, look).into_iter().map(cell).collect(),
            now: m.errors_now(say::count(group.dead), say::count(group.retrying)),
            since,
            is_new,
            age: say::age(m, look.now - group.last_seen_at),
            more,
        }
    }
}

/// Since when it is there, and whether that is news: it came back, or it came today with a version.
fn since(group: &ErrorGroup, look: &Look) -> (String, bool) {
    let m = look.m;
    let is_young = look.now - group.first_seen_at < chrono::TimeDelta::days(1);
    match (group.regressed_at, &group.first_version) {
        (Some(at), _) => (m.errors_regressed(say::age(m, look.now - at)), true),
        (None, Some(version)) if is_young => (m.errors_new_in(version), true),
        _ => (m.errors_first_seen_at(look.clock(group.first_seen_at)), false),
    }
}

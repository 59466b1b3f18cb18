//! One operation: how far it is, what it left out, and its undoing.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{JobState, OperationId, OperationRecord};

use super::{badge, is_visible, title};
use crate::access::{Permission, Visitor};
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Bar, Look};
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::say;
use crate::visit::Visit;

/// How many jobs are changed in one transaction.
const CHUNK: u64 = 1_000;

#[derive(Template)]
#[template(path = "operation.html")]
struct OperationPage {
    frame: Frame,
    m: Messages,
    id: i64,
    badge: Badge,
    about: Vec<String>,
    percent: u64,
    part: String,
    bar: Bar,
    facts: Vec<(String, String)>,
    skipped: Vec<(Badge, String)>,
    chips: Vec<(String, String, bool)>,
    failure: Option<String>,
    undoes: Option<i64>,
    is_open: bool,
    can_stop: bool,
    can_undo: bool,
}

pub(crate) async fn operation(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Html<String>, Fault> {
    let record = find(&desk, &visitor, &id).await?;
    let look = &visit.look;
    let m = look.m;
    let may = visit.view.may.contains(Permission::Operations);
    let all = record.expected.max(record.done + record.skipped).max(1);
    let is_open = record.ended_at.is_none();
    let dealt = if is_open { record.done + record.skipped } else { all };
    render(&OperationPage {
        frame: Frame::new(&visit, "operations", title(&record, look)).under("operations", m.nav_operations()),
        m,
        id: record.id.0,
        badge: badge(&record, look).large(),
        about: about(&record, look),
        percent: (dealt * 100 / all).min(100),
        part: m.operation_part(say::with_commas(record.done), say::with_commas(all)),
        bar: bar(&record, all, m),
        facts: facts(&record, all, look),
        skipped: skipped(&record, look),
        chips: chips(&record, look),
        failure: record.failure.clone(),
        undoes: record.undoes.map(|id| id.0),
        is_open,
        can_stop: may && is_open && !record.cancel_requested,
        can_undo: may && is_undoable(&record, look.now),
    })
}

/// One that this visitor may see.
pub(crate) async fn find(desk: &Desk, visitor: &Visitor, id: &str) -> Result<OperationRecord, Fault> {
    let nowhere = || Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_page);
    let id = id.parse().map(OperationId).map_err(|_| nowhere())?;
    let record = desk.console.operation(id).await?;
    if is_visible(&record, visitor) { Ok(record) } else { Err(nowhere()) }
}

fn is_undoable(record: &OperationRecord, now: DateTime<Utc>) -> bool {
    record.undone_at.is_none() && record.undo_until.is_some_and(|until| until > now)
}

fn about(record: &OperationRecord, look: &Look) -> Vec<String> {
    let m = look.m;
    let bound = record.created_before.map(|bound| m.operation_bound(look.clock(bound)));
    let undone = record.undone_at.map(|at| m.operation_was_undone(look.clock(at)));
    [m.operation_by(&record.actor, look.clock(record.created_at))].into_iter().chain(bound).chain(undone).collect()
}

fn bar(record: &OperationRecord, all: u64, m: Messages) -> Bar {
    let parts = vec![("completed", record.done), ("failed", record.skipped)];
    Bar { name: m.operation_progress(), parts, total: all, width: 990, height: 10 }
}

fn facts(record: &OperationRecord, all: u64, look: &Look) -> Vec<(String, String)> {
    let m = look.m;
    let until = record.ended_at.unwrap_or(look.now);
    let took = until - record.created_at;
    let rate = (record.done + record.skipped) as f64 / (took.num_milliseconds().max(1) as f64 / 1_000.0);
    let mut facts = vec![(m.operation_rate(), m.operation_rate_of(say::with_commas(rate as u64)))];
    match record.ended_at {
        Some(_) => facts.push((m.operation_took(), look.duration(took))),
        None => {
            let chunk = (record.done + record.skipped) / CHUNK + 1;
            facts.push((m.operation_running_for(), look.duration(took)));
            facts.push((m.operation_chunk(), m.operation_chunk_of(chunk)));
            facts.extend(
                left(record, all, rate).map(|left| (m.operation_progress(), m.operation_left(look.duration(left)))),
            );
        }
    }
    let undo = record.undo_until.map_or_else(|| m.operation_no_undo(), |until| look.clock(until));
    if record.undo_until.is_some() || !record.action.can_be_undone() {
        facts.push((m.operation_undo_until(), undo));
    }
    facts
}

/// How long the rest takes at the rate so far.
fn left(record: &OperationRecord, all: u64, rate: f64) -> Option<TimeDelta> {
    let rest = all.saturating_sub(record.done + record.skipped);
    (rate >= 1.0).then(|| TimeDelta::milliseconds((rest as f64 / rate * 1_000.0) as i64))
}

fn skipped(record: &OperationRecord, look: &Look) -> Vec<(Badge, String)> {
    let badge = |state: &String| match state.parse::<JobState>() {
        Ok(state) => look.badge(state),
        Err(_) => look.badge_of("cancelled", look.m.operation_gone()),
    };
    record.skipped_states.iter().map(|(state, count)| (badge(state).plain(), say::with_commas(*count))).collect()
}

/// The terms of its filter: key, value, and whether it is negated.
fn chips(record: &OperationRecord, look: &Look) -> Vec<(String, String, bool)> {
    crate::chips::of_text(record.filter.as_deref().unwrap_or_default(), look)
}

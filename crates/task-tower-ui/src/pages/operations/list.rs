//! The operations, the newest first.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use task_tower::{OperationId, OperationRecord};

use super::{badge, is_visible, title};
use crate::access::Visitor;
use crate::badge::Badge;
use crate::chips;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Stamp};
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::say;
use crate::visit::Visit;

/// The console gives no more of them at once.
pub(crate) const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "operations.html")]
struct OperationsPage {
    frame: Frame,
    m: Messages,
    rows: Vec<Row>,
    older: Option<i64>,
}

struct Row {
    id: i64,
    title: String,
    badge: Badge,
    filter: Option<String>,
    done: String,
    skipped: String,
    actor: String,
    begun: Stamp,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    before: Option<i64>,
}

pub(crate) async fn operations(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let records = desk.console.operations(wanted.before.map(OperationId)).await?;
    let older = records.last().filter(|_| records.len() == PAGE).map(|record| record.id.0);
    let m = visit.look.m;
    render(&OperationsPage {
        frame: Frame::new(&visit, "operations", m.nav_operations()),
        m,
        rows: records
            .iter()
            .filter(|record| is_visible(record, &visitor))
            .map(|record| Row::new(record, &visit.look))
            .collect(),
        older,
    })
}

impl Row {
    fn new(record: &OperationRecord, look: &Look) -> Self {
        Self {
            id: record.id.0,
            title: title(record, look),
            badge: badge(record, look),
            filter: record.filter.as_deref().filter(|filter| !filter.is_empty()).map(|kept| chips::text(kept, look)),
            done: say::with_commas(record.done),
            skipped: say::with_commas(record.skipped),
            actor: record.actor.clone(),
            begun: look.time(record.created_at),
        }
    }
}

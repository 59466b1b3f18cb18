//! The batches, the newest first.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use task_tower::{BATCHES_MAX, BatchRecord};

use super::{badge, bar, check_sight, title};
use crate::access::Visitor;
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Bar, Look, Stamp};
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::say;
use crate::visit::Visit;

/// The console gives no more of them at once.
pub(crate) const PAGE: usize = BATCHES_MAX;

#[derive(Template)]
#[template(path = "batches.html")]
struct BatchesPage {
    frame: Frame,
    m: Messages,
    rows: Vec<Row>,
    older: Option<String>,
}

struct Row {
    id: String,
    title: String,
    badge: Badge,
    bar: Bar,
    part: String,
    dead: String,
    opened: Stamp,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    before: Option<String>,
}

pub(crate) async fn batches(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    check_sight(&visitor)?;
    let before = wanted.before.map(|id| id.parse()).transpose()?;
    let records = desk.console.batches(before).await?;
    let older = records.last().filter(|_| records.len() == PAGE).map(|record| record.id.to_string());
    let m = visit.look.m;
    render(&BatchesPage {
        frame: Frame::new(&visit, "batches", m.nav_batches()),
        m,
        rows: records.iter().map(|record| Row::new(record, &visit.look)).collect(),
        older,
    })
}

impl Row {
    fn new(record: &BatchRecord, look: &Look) -> Self {
        Self {
            id: record.id.to_string(),
            title: title(record, look),
            badge: badge(record, look),
            bar: bar(record, look, 240, 8),
            part: look.m.batch_part(say::with_commas(record.ended()), say::with_commas(record.total)),
            dead: say::with_commas(record.dead),
            opened: look.time(record.created_at),
        }
    }
}

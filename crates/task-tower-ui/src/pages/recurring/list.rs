//! The list of recurring jobs: when they come, what became of the last time, and running them now.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use task_tower::{RecurringFilter, RecurringRecord};

use super::record;
use crate::access::{Permission, Visitor};
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Stamp};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::visit::Visit;

/// So many stand on a page.
const ROWS_MAX: usize = 50;

#[derive(Template)]
#[template(path = "recurring.html")]
struct RecurringPage {
    frame: Frame,
    m: Messages,
    q: String,
    is_paused: bool,
    /// All, and those that are paused: each with its address, and whether it is shown.
    tabs: [(String, String, bool); 2],
    rows: Vec<Row>,
    more: Option<String>,
    /// Whether nothing narrows it down.
    is_whole: bool,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// A part of a name, a kind or a queue.
    q: String,
    /// `paused`, or empty for all.
    status: String,
    /// The last of the page before.
    after: String,
}

struct Row {
    name: String,
    href: String,
    expression: String,
    words: String,
    /// Where it is not UTC.
    zone: Option<String>,
    next: Option<Stamp>,
    skips: bool,
    /// Who paused it.
    paused: Option<Markup>,
    latest: Option<Latest>,
}

/// What became of its last time.
struct Latest {
    badge: Badge,
    /// From the root.
    job: Option<String>,
    time: Stamp,
}

pub(crate) async fn recurring(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let mut found = desk.recurring_jobs(wanted.filter(), &visitor).await?;
    let is_more = found.len() > ROWS_MAX;
    found.truncate(ROWS_MAX);
    let (look, m) = (&visit.look, visit.look.m);
    let last = found.last().filter(|_| is_more).map(|recurring| recurring.name.clone());
    render(&RecurringPage {
        frame: Frame::new(&visit, "recurring", m.nav_recurring()),
        m,
        is_paused: wanted.is_paused(),
        tabs: wanted.tabs(m),
        rows: found.iter().map(|recurring| Row::new(recurring, look)).collect(),
        more: last.map(|name| wanted.behind(&name)),
        is_whole: wanted.q.trim().is_empty() && !wanted.is_paused() && wanted.after.is_empty(),
        q: wanted.q,
    })
}

impl Wanted {
    /// One more than there is room for tells that there are more.
    fn filter(&self) -> RecurringFilter {
        let filter = RecurringFilter::new().containing(&self.q).after(self.after.clone()).limit(ROWS_MAX + 1);
        if self.is_paused() { filter.paused(true) } else { filter }
    }

    fn is_paused(&self) -> bool {
        self.status == "paused"
    }

    fn tabs(&self, m: Messages) -> [(String, String, bool); 2] {
        let (all, paused) = (crate::links::recurring_list(&[("q", &self.q)]), self.status_link("paused", ""));
        [(all, m.recurring_all(), !self.is_paused()), (paused, m.recurring_paused_only(), self.is_paused())]
    }

    fn behind(&self, name: &str) -> String {
        self.status_link(&self.status, name)
    }

    fn status_link(&self, status: &str, after: &str) -> String {
        crate::links::recurring_list(&[("q", &self.q), ("status", status), ("after", after)])
    }
}

impl Row {
    fn new(recurring: &RecurringRecord, look: &Look) -> Self {
        let latest = recurring.latest.as_ref().map(|tick| Latest {
            badge: record::badge(tick, look),
            job: tick.job.filter(|_| tick.state.is_some()).map(|id| format!("jobs/{id}")),
            time: look.time(tick.at),
        });
        Self {
            href: crate::links::recurring(&recurring.name),
            expression: recurring.expression.clone(),
            words: record::words(recurring),
            zone: Some(recurring.zone.clone()).filter(|zone| zone != "UTC"),
            next: recurring.next_at.map(|next| look.coming(next)),
            skips: recurring.skips_next,
            paused: record::pause(recurring, look),
            latest,
            name: recurring.name.clone(),
        }
    }
}

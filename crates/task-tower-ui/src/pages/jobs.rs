//! The list of jobs.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use task_tower::{Count, JobFilter, JobId, JobState};

use super::Frame;
use super::frame::render;
use super::row::Row;
use crate::access::Visitor;
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;
use crate::messages::Messages;
use crate::say;
use crate::visit::Visit;

/// More newcomers than this are not counted.
const NEWER_MAX: usize = 101;

/// What the address asks for. What is left empty asks for nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    state: String,
    queue: String,
    kind: String,
    tag: String,
    after: String,
    /// The newest job that a living page shows: those that came later are only counted.
    upto: String,
    /// What the search box was given: an id, or a kind.
    q: String,
}

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    frame: Frame,
    m: Messages,
    wanted: Wanted,
    /// The filter without the state, as the tabs carry it.
    carried: String,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    /// How many jobs came later than the list, counted to [`NEWER_MAX`].
    newer: usize,
    next: Option<String>,
    /// What the list shows, in words.
    shown: String,
}

struct Tab {
    badge: Badge,
    count: String,
    current: bool,
}

pub(crate) async fn jobs(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    if let Ok(id) = wanted.q.trim().parse::<JobId>() {
        return Ok(Redirect::to(&format!("jobs/{id}")).into_response());
    }
    Ok(list(&desk, &visit, &visitor, wanted.settled()).await?.into_response())
}

async fn list(desk: &Desk, visit: &Visit, visitor: &Visitor, wanted: Wanted) -> Result<Html<String>, Fault> {
    let (m, look) = (visit.look.m, &visit.look);
    let page = desk.jobs(&wanted.page()?, visitor).await?;
    let counts = desk.console.counts(&JobFilter::new()).await?;
    render(&JobsPage {
        frame: Frame::new(visit, "jobs", m.nav_jobs()),
        m,
        carried: wanted.carried(),
        tabs: tabs(look, &counts, &wanted),
        newer: newer(desk, visitor, &wanted).await?,
        rows: page.jobs.iter().map(|job| Row::new(job, look)).collect(),
        next: page.next.map(|id| id.to_string()),
        shown: shown(m, &wanted, page.jobs.len()),
        wanted,
    })
}

async fn newer(desk: &Desk, visitor: &Visitor, wanted: &Wanted) -> Result<usize, Fault> {
    match wanted.upto()? {
        Some(id) => Ok(desk.jobs(&wanted.filter()?.before(id).limit(NEWER_MAX), visitor).await?.jobs.len()),
        None => Ok(0),
    }
}

fn tabs(look: &Look, counts: &BTreeMap<JobState, Count>, wanted: &Wanted) -> Vec<Tab> {
    let tab = |state: JobState| Tab {
        badge: look.badge(state),
        count: counts.get(&state).map_or(String::new(), said),
        current: wanted.state == state.as_str(),
    };
    JobState::ALL.map(tab).into()
}

fn said(count: &Count) -> String {
    match count {
        Count::AtLeast(number) => say::count(number + 1),
        Count::Estimate(number) => say::estimate(*number),
        count => say::count(count.number()),
    }
}

fn shown(m: Messages, wanted: &Wanted, rows: usize) -> String {
    match wanted.after.is_empty() {
        true => m.jobs_shown_newest(rows as u64),
        false => m.jobs_shown(rows as u64),
    }
}

impl Wanted {
    /// The search box looks for a kind, unless the filter names one.
    fn settled(mut self) -> Self {
        if self.kind.trim().is_empty() {
            self.kind = std::mem::take(&mut self.q);
        }
        self
    }

    fn filter(&self) -> Result<JobFilter, Fault> {
        let mut filter = JobFilter::new();
        if !self.state.is_empty() {
            filter = filter.states([self.state.parse::<JobState>()?]);
        }
        if let Some(queue) = name("queue", &self.queue)? {
            filter = filter.queue(queue);
        }
        if let Some(kind) = name("kind", &self.kind)? {
            filter = filter.kind(kind);
        }
        if let Some(tag) = name("tag", &self.tag)? {
            filter = filter.tag(tag);
        }
        Ok(filter)
    }

    /// The filter with the place of the page in the list.
    fn page(&self) -> Result<JobFilter, Fault> {
        let filter = self.filter()?;
        if !self.after.is_empty() {
            return Ok(filter.after(self.after.parse::<JobId>()?));
        }
        Ok(match self.upto()? {
            Some(id) => filter.after(following(id)?),
            None => filter,
        })
    }

    fn upto(&self) -> Result<Option<JobId>, Fault> {
        if self.upto.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.upto.parse()?))
    }

    fn is_filtered(&self) -> bool {
        [&self.queue, &self.kind, &self.tag].into_iter().any(|value| !value.trim().is_empty())
    }

    /// As a piece of a query, each part with an ampersand before it.
    fn carried(&self) -> String {
        let parts = [("queue", &self.queue), ("kind", &self.kind), ("tag", &self.tag)];
        let given = parts.into_iter().filter(|(_, value)| !value.trim().is_empty());
        given.map(|(key, value)| format!("&{key}={}", encode(value.trim()))).collect()
    }
}

/// The id that stands right before this one in a list, newest first.
fn following(id: JobId) -> Result<JobId, Fault> {
    Ok(format!("{:032x}", id.as_uuid().as_u128().saturating_add(1)).parse()?)
}

/// Nothing is called by a name with control characters, and PostgreSQL refuses some of them.
fn name<'a>(what: &'static str, value: &'a str) -> Result<Option<&'a str>, Fault> {
    let value = value.trim();
    match value.chars().any(char::is_control) {
        true => Err(Fault::said(StatusCode::BAD_REQUEST, move |m| m.fault_control_character(what))),
        false => Ok((!value.is_empty()).then_some(value)),
    }
}

fn encode(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded = value.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}

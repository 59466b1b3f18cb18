//! The list of jobs.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use chrono::Utc;
use serde::Deserialize;
use task_tower::{JobFilter, JobId, JobState};

use super::Frame;
use super::frame::render;
use super::row::Row;
use crate::badge::Badge;
use crate::fault::Fault;
use crate::place::Place;
use crate::router::Desk;
use crate::say;

/// What the address asks for. What is left empty asks for nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    state: String,
    queue: String,
    kind: String,
    tag: String,
    after: String,
}

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    frame: Frame,
    wanted: Wanted,
    /// The filter without the state, as the tabs carry it.
    carried: String,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Tab {
    badge: Badge,
    count: String,
    current: bool,
}

pub(crate) async fn jobs(
    State(desk): State<Desk>,
    place: Place,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let page = desk.console.jobs(&wanted.filter()?).await?;
    let counts = desk.console.counts().await?;
    let now = Utc::now();
    render(&JobsPage {
        frame: Frame::new(&place, &desk.access, "jobs", "Jobs"),
        carried: wanted.carried(),
        tabs: tabs(&counts, &wanted),
        rows: page.jobs.iter().map(|job| Row::new(job, now)).collect(),
        next: page.next.map(|id| id.to_string()),
        wanted,
    })
}

fn tabs(counts: &BTreeMap<JobState, u64>, wanted: &Wanted) -> Vec<Tab> {
    let tab = |state: JobState| Tab {
        badge: Badge { state },
        count: say::count(counts.get(&state).copied().unwrap_or_default()),
        current: wanted.state == state.as_str(),
    };
    JobState::ALL.map(tab).into()
}

impl Wanted {
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
        if !self.after.is_empty() {
            filter = filter.after(self.after.parse::<JobId>()?);
        }
        Ok(filter)
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

/// Nothing is called by a name with control characters, and PostgreSQL refuses some of them.
fn name<'a>(what: &str, value: &'a str) -> Result<Option<&'a str>, Fault> {
    let value = value.trim();
    match value.chars().any(char::is_control) {
        true => Err(Fault::bad_request(format!("The {what} has a control character in it."))),
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

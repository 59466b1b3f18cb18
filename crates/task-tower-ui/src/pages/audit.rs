//! Who changed what by hand; as a page, and as a file for other programs.

use std::fmt::Write;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse};
use serde::Deserialize;
use serde_json::{Map, Value};
use task_tower::{AUDIT_PAGE_MAX, AuditFilter, AuditId, AuditRecord};

use super::Frame;
use super::frame::render;
use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links::encode;
use crate::look::{Look, Stamp};
use crate::messages::Messages;
use crate::visit::Visit;

const PAGE: usize = 50;
/// A file holds so many at the most.
const EXPORT_MAX: usize = 10_000;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    m: Messages,
    wanted: Wanted,
    rows: Vec<Row>,
    /// The address of the page of older entries.
    older: Option<String>,
}

struct Row {
    time: Stamp,
    actor: String,
    /// Links to all from the same address, and to all of the same request.
    source: Vec<(String, String)>,
    action: String,
    target: String,
    /// The page of the job, if it is one.
    job: bool,
    /// Whether it is a worker.
    worker: bool,
    operation: Option<i64>,
    details: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) target: String,
    pub(crate) address: String,
    pub(crate) request: String,
    pub(crate) before: Option<i64>,
}

pub(crate) async fn audit(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let mut entries = desk.audit(&wanted.filter(&visitor).limit(PAGE + 1)).await?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let m = visit.look.m;
    render(&AuditPage {
        frame: Frame::new(&visit, "audit", m.nav_audit()),
        m,
        older: entries.last().filter(|_| more).map(|entry| wanted.link(Some(entry.id))),
        rows: entries.into_iter().map(|entry| Row::new(entry, &visit.look)).collect(),
        wanted,
    })
}

/// One JSON object a line.
pub(crate) async fn audit_ndjson(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<impl IntoResponse, Fault> {
    let entries = export(&desk, &visitor, wanted).await?;
    let lines: Vec<String> = entries.iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect();
    let body = lines.iter().fold(String::new(), |body, line| body + line + "\n");
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson"), (header::CONTENT_DISPOSITION, "attachment")], body))
}

pub(crate) async fn audit_csv(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<impl IntoResponse, Fault> {
    let mut body = "id,at,actor,address,request,action,target,operation,details\r\n".to_owned();
    for entry in export(&desk, &visitor, wanted).await? {
        let operation = entry.operation_id.map(|id| id.to_string()).unwrap_or_default();
        let cells = [
            entry.id.to_string(),
            entry.at.to_rfc3339(),
            entry.actor,
            entry.address.unwrap_or_default(),
            entry.request.unwrap_or_default(),
            entry.action,
            entry.target,
            operation,
            entry.details.to_string(),
        ];
        let row: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        write!(body, "{}\r\n", row.join(",")).expect("a String can always be written to");
    }
    let kind = "text/csv; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, "attachment; filename=audit.csv")], body))
}

async fn export(
    desk: &Desk,
    visitor: &Visitor,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Vec<AuditRecord>, Fault> {
    let Query(mut wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let mut all = Vec::new();
    while all.len() < EXPORT_MAX {
        let page = desk.audit(&wanted.filter(visitor).limit(AUDIT_PAGE_MAX)).await?;
        wanted.before = page.last().map(|entry| entry.id.0);
        let is_last = page.len() < AUDIT_PAGE_MAX;
        all.extend(page);
        if is_last {
            break;
        }
    }
    Ok(all)
}

/// A program that reads tables takes a cell for a formula that begins like one.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

impl Wanted {
    /// Who sees only a part of the jobs sees only what they did themselves.
    pub(crate) fn filter(&self, visitor: &Visitor) -> AuditFilter {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut filter = AuditFilter::new();
        let actor = if visitor.scope.is_all() { given(&self.actor) } else { Some(visitor.actor.clone()) };
        if let Some(actor) = actor {
            filter = filter.actor(actor);
        }
        if let Some(action) = given(&self.action) {
            filter = filter.action(action);
        }
        if let Some(target) = given(&self.target) {
            filter = filter.target(target);
        }
        if let Some(address) = given(&self.address) {
            filter = filter.address(address);
        }
        if let Some(request) = given(&self.request) {
            filter = filter.request(request);
        }
        match self.before {
            Some(before) => filter.before(AuditId(before)),
            None => filter,
        }
    }

    fn is_filtered(&self) -> bool {
        !self.given().is_empty()
    }

    /// What is asked for, by its name.
    fn given(&self) -> Vec<(&'static str, &str)> {
        let Self { actor, action, target, address, request, .. } = self;
        let all =
            [("actor", actor), ("action", action), ("target", target), ("address", address), ("request", request)];
        let all = all.map(|(name, text)| (name, text.trim()));
        all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }

    /// The same page of other entries.
    fn link(&self, before: Option<AuditId>) -> String {
        let before = before.map(|id| id.to_string());
        let before = before.iter().map(|id| ("before", id.as_str()));
        let pairs: Vec<String> = self.given().into_iter().chain(before).map(pair).collect();
        if pairs.is_empty() { "audit".to_owned() } else { format!("audit?{}", pairs.join("&")) }
    }

    /// What the address of a file has behind its name, for the same entries.
    fn query(&self) -> String {
        self.link(None).replacen("audit", "", 1)
    }
}

impl Row {
    fn new(entry: AuditRecord, look: &Look) -> Self {
        Self {
            time: look.time(entry.at),
            job: entry.target.parse::<task_tower::JobId>().is_ok(),
            source: source(&entry),
            worker: entry.action.ends_with("_worker"),
            actor: entry.actor,
            action: entry.action,
            target: entry.target,
            operation: entry.operation_id.map(|id| id.0),
            details: details(&entry.details),
        }
    }
}

/// As JSON; nothing where there is nothing to say.
fn details(details: &Value) -> String {
    match details.as_object().is_some_and(Map::is_empty) {
        true => String::new(),
        false => details.to_string(),
    }
}

fn source(entry: &AuditRecord) -> Vec<(String, String)> {
    let by = |name: &'static str, value: &Option<String>| {
        value.clone().map(|value| (format!("audit?{}", pair((name, &value))), value))
    };
    by("address", &entry.address).into_iter().chain(by("request", &entry.request)).collect()
}

fn pair((name, value): (&str, &str)) -> String {
    format!("{name}={}", encode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_that_say_nothing_are_not_shown() {
        assert_eq!(details(&serde_json::json!({})), "");
        assert_eq!(details(&serde_json::json!({ "entry": 2 })), "{\"entry\":2}");
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("say \"hi\""), "\"say \"\"hi\"\"\"");
    }
}

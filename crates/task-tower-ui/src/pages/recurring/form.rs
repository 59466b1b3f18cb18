//! The form that changes a recurring job, and that makes a new one. What cannot be done comes back as it was typed, with the
//! reason beside it.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use task_tower::{Error, RecurringRecord};

use super::explain::Explained;
use super::fields::Typed;
use super::record;
use crate::access::{Permission, Visitor};
use crate::actions::unreadable;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::pages::job::{Faults, check_sight, hidden, restored, restored_tags};
use crate::redact::is_redacted;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "recurring-form.html")]
struct FormPage {
    frame: Frame,
    m: Messages,
    typed: Typed,
    fields: Vec<Field>,
    /// Those that have a value without being filled in, behind a fold.
    more: Vec<Field>,
    /// Whether something of them is to be looked at.
    is_more_open: bool,
    explained: Explained,
    fault: Option<String>,
    is_conflict: bool,
    note: Option<String>,
    action: String,
    back: String,
    submit: String,
    leave: String,
}

struct Field {
    name: &'static str,
    label: String,
    hint: String,
    /// `text`, `number`, `choice` or `area`.
    kind: &'static str,
    value: String,
    choices: Vec<(&'static str, String)>,
    fault: Option<String>,
}

const FIELDS: [&str; 5] = ["name", "expression", "zone", "kind", "payload"];
const MORE: [&str; 9] =
    ["queue", "priority", "max_retries", "tags", "timeout", "missed", "missed_max", "overlap", "jitter"];

pub(crate) async fn new(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
) -> Result<Html<String>, Fault> {
    desk.hand(Permission::ManageRecurring, &visitor)?;
    render(&page(&visit, None, Typed::fresh(), &Faults::new()))
}

pub(crate) async fn edit(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(name): Path<String>,
) -> Result<Html<String>, Fault> {
    desk.hand(Permission::ManageRecurring, &visitor)?;
    let recurring = desk.recurring_job(&name, &visitor).await?.recurring;
    render(&page(&visit, Some(&recurring), Typed::of(&recurring), &Faults::new()))
}

pub(crate) async fn save_new(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    form: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = form.map_err(|rejection| unreadable(&rejection))?;
    let console = desk.hand(Permission::ManageRecurring, &visitor)?;
    if typed.deed == "explain" {
        return shown(StatusCode::OK, &page(&visit, None, typed, &Faults::new()));
    }
    let draft = match typed.draft(None, visit.look.m) {
        Ok(draft) => draft,
        Err(faults) => return shown(StatusCode::BAD_REQUEST, &page(&visit, None, typed, &faults)),
    };
    check_sight(&visitor, draft.queue.as_deref().unwrap_or("default"), &draft.kind)?;
    let hidden = hidden(&draft.payload);
    if !hidden.is_empty() {
        let faults = vec![("payload", visit.look.m.form_still_hidden(hidden.join(", ")))];
        return shown(StatusCode::BAD_REQUEST, &page(&visit, None, typed, &faults));
    }
    match console.add_recurring(&draft).await {
        Ok(()) => Ok(Redirect::to(&crate::links::recurring(&draft.name)).into_response()),
        Err(error) if error.is_conflict() => {
            shown(StatusCode::CONFLICT, &page(&visit, None, typed, &vec![("name", error.to_string())]))
        }
        Err(error) => {
            let faults = refused(error)?;
            shown(StatusCode::BAD_REQUEST, &page(&visit, None, typed, &faults))
        }
    }
}

pub(crate) async fn save(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(name): Path<String>,
    form: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = form.map_err(|rejection| unreadable(&rejection))?;
    let mut typed = Typed { name: name.clone(), ..typed };
    let console = desk.allow_recurring(&name, &visitor).await?;
    let before = desk.recurring_job(&name, &visitor).await?.recurring;
    if typed.deed == "explain" {
        return shown(StatusCode::OK, &page(&visit, Some(&before), typed, &Faults::new()));
    }
    let stored = desk.stored_recurring(&name, &visitor).await?.recurring;
    let mut draft = match typed.draft(Some(&before.payload), visit.look.m) {
        Ok(draft) => draft,
        Err(faults) => return shown(StatusCode::BAD_REQUEST, &page(&visit, Some(&before), typed, &faults)),
    };
    check_sight(&visitor, draft.queue.as_deref().unwrap_or("default"), &draft.kind)?;
    // What was not shown stays, but not in jobs of another kind, where it might be.
    if draft.kind == before.kind {
        draft.payload = restored(&draft.payload, &before.payload, &stored.payload);
        draft.tags = restored_tags(&draft.tags, &before.tags, &stored.tags);
    }
    if is_redacted(&draft.payload) && !is_redacted(&stored.payload) {
        let faults = vec![("payload", visit.look.m.form_redacted())];
        return shown(StatusCode::BAD_REQUEST, &page(&visit, Some(&before), typed, &faults));
    }
    match console.if_unchanged(&typed.revision).change_recurring(&draft).await {
        Ok(()) => Ok(Redirect::to(&format!("../../{}", crate::links::recurring(&name))).into_response()),
        Err(error) if error.is_conflict() => {
            typed.revision = before.revision.clone();
            let page = FormPage { is_conflict: true, ..page(&visit, Some(&before), typed, &Faults::new()) };
            shown(StatusCode::CONFLICT, &page)
        }
        Err(error) => {
            let faults = refused(error)?;
            shown(StatusCode::BAD_REQUEST, &page(&visit, Some(&before), typed, &faults))
        }
    }
}

fn shown(status: StatusCode, page: &FormPage) -> Result<Response, Fault> {
    Ok((status, render(page)?).into_response())
}

/// What the console refuses is shown in the form, beside the field that its words begin with; what is no fault of the form
/// is not.
fn refused(error: Error) -> Result<Faults, Fault> {
    if !error.is_invalid() {
        return Err(error.into());
    }
    let words = error.to_string();
    let begins = [
        ("recurring job", "name"),
        ("kind", "kind"),
        ("queue", "queue"),
        ("tag", "tags"),
        ("priority", "priority"),
        ("max_retries", "max_retries"),
        ("timeout", "timeout"),
        ("jitter", "jitter"),
        ("missed", "missed_max"),
        ("payload", "payload"),
    ];
    let field = begins.into_iter().find(|(begin, _)| words.starts_with(begin)).map_or("", |(_, field)| field);
    Ok(vec![(field, words)])
}

fn page(visit: &Visit, before: Option<&RecurringRecord>, typed: Typed, faults: &Faults) -> FormPage {
    let (m, root) = (visit.look.m, &visit.place.root);
    let here = before.map(|recurring| crate::links::recurring(&recurring.name));
    let title = before.map_or_else(|| m.recurring_form_new(), |recurring| m.recurring_form_edit(&recurring.name));
    let frame = Frame::new(visit, "recurring", title).under("recurring", m.nav_recurring());
    let frame = match (&here, before) {
        (Some(here), Some(recurring)) => frame.under(here.clone(), recurring.name.clone()),
        _ => frame,
    };
    let is_shown = |name: &str| (name != "name" || before.is_none()) && (name != "payload" || typed.payload.is_some());
    let more: Vec<Field> = MORE.iter().map(|name| Field::new(name, &typed, faults, m)).collect();
    FormPage {
        frame: frame.still(),
        m,
        fields: FIELDS.iter().filter(|name| is_shown(name)).map(|name| Field::new(name, &typed, faults, m)).collect(),
        is_more_open: before.is_some() || more.iter().any(Field::is_filled_in),
        more,
        explained: Explained::of(&typed.expression, &typed.zone, &visit.look),
        fault: faults
            .iter()
            .find(|(name, _)| !FIELDS.contains(name) && !MORE.contains(name))
            .map(|(_, words)| words.clone()),
        is_conflict: false,
        note: before.and_then(|recurring| recurring.source.as_ref()).map(|_| m.recurring_form_code()),
        action: here.as_ref().map_or_else(|| format!("{root}recurring-new"), |here| format!("{root}{here}/edit")),
        back: format!("{root}{}", here.as_deref().unwrap_or("recurring")),
        submit: if before.is_some() { m.form_save() } else { m.recurring_form_add() },
        leave: if before.is_some() { m.recurring_form_leave() } else { m.recurring_form_leave_new() },
        typed,
    }
}

impl Field {
    /// A choice always has a value.
    fn is_filled_in(&self) -> bool {
        self.fault.is_some() || (self.kind != "choice" && !self.value.is_empty())
    }

    fn new(name: &'static str, typed: &Typed, faults: &Faults, m: Messages) -> Self {
        let (label, hint, kind) = match name {
            "name" => (m.recurring_form_name(), m.recurring_form_name_hint(), "text"),
            "expression" => (m.recurring_expression(), m.recurring_form_expression_hint(), "text"),
            "zone" => (m.recurring_zone(), m.recurring_form_zone_hint(), "text"),
            "kind" => (m.job_kind(), m.form_kind_hint(), "text"),
            "queue" => (m.job_queue(), String::new(), "text"),
            "priority" => (m.form_priority(), m.form_priority_hint(), "number"),
            "max_retries" => (m.form_retries(), m.form_retries_hint(), "number"),
            "tags" => (m.job_tags(), m.form_tags_hint(), "text"),
            "timeout" => (m.recurring_form_timeout(), m.recurring_form_timeout_hint(), "text"),
            "missed" => (m.recurring_missed(), String::new(), "choice"),
            "missed_max" => (m.recurring_form_missed_max(), m.recurring_form_missed_max_hint(), "number"),
            "overlap" => (m.recurring_overlap(), String::new(), "choice"),
            "jitter" => (m.recurring_jitter(), m.recurring_form_jitter_hint(), "text"),
            _ => (m.job_payload(), m.form_payload_hint(), "area"),
        };
        let choices = match name {
            "missed" => vec![
                ("once", m.recurring_missed_once()),
                ("skip", m.recurring_missed_skip()),
                ("all", m.recurring_form_missed_all()),
            ],
            "overlap" => [task_tower::Overlap::Allow, task_tower::Overlap::Skip, task_tower::Overlap::Queue]
                .map(|rule| (rule.as_str(), record::overlap(rule, m)))
                .into(),
            _ => Vec::new(),
        };
        let fault = faults.iter().find(|(field, _)| *field == name).map(|(_, words)| words.clone());
        Self { name, label, hint, kind, value: typed.value(name), choices, fault }
    }
}

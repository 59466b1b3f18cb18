//! What the forms about jobs look like, and how what was refused is told in them.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use task_tower::{Error, JobRecord, JobState, KindRecord};

use super::super::Frame;
use super::super::frame::render;
use super::fields::{Faults, Typed};
use super::neighbors::tail;
use crate::fault::Fault;
use crate::links;
use crate::messages::Messages;
use crate::redact::REDACTED;
use crate::visit::Visit;

/// With what the words of the console begin, and the field that is meant.
const FIELDS: [(&str, &str); 8] = [
    ("kind ", "kind"),
    ("queue ", "queue"),
    ("priority ", "priority"),
    ("run_at ", "run_at"),
    ("max_retries ", "max_retries"),
    ("tag", "tags"),
    ("unique_key ", "unique_key"),
    ("payload ", "payload"),
];

#[derive(Template)]
#[template(path = "job-form.html")]
struct FormPage {
    frame: Frame,
    m: Messages,
    form: FormView,
}

struct FormView {
    typed: Typed,
    /// Where it is sent, from the page.
    action: String,
    submit: String,
    /// The way out, in words that name what happens then.
    leave: String,
    back: String,
    fields: Vec<Field>,
    /// The payload, where it is not too long for a form.
    payload: Option<Field>,
    /// What cannot be, of no field in particular.
    fault: Option<String>,
    /// Whether somebody else has changed the job meanwhile.
    is_conflict: bool,
    /// What is to be known of the payload.
    notes: Vec<String>,
}

struct Field {
    name: &'static str,
    label: String,
    hint: String,
    kind: &'static str,
    value: String,
    fault: Option<String>,
    /// What the job has now, where that is something else.
    now: Option<String>,
}

/// What the form is for.
pub(in crate::pages) enum Purpose<'a> {
    Edit(&'a JobRecord),
    Copy(&'a JobRecord),
    New,
    /// A job of this kind; what is to be known of its payload.
    OfKind(&'a KindRecord, Vec<String>),
}

pub(in crate::pages) fn page(
    visit: &Visit,
    purpose: &Purpose<'_>,
    typed: Typed,
    faults: &Faults,
) -> Result<Response, Fault> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let form = FormView::new(visit, purpose, typed, faults);
    answer(visit, purpose, form, status)
}

pub(super) fn conflict(visit: &Visit, job: &JobRecord, typed: Typed) -> Result<Response, Fault> {
    let mut form = FormView::new(visit, &Purpose::Edit(job), typed, &Faults::new());
    form.is_conflict = true;
    let now = Typed::of(job, visit.look.settings.zone);
    for field in form.fields.iter_mut().chain(&mut form.payload) {
        field.now = Some(now.value(field.name)).filter(|value| *value != field.value);
    }
    answer(visit, &Purpose::Edit(job), form, StatusCode::CONFLICT)
}

/// What the console refuses is shown in the form; what is no fault of the form is not. Its words begin with the name of
/// what is wrong.
pub(super) fn refused(error: Error) -> Result<Faults, Fault> {
    let words = error.to_string();
    let field = FIELDS.into_iter().find(|(begin, _)| words.starts_with(begin)).map_or("", |(_, field)| field);
    if error.is_invalid() { Ok(vec![(field, words)]) } else { Err(error.into()) }
}

/// The same of a new job, which conflicts with nothing but the one that has its key.
pub(in crate::pages) fn refused_new(error: Error) -> Result<Faults, Fault> {
    match error.is_conflict() {
        true => Ok(vec![("unique_key", error.to_string())]),
        false => refused(error),
    }
}

fn answer(visit: &Visit, purpose: &Purpose<'_>, form: FormView, status: StatusCode) -> Result<Response, Fault> {
    let m = visit.look.m;
    let frame = match purpose {
        Purpose::OfKind(kind, _) => Frame::new(visit, "kinds", purpose.title(m))
            .under("kinds", m.nav_kinds())
            .under(links::kind_page(&kind.name), kind.name.clone()),
        _ => {
            let list = links::with(&[("q", form.typed.list.as_deref().unwrap_or_default())]);
            Frame::new(visit, "jobs", purpose.title(m)).under(list, m.nav_jobs())
        }
    };
    let frame = frame.still();
    Ok((status, render(&FormPage { frame, m, form })?).into_response())
}

impl Purpose<'_> {
    fn title(&self, m: Messages) -> String {
        match self {
            Self::Edit(job) => m.form_edit(job.name(), job.id.short()),
            Self::Copy(job) => m.form_copy(job.name(), job.id.short()),
            Self::New => m.form_new(),
            Self::OfKind(kind, _) => m.form_of_kind(kind.display_name.as_ref().unwrap_or(&kind.name)),
        }
    }

    /// A dead job has no time: a requeue gives it one.
    fn fields(&self) -> &'static [&'static str] {
        match self {
            Self::Edit(job) if job.state == JobState::Dead => &["queue", "priority", "max_retries", "tags"],
            Self::Edit(_) => &["queue", "priority", "run_at", "max_retries", "tags"],
            Self::OfKind(..) => &["queue", "priority", "run_at", "delay", "max_retries", "tags", "unique_key"],
            _ => &["kind", "queue", "priority", "run_at", "delay", "max_retries", "tags", "unique_key"],
        }
    }

    fn action(&self) -> String {
        match self {
            Self::Edit(job) => format!("jobs/{}/edit", job.id),
            Self::OfKind(kind, _) => format!("{}/enqueue", links::kind_page(&kind.name)),
            _ => "jobs/new".to_owned(),
        }
    }

    /// What is to be known of the payload.
    fn notes(&self, typed: &Typed, m: Messages) -> Vec<String> {
        match self {
            Self::OfKind(_, notes) => notes.clone(),
            Self::Edit(_) | Self::Copy(_) if typed.value("payload").contains(REDACTED) => vec![m.form_redacted_stays()],
            _ => Vec::new(),
        }
    }

    fn back(&self) -> String {
        match self {
            Self::Edit(job) | Self::Copy(job) => format!("jobs/{}", job.id),
            Self::New => "jobs".to_owned(),
            Self::OfKind(kind, _) => links::kind_page(&kind.name),
        }
    }
}

impl FormView {
    fn new(visit: &Visit, purpose: &Purpose<'_>, typed: Typed, faults: &Faults) -> Self {
        let (m, root) = (visit.look.m, &visit.place.root);
        let tail = tail(typed.list.as_deref());
        let has_payload = typed.payload.is_some();
        let is_edit = matches!(purpose, Purpose::Edit(_));
        let is_shown = |name: &str| purpose.fields().contains(&name) || (name == "payload" && has_payload);
        let field = |name| Field::new(m, name, &typed, faults, &visit.look.zone());
        Self {
            fields: purpose.fields().iter().map(|name| field(name)).collect(),
            payload: has_payload.then(|| field("payload")),
            fault: faults.iter().find(|(name, _)| !is_shown(name)).map(|(_, words)| words.clone()),
            back: format!("{root}{}{tail}", purpose.back()),
            action: format!("{root}{}{tail}", purpose.action()),
            submit: if is_edit { m.form_save() } else { m.form_enqueue() },
            leave: if is_edit { m.form_leave_edit() } else { m.form_leave_new() },
            is_conflict: false,
            notes: purpose.notes(&typed, m),
            typed,
        }
    }
}

impl Field {
    fn new(m: Messages, name: &'static str, typed: &Typed, faults: &Faults, zone: &str) -> Self {
        let (label, hint, kind) = match name {
            "kind" => (m.job_kind(), m.form_kind_hint(), "text"),
            "queue" => (m.job_queue(), String::new(), "text"),
            "priority" => (m.form_priority(), m.form_priority_hint(), "number"),
            "run_at" => (m.form_run_at(), m.form_run_at_hint(zone), "datetime-local"),
            "delay" => (m.form_delay(), m.form_delay_hint(), "text"),
            "max_retries" => (m.form_retries(), m.form_retries_hint(), "number"),
            "tags" => (m.job_tags(), m.form_tags_hint(), "text"),
            "unique_key" => (m.job_unique_key(), m.form_unique_key_hint(), "text"),
            _ => (m.job_payload(), m.form_payload_hint(), "area"),
        };
        let fault = faults.iter().find(|(field, _)| *field == name).map(|(_, words)| words.clone());
        Self { name, label, hint, kind, value: typed.value(name), fault, now: None }
    }
}

impl Typed {
    fn value(&self, name: &str) -> String {
        let value = match name {
            "kind" => &self.kind,
            "queue" => &self.queue,
            "priority" => &self.priority,
            "run_at" => &self.run_at,
            "delay" => &self.delay,
            "max_retries" => &self.max_retries,
            "tags" => &self.tags,
            "unique_key" => &self.unique_key,
            _ => return self.payload.clone().unwrap_or_default(),
        };
        value.clone()
    }
}

//! The forms that change a job, and that make a new one. What cannot be done comes back as it was typed,
//! with the reason beside it.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use task_tower::{Error, JobDraft, JobId, JobRecord, JobState};

use super::super::Frame;
use super::super::frame::render;
use super::fields::{Faults, Typed, restored, restored_tags};
use super::head::is_editable;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::redact::is_redacted;
use crate::visit::Visit;

type Filled = Result<Form<Typed>, FormRejection>;

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
    back: String,
    fields: Vec<Field>,
    /// The payload, where it is not too long for a form.
    payload: Option<Field>,
    /// What cannot be, of no field in particular.
    fault: Option<String>,
    /// Whether somebody else has changed the job meanwhile.
    is_conflict: bool,
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
enum Purpose<'a> {
    Edit(&'a JobRecord),
    Copy(&'a JobRecord),
    New,
}

pub(crate) async fn edit(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let job = editable(&desk, &visitor, &id).await?;
    let typed = Typed::of(&job, visit.look.settings.zone);
    page(&visit, &Purpose::Edit(&job), typed, &Faults::new())
}

pub(crate) async fn save_edit(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
    form: Filled,
) -> Result<Response, Fault> {
    let mut typed = read(form)?;
    let job = editable(&desk, &visitor, &id).await?;
    let purpose = Purpose::Edit(&job);
    let mut edit = match typed.edit(&job, visit.look.settings.zone, visit.look.m) {
        Ok(edit) => edit,
        Err(faults) => return page(&visit, &purpose, typed, &faults),
    };
    check_sight(&visitor, edit.queue.as_deref().unwrap_or(&job.queue), &job.kind)?;
    let stored = desk.stored(job.id, &visitor).await?;
    edit.payload = edit.payload.map(|payload| restored(&payload, &job.payload, &stored.payload));
    edit.tags = edit.tags.map(|tags| restored_tags(&tags, &job.tags, &stored.tags));
    if edit.payload.as_ref().is_some_and(|payload| is_redacted(payload) && !is_redacted(&stored.payload)) {
        return page(&visit, &purpose, typed, &vec![("payload", visit.look.m.form_redacted())]);
    }
    let console = desk.hand(Permission::Edit, &visitor)?.if_unchanged(&typed.revision);
    match console.edit(job.id, &edit).await {
        Ok(()) => Ok(Redirect::to(&format!("../{}", job.id)).into_response()),
        Err(error) if error.is_conflict() && is_stale(&job, &typed) => {
            typed.revision = job.revision.clone().unwrap_or_default();
            conflict(&visit, &job, typed)
        }
        Err(error) => page(&visit, &purpose, typed, &refused(error)?),
    }
}

pub(crate) async fn copy(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    desk.hand(Permission::Enqueue, &visitor)?;
    let job = desk.job(id.parse::<JobId>()?, &visitor).await?;
    let typed = Typed { run_at: String::new(), ..Typed::of(&job, visit.look.settings.zone) };
    page(&visit, &Purpose::Copy(&job), typed, &Faults::new())
}

pub(crate) async fn new(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
) -> Result<Response, Fault> {
    desk.hand(Permission::Enqueue, &visitor)?;
    let typed = Typed { payload: Some("{}".to_owned()), ..Typed::default() };
    page(&visit, &Purpose::New, typed, &Faults::new())
}

/// Makes a new job, be it a copy or not.
pub(crate) async fn save_new(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    form: Filled,
) -> Result<Response, Fault> {
    let typed = read(form)?;
    let console = desk.hand(Permission::Enqueue, &visitor)?;
    let copied = match typed.from.as_str() {
        "" => None,
        id => Some(desk.job(id.parse::<JobId>()?, &visitor).await?),
    };
    let purpose = copied.as_ref().map_or(Purpose::New, Purpose::Copy);
    let mut draft = match typed.draft(copied.as_ref(), visit.look.settings.zone, visit.look.m) {
        Ok(draft) => draft,
        Err(faults) => return page(&visit, &purpose, typed, &faults),
    };
    check_sight(&visitor, draft.queue.as_deref().unwrap_or("default"), &draft.kind)?;
    if let Some(job) = &copied {
        with_secrets(&desk, &visitor, job, &mut draft).await?;
    }
    match console.enqueue(&draft).await {
        Ok(id) => Ok(Redirect::to(&format!("../jobs/{id}")).into_response()),
        Err(error) => page(&visit, &purpose, typed, &refused(error)?),
    }
}

fn read(form: Filled) -> Result<Typed, Fault> {
    form.map(|Form(typed)| typed).map_err(|rejection| Fault::bad_request(rejection.body_text()))
}

async fn editable(desk: &Desk, visitor: &Visitor, id: &str) -> Result<JobRecord, Fault> {
    desk.hand(Permission::Edit, visitor)?;
    let job = desk.job(id.parse::<JobId>()?, visitor).await?;
    match is_editable(&job) {
        true => Ok(job),
        false => Err(Fault::said(StatusCode::CONFLICT, move |m| m.fault_not_editable(m.state(job.state)))),
    }
}

/// Nobody puts a job where they would not see it.
fn check_sight(visitor: &Visitor, queue: &str, kind: &str) -> Result<(), Fault> {
    match visitor.scope.admits(queue, kind) {
        true => Ok(()),
        false => Err(Fault::forbidden(Messages::fault_out_of_sight)),
    }
}

/// What was not shown is copied as it is stored; but not into another kind, where it might be shown.
async fn with_secrets(desk: &Desk, visitor: &Visitor, shown: &JobRecord, draft: &mut JobDraft) -> Result<(), Fault> {
    if draft.kind == shown.kind {
        let stored = desk.stored(shown.id, visitor).await?;
        draft.payload = restored(&draft.payload, &shown.payload, &stored.payload);
        draft.tags = restored_tags(&draft.tags, &shown.tags, &stored.tags);
        draft.context = stored.context;
    }
    Ok(())
}

fn is_stale(job: &JobRecord, typed: &Typed) -> bool {
    job.revision.as_ref().is_some_and(|revision| *revision != typed.revision)
}

/// What the console refuses is shown in the form; what is no fault of the form is not.
fn refused(error: Error) -> Result<Faults, Fault> {
    match error.is_invalid() {
        true => Ok(vec![("", error.to_string())]),
        false => Err(error.into()),
    }
}

fn page(visit: &Visit, purpose: &Purpose<'_>, typed: Typed, faults: &Faults) -> Result<Response, Fault> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let form = FormView::new(visit, purpose, typed, faults);
    answer(visit, purpose, form, status)
}

fn conflict(visit: &Visit, job: &JobRecord, typed: Typed) -> Result<Response, Fault> {
    let mut form = FormView::new(visit, &Purpose::Edit(job), typed, &Faults::new());
    form.is_conflict = true;
    let now = Typed::of(job, visit.look.settings.zone);
    for field in form.fields.iter_mut().chain(&mut form.payload) {
        field.now = Some(now.value(field.name)).filter(|value| *value != field.value);
    }
    answer(visit, &Purpose::Edit(job), form, StatusCode::CONFLICT)
}

fn answer(visit: &Visit, purpose: &Purpose<'_>, form: FormView, status: StatusCode) -> Result<Response, Fault> {
    let m = visit.look.m;
    let frame = Frame::new(visit, "jobs", purpose.title(m)).under("jobs", m.nav_jobs()).still();
    Ok((status, render(&FormPage { frame, m, form })?).into_response())
}

impl Purpose<'_> {
    fn title(&self, m: Messages) -> String {
        match self {
            Self::Edit(job) => m.form_edit(job.name(), job.id.short()),
            Self::Copy(job) => m.form_copy(job.name(), job.id.short()),
            Self::New => m.form_new(),
        }
    }

    /// A dead job has no time: a requeue gives it one.
    fn fields(&self) -> &'static [&'static str] {
        match self {
            Self::Edit(job) if job.state == JobState::Dead => &["queue", "priority", "max_retries", "tags"],
            Self::Edit(_) => &["queue", "priority", "run_at", "max_retries", "tags"],
            _ => &["kind", "queue", "priority", "run_at", "delay", "max_retries", "tags"],
        }
    }

    fn action(&self) -> String {
        match self {
            Self::Edit(job) => format!("jobs/{}/edit", job.id),
            _ => "jobs/new".to_owned(),
        }
    }

    fn back(&self) -> String {
        match self {
            Self::Edit(job) | Self::Copy(job) => format!("jobs/{}", job.id),
            Self::New => "jobs".to_owned(),
        }
    }
}

impl FormView {
    fn new(visit: &Visit, purpose: &Purpose<'_>, typed: Typed, faults: &Faults) -> Self {
        let (m, root) = (visit.look.m, &visit.place.root);
        let field = |name| Field::new(m, name, &typed, faults, &visit.look.zone());
        Self {
            fields: purpose.fields().iter().map(|name| field(name)).collect(),
            payload: typed.payload.is_some().then(|| field("payload")),
            fault: faults.iter().find(|(name, _)| name.is_empty()).map(|(_, words)| words.clone()),
            back: format!("{root}{}", purpose.back()),
            action: format!("{root}{}", purpose.action()),
            submit: if matches!(purpose, Purpose::Edit(_)) { m.form_save() } else { m.form_enqueue() },
            is_conflict: false,
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
            _ => return self.payload.clone().unwrap_or_default(),
        };
        value.clone()
    }
}

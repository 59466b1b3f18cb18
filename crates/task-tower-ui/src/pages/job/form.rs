//! The forms that change a job, and that make a new one. What cannot be done comes back as it was typed,
//! with the reason beside it.

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use task_tower::{JobDraft, JobId, JobRecord};

use super::fields::{Faults, Typed, restored, restored_tags};
use super::form_page::{Purpose, conflict, page, refused, refused_new};
use super::head::is_editable;
use super::hidden::still_hidden;
use super::neighbors::tail;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::redact::{is_any_redacted, is_redacted};
use crate::visit::Visit;

pub(in crate::pages) type Filled = Result<Form<Typed>, FormRejection>;

/// What the address says beside the job.
#[derive(Deserialize)]
pub(crate) struct Way {
    /// The filter of the list that one came from.
    #[serde(default)]
    from: Option<String>,
}

pub(crate) type Asked = Result<Query<Way>, QueryRejection>;

pub(crate) async fn edit(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
    way: Asked,
) -> Result<Response, Fault> {
    let job = editable(&desk, &visitor, &id).await?;
    let typed = Typed { list: list(way)?, ..Typed::of(&job, visit.look.settings.zone) };
    page(&visit, &Purpose::Edit(&job), typed, &Faults::new())
}

pub(crate) async fn save_edit(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
    way: Asked,
    form: Filled,
) -> Result<Response, Fault> {
    let mut typed = Typed { list: list(way)?, ..read(form)? };
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
        Ok(()) => Ok(Redirect::to(&format!("../{}{}", job.id, tail(typed.list.as_deref()))).into_response()),
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
    way: Asked,
) -> Result<Response, Fault> {
    desk.hand(Permission::Enqueue, &visitor)?;
    let job = desk.job(id.parse::<JobId>()?, &visitor).await?;
    let typed = Typed { run_at: String::new(), list: list(way)?, ..Typed::of(&job, visit.look.settings.zone) };
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
    way: Asked,
    form: Filled,
) -> Result<Response, Fault> {
    let typed = Typed { list: list(way)?, ..read(form)? };
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
    let has_words = match &copied {
        Some(job) => with_secrets(&desk, &visitor, job, &mut draft).await?,
        None => false,
    };
    let faults = still_hidden(&draft, visit.look.m);
    if !faults.is_empty() && !has_words {
        return page(&visit, &purpose, typed, &faults);
    }
    match console.enqueue(&draft).await {
        Ok(id) => Ok(Redirect::to(&format!("../jobs/{id}{}", tail(typed.list.as_deref()))).into_response()),
        Err(error) => page(&visit, &purpose, typed, &refused_new(error)?),
    }
}

fn list(way: Asked) -> Result<Option<String>, Fault> {
    way.map(|Query(way)| way.from).map_err(|rejection| Fault::bad_request(rejection.body_text()))
}

pub(in crate::pages) fn read(form: Filled) -> Result<Typed, Fault> {
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
pub(in crate::pages) fn check_sight(visitor: &Visitor, queue: &str, kind: &str) -> Result<(), Fault> {
    match visitor.scope.admits(queue, kind) {
        true => Ok(()),
        false => Err(Fault::forbidden(Messages::fault_out_of_sight)),
    }
}

/// What was not shown is copied as it is stored; but not into another kind, where it might be shown, and where nothing is
/// enqueued that is still hidden. Tells whether the job itself has the words that stand for what is hidden.
async fn with_secrets(desk: &Desk, visitor: &Visitor, shown: &JobRecord, draft: &mut JobDraft) -> Result<bool, Fault> {
    if draft.kind != shown.kind {
        return Ok(false);
    }
    let stored = desk.stored(shown.id, visitor).await?;
    draft.payload = restored(&draft.payload, &shown.payload, &stored.payload);
    draft.tags = restored_tags(&draft.tags, &shown.tags, &stored.tags);
    draft.context = stored.context;
    Ok(is_redacted(&stored.payload) || is_any_redacted(&stored.tags))
}

fn is_stale(job: &JobRecord, typed: &Typed) -> bool {
    job.revision.as_ref().is_some_and(|revision| *revision != typed.revision)
}

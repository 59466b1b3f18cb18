//! The form that enqueues a job of a kind: as its workers are set up, with the payload of its latest job.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use task_tower::{JobDraft, JobFilter, JobRecord, KindDetails, KindSetup, Window};

use super::show::find;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::pages::job::{
    Faults, Filled, PAYLOAD_BYTES_MAX, Purpose, Typed, check_sight, hidden, page_of_form, read, refused_new,
    still_hidden,
};
use crate::say;
use crate::visit::Visit;

pub(crate) async fn enqueue(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    desk.hand(Permission::Enqueue, &visitor)?;
    let details = find(&desk, &visitor, &name, Window::Hour).await?;
    let latest = latest(&desk, &visitor, &name).await?;
    let typed = typed(setup(&details), latest.as_ref());
    let purpose = Purpose::OfKind(&details.kind, notes(latest.as_ref(), visit.look.m));
    page_of_form(&visit, &purpose, typed, &Faults::new())
}

pub(crate) async fn save(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(name): Path<String>,
    form: Filled,
) -> Result<Response, Fault> {
    let console = desk.hand(Permission::Enqueue, &visitor)?;
    let details = find(&desk, &visitor, &name, Window::Hour).await?;
    let typed = Typed { kind: name, ..read(form)? };
    let purpose = Purpose::OfKind(&details.kind, Vec::new());
    let draft = match draft(&typed, setup(&details), &visit) {
        Ok(draft) => draft,
        Err(faults) => return page_of_form(&visit, &purpose, typed, &faults),
    };
    check_sight(&visitor, draft.queue.as_deref().unwrap_or("default"), &draft.kind)?;
    match console.enqueue(&draft).await {
        Ok(id) => Ok(Redirect::to(&format!("../../jobs/{id}")).into_response()),
        Err(error) => page_of_form(&visit, &purpose, typed, &refused_new(error)?),
    }
}

/// As the workers that came last told.
fn setup(details: &KindDetails) -> Option<&KindSetup> {
    details.registrations.first().map(|registration| &registration.setup)
}

/// The newest job of the kind that this visitor sees, without its secrets.
async fn latest(desk: &Desk, visitor: &Visitor, kind: &str) -> Result<Option<JobRecord>, Fault> {
    let newest = desk.jobs(&JobFilter::new().kind(kind).limit(1), visitor).await?;
    // A list has only the beginning of a long payload.
    match newest.jobs.first() {
        Some(job) => desk.job(job.id, visitor).await.map(Some),
        None => Ok(None),
    }
}

fn typed(setup: Option<&KindSetup>, latest: Option<&JobRecord>) -> Typed {
    let payload = latest.and_then(fitting).unwrap_or_else(|| "{}".to_owned());
    let said = setup.map(|setup| (setup.queue.clone(), i64::from(setup.priority), i64::from(setup.max_retries)));
    let had = || latest.map(|job| (job.queue.clone(), i64::from(job.priority), i64::from(job.max_retries)));
    let Some((queue, priority, retries)) = said.or_else(had) else {
        return Typed { payload: Some(payload), ..Typed::default() };
    };
    let (priority, max_retries) = (priority.to_string(), retries.to_string());
    Typed { queue, priority, max_retries, payload: Some(payload), ..Typed::default() }
}

/// Its payload, if that is not too long for a form.
fn fitting(job: &JobRecord) -> Option<String> {
    let payload = serde_json::to_string_pretty(&job.payload).ok()?;
    (payload.len() <= PAYLOAD_BYTES_MAX).then_some(payload)
}

/// Whose payload it is, and what is hidden in it.
fn notes(latest: Option<&JobRecord>, m: Messages) -> Vec<String> {
    let Some(job) = latest else { return Vec::new() };
    if fitting(job).is_none() {
        return vec![m.form_payload_too_long_of(job.id, say::size(m, PAYLOAD_BYTES_MAX as u64))];
    }
    let hidden = hidden(&job.payload);
    let named = (!hidden.is_empty()).then(|| m.form_hidden(hidden.join(", ")));
    std::iter::once(m.form_payload_of(job.id)).chain(named).collect()
}

/// What is left empty is as the kind has it. What nobody was shown cannot be meant.
fn draft(typed: &Typed, setup: Option<&KindSetup>, visit: &Visit) -> Result<JobDraft, Faults> {
    let m = visit.look.m;
    let mut draft = typed.draft(None, visit.look.settings.zone, m)?;
    // Of a queue out of sight, the name is not there.
    let queue = setup.map(|setup| setup.queue.clone()).filter(|queue| !queue.is_empty());
    draft.queue = draft.queue.or(queue);
    draft.priority = draft.priority.or_else(|| setup.map(|setup| setup.priority));
    draft.max_retries = draft.max_retries.or_else(|| setup.map(|setup| setup.max_retries));
    let faults = still_hidden(&draft, m);
    if faults.is_empty() { Ok(draft) } else { Err(faults) }
}

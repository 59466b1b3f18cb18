//! Enqueueing a job of any kind.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use task_tower::JobDraft;

use super::ask::Body;
use super::call::Call;
use super::jobs::whole;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::redact::{is_any_redacted, is_redacted};

/// Where a job waits whose queue is not said.
const QUEUE: &str = "default";

pub(super) async fn enqueue(call: Call, Body(draft): Body<JobDraft>) -> Result<Response, Fault> {
    let console = call.allow_queue(draft.queue.as_deref().unwrap_or(QUEUE))?;
    check(&call, &draft)?;
    let id = console.enqueue(&draft).await?;
    let location = [(header::LOCATION, format!("jobs/{id}"))];
    Ok((StatusCode::CREATED, location, whole(call.job(id).await?)).into_response())
}

fn check(call: &Call, draft: &JobDraft) -> Result<(), Fault> {
    if !call.visitor.scope.admits_kind(&draft.kind) {
        return Err(Fault::said(StatusCode::NOT_FOUND, Messages::api_no_kind));
    }
    let is_context_redacted = draft.context.as_ref().is_some_and(is_redacted);
    match is_redacted(&draft.payload) || is_context_redacted || is_any_redacted(&draft.tags) {
        true => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_redacted)),
        false => Ok(()),
    }
}

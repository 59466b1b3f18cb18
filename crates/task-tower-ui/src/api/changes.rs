//! What is done to one job. Each answers with the job as it is then; a change that cannot be made, with the job as it
//! is and the reason.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use task_tower::{Console, JobEdit, JobId};

use super::ask::{Body, Named, Nothing, Why};
use super::call::Call;
use super::job::Whole;
use super::jobs::whole;
use super::seen::Seen;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::redact::{is_any_redacted, is_redacted};

enum Deed {
    Requeue,
    RunNow,
    Cancel(Why),
    Discard(Why),
    Delete,
    Edit(JobEdit),
}

pub(super) async fn requeue(call: Call, id: Named, seen: Seen, _: Body<Nothing>) -> Result<Response, Fault> {
    changed(&call, id, &seen, Deed::Requeue).await
}

pub(super) async fn run_now(call: Call, id: Named, seen: Seen, _: Body<Nothing>) -> Result<Response, Fault> {
    changed(&call, id, &seen, Deed::RunNow).await
}

pub(super) async fn cancel(call: Call, id: Named, seen: Seen, Body(why): Body<Why>) -> Result<Response, Fault> {
    changed(&call, id, &seen, Deed::Cancel(why)).await
}

pub(super) async fn discard(call: Call, id: Named, seen: Seen, Body(why): Body<Why>) -> Result<Response, Fault> {
    changed(&call, id, &seen, Deed::Discard(why)).await
}

pub(super) async fn delete(call: Call, id: Named, seen: Seen) -> Result<StatusCode, Fault> {
    change(&call, id, &seen, Deed::Delete).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn edit(call: Call, id: Named, seen: Seen, Body(edit): Body<JobEdit>) -> Result<Response, Fault> {
    check(&edit)?;
    if let Some(queue) = &edit.queue {
        call.allow_queue(queue)?;
    }
    changed(&call, id, &seen, Deed::Edit(edit)).await
}

/// Something is to be changed, and not into what the redaction left of it.
fn check(edit: &JobEdit) -> Result<(), Fault> {
    if *edit == JobEdit::default() {
        return Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_nothing_to_change));
    }
    let tags = edit.tags.as_deref().unwrap_or_default();
    match edit.payload.as_ref().is_some_and(is_redacted) || is_any_redacted(tags) {
        true => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_redacted)),
        false => Ok(()),
    }
}

async fn changed(call: &Call, id: Named, seen: &Seen, deed: Deed) -> Result<Response, Fault> {
    let id = change(call, id, seen, deed).await?;
    Ok(whole(call.job(id).await?))
}

async fn change(call: &Call, Named(id): Named, seen: &Seen, deed: Deed) -> Result<JobId, Fault> {
    let id: JobId = id.parse()?;
    let console = seen.on(call.allow(id).await?);
    match deed.on(&console, id).await {
        Ok(()) => Ok(id),
        Err(error) if error.is_conflict() => Err(conflict(call, id, seen, error.to_string()).await),
        Err(error) => Err(error.into()),
    }
}

async fn conflict(call: &Call, id: JobId, seen: &Seen, message: String) -> Fault {
    let job = match call.job(id).await {
        Ok(job) => job,
        Err(fault) => return fault,
    };
    let status = if seen.is_stale(&job) { StatusCode::PRECONDITION_FAILED } else { StatusCode::CONFLICT };
    Fault::told(status, message).with("current", json!(Whole::of(job)))
}

impl Deed {
    async fn on(self, console: &Console, id: JobId) -> task_tower::Result<()> {
        match self {
            Self::Requeue => console.requeue(id).await,
            Self::RunNow => console.run_now(id).await,
            Self::Cancel(why) => console.cancel(id, why.reason.as_deref()).await.map(drop),
            Self::Discard(why) => console.discard(id, why.reason.as_deref()).await,
            Self::Delete => console.delete(id).await,
            Self::Edit(edit) => console.edit(id, &edit).await,
        }
    }
}

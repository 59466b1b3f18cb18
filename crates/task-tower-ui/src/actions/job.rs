//! The buttons of one job.

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use serde::Deserialize;
use task_tower::{Action, Console, Done, JobId, JobState};

use super::{REASON, check_reason, unreadable};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links;
use crate::messages::Messages;
use crate::pages::{naming, tail_of_list};
use crate::place::back;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Given {
    reason: String,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub(crate) struct Way {
    #[serde(default)]
    next: Option<String>,
    /// The filter of the list in which the job is shown.
    #[serde(default)]
    from: Option<String>,
}

/// Goes back to the job, or to the list when there is no job any more; what can be undone is named there.
pub(crate) async fn change_job(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path((id, deed)): Path<(String, String)>,
    way: Result<Query<Way>, QueryRejection>,
    form: Result<Form<Given>, FormRejection>,
) -> Result<Redirect, Fault> {
    let id: JobId = id.parse()?;
    let Query(way) = way.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let console = desk.allow(id, permission(&deed)?, &visitor).await?;
    let Form(given) = form.map_err(|rejection| unreadable(&rejection))?;
    check_reason(&given.reason)?;
    let operation = match act(&console, id, &deed, given.reason.trim()).await? {
        Some(done) if done.done.is_empty() => return Err(too_late(desk.job(id, &visitor).await?.state)),
        Some(done) => done.operation,
        None => None,
    };
    let own = way.own(id, &deed);
    let page = back(way.next.as_deref()).unwrap_or(&own);
    Ok(Redirect::to(&operation.map_or_else(|| page.to_owned(), |operation| naming(page, "undo", operation))))
}

impl Way {
    /// The job within its list; where there is no job any more, the list.
    fn own(&self, id: JobId, deed: &str) -> String {
        match deed {
            "delete" => format!("../../{}", links::with(&[("q", self.from.as_deref().unwrap_or_default())])),
            _ => format!("../{id}{}", tail_of_list(self.from.as_deref())),
        }
    }
}

fn permission(deed: &str) -> Result<Permission, Fault> {
    match deed {
        "requeue" => Ok(Permission::Requeue),
        "run-now" => Ok(Permission::RunNow),
        "cancel" => Ok(Permission::Cancel),
        "discard" => Ok(Permission::Discard),
        "delete" => Ok(Permission::Delete),
        _ => Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    }
}

/// What has become of it, where the console does not say that itself.
async fn act(console: &Console, id: JobId, deed: &str, reason: &str) -> Result<Option<Done>, Fault> {
    let given = (!reason.is_empty()).then(|| reason.to_owned());
    let action = match deed {
        // The console has words of its own for what stands in the way of these.
        "requeue" => return Ok(console.requeue(id).await.map(|()| None)?),
        "run-now" => return Ok(console.run_now(id).await.map(|()| None)?),
        "cancel" => Action::Cancel { reason: given.or(Some(REASON.to_owned())) },
        "discard" => Action::Discard { reason: given },
        "delete" => Action::Delete,
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    };
    Ok(Some(console.act(&action, &[id]).await?))
}

fn too_late(state: JobState) -> Fault {
    Fault::said(StatusCode::CONFLICT, move |m| m.fault_too_late(m.state(state).to_lowercase()))
}

//! The buttons of queues: of one, and of all that one sees.

use std::time::Duration;

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use serde::Deserialize;
use task_tower::AuditId;

use super::{check_reason, unreadable};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::place::is_inside;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Given {
    /// The queue, for changes of one.
    name: String,
    reason: String,
    /// After how many seconds it is late; nothing for the usual time.
    seconds: String,
    /// What is undone: an entry of the audit.
    entry: Option<i64>,
    /// The page to go back to, from the root.
    back: String,
}

/// Goes back to where the button is, which names there by what entry of the audit it is undone.
pub(crate) async fn change_queues(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(deed): Path<String>,
    form: Result<Form<Given>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(given) = form.map_err(|rejection| unreadable(&rejection))?;
    check_reason(&given.reason)?;
    let entry = match deed.as_str() {
        "pause" => Some(pause(&desk, &visitor, &given).await?),
        "resume" => Some(resume(&desk, &visitor, &given).await?),
        "pause-all" => pause_all(&desk, &visitor, &given).await?,
        "resume-all" => resume_all(&desk, &visitor).await?,
        "limit" => Some(limit(&desk, &visitor, &given).await?),
        "undo" => undo(&desk, &visitor, &given).await?,
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    };
    Ok(Redirect::to(&way(&given.back, entry)))
}

fn way(back: &str, entry: Option<AuditId>) -> String {
    let page = if is_inside(back) { back } else { "queues" };
    let sign = if page.contains('?') { '&' } else { '?' };
    entry.map_or_else(|| format!("../{page}"), |entry| format!("../{page}{sign}undo={entry}"))
}

async fn pause(desk: &Desk, visitor: &Visitor, given: &Given) -> Result<AuditId, Fault> {
    let console = desk.allow_queue(&given.name, Permission::PauseQueues, visitor)?;
    Ok(console.pause_queue(&given.name, given.reason()).await?)
}

async fn resume(desk: &Desk, visitor: &Visitor, given: &Given) -> Result<AuditId, Fault> {
    let console = desk.allow_queue(&given.name, Permission::PauseQueues, visitor)?;
    Ok(console.resume_queue(&given.name).await?)
}

async fn pause_all(desk: &Desk, visitor: &Visitor, given: &Given) -> Result<Option<AuditId>, Fault> {
    let console = desk.hand(Permission::PauseQueues, visitor)?;
    Ok(console.pause_queues(&desk.queues_in_sight(visitor).await?, given.reason()).await?.entry)
}

async fn resume_all(desk: &Desk, visitor: &Visitor) -> Result<Option<AuditId>, Fault> {
    let console = desk.hand(Permission::PauseQueues, visitor)?;
    Ok(console.resume_queues(&desk.queues_in_sight(visitor).await?).await?.entry)
}

async fn limit(desk: &Desk, visitor: &Visitor, given: &Given) -> Result<AuditId, Fault> {
    let console = desk.allow_queue(&given.name, Permission::PauseQueues, visitor)?;
    Ok(console.limit_queue(&given.name, given.late_after()?).await?)
}

/// Sets queues as they were before somebody paused or resumed them, or gave one another limit.
async fn undo(desk: &Desk, visitor: &Visitor, given: &Given) -> Result<Option<AuditId>, Fault> {
    let missing = || Fault::said(StatusCode::BAD_REQUEST, Messages::fault_no_sense);
    let entry = AuditId(given.entry.ok_or_else(missing)?);
    desk.allow_queues_of(entry, visitor).await?.undo_queue(entry).await?;
    Ok(None)
}

impl Given {
    fn reason(&self) -> Option<&str> {
        Some(self.reason.trim()).filter(|reason| !reason.is_empty())
    }

    fn late_after(&self) -> Result<Option<Duration>, Fault> {
        let wrong = |_| Fault::said(StatusCode::BAD_REQUEST, Messages::fault_no_limit);
        match self.seconds.trim() {
            "" => Ok(None),
            seconds => seconds.parse().map(|seconds| Some(Duration::from_secs(seconds))).map_err(wrong),
        }
    }
}

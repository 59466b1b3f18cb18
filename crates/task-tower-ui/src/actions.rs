//! What the buttons do. Each answers with the way back to the page it was pressed on, so that
//! reloading the page does not press the button again.

mod job;

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use serde::Deserialize;
use task_tower::AuditId;

use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;

/// Stands in the history of jobs and at paused queues when nobody gave a reason.
pub(crate) const REASON: &str = "from the dashboard";

pub(crate) use job::change_job;

#[derive(Deserialize)]
pub(crate) struct QueueForm {
    name: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn pause_queue(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    form: Result<Form<QueueForm>, FormRejection>,
) -> Result<Redirect, Fault> {
    let form = read(form)?;
    let console = desk.allow_queue(&form.name, Permission::PauseQueues, &visitor)?;
    let reason = form.reason.trim();
    let entry = console.pause_queue(&form.name, (!reason.is_empty()).then_some(reason)).await?;
    Ok(Redirect::to(&format!("../queues?undo={entry}")))
}

pub(crate) async fn resume_queue(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    form: Result<Form<QueueForm>, FormRejection>,
) -> Result<Redirect, Fault> {
    let form = read(form)?;
    let console = desk.allow_queue(&form.name, Permission::PauseQueues, &visitor)?;
    let entry = console.resume_queue(&form.name).await?;
    Ok(Redirect::to(&format!("../queues?undo={entry}")))
}

#[derive(Deserialize)]
pub(crate) struct UndoForm {
    entry: i64,
}

/// Sets a queue as it was before somebody paused or resumed it.
pub(crate) async fn undo_queue(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    form: Result<Form<UndoForm>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(form) = form.map_err(|rejection| unreadable(&rejection))?;
    let entry = AuditId(form.entry);
    let queue = desk.console.queue_of(entry).await?;
    desk.allow_queue(&queue, Permission::PauseQueues, &visitor)?.undo_queue(entry).await?;
    Ok(Redirect::to("../queues"))
}

pub(crate) async fn command_worker(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path((id, command)): Path<(String, String)>,
) -> Result<Redirect, Fault> {
    let console = desk.hand(Permission::ManageWorkers, &visitor)?;
    let id = id.parse()?;
    match command.as_str() {
        "quiet" => console.quiet_worker(id).await?,
        "resume" => console.resume_worker(id).await?,
        "stop" => console.stop_worker(id).await?,
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    }
    Ok(Redirect::to("../../workers"))
}

/// A NUL is no part of any reason, and PostgreSQL cannot store it.
fn read(form: Result<Form<QueueForm>, FormRejection>) -> Result<QueueForm, Fault> {
    let Form(form) = form.map_err(|rejection| unreadable(&rejection))?;
    check_reason(&form.reason)?;
    Ok(form)
}

fn check_reason(reason: &str) -> Result<(), Fault> {
    match reason.chars().any(char::is_control) || reason.len() > REASON_BYTES_MAX {
        true => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::fault_reason_too_long)),
        false => Ok(()),
    }
}

pub(crate) fn unreadable(rejection: &FormRejection) -> Fault {
    let status = match rejection.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    Fault::told(status, rejection.body_text())
}

const REASON_BYTES_MAX: usize = 500;

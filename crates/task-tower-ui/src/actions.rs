//! What the buttons do. Each answers with the way back to the page it was pressed on, so that
//! reloading the page does not press the button again.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use serde::Deserialize;
use task_tower::{Console, JobId};

use crate::fault::Fault;
use crate::messages::Messages;
use crate::router::Desk;

/// Stands in the history of jobs and at paused queues when nobody gave a reason.
const REASON: &str = "from the dashboard";

pub(crate) async fn change_job(
    State(desk): State<Desk>,
    Path((id, deed)): Path<(String, String)>,
) -> Result<Redirect, Fault> {
    let id: JobId = id.parse()?;
    change(&desk.console, id, &deed).await?;
    match deed.as_str() {
        "delete" => Ok(Redirect::to("../../jobs")),
        _ => Ok(Redirect::to(&format!("../{id}"))),
    }
}

async fn change(console: &Console, id: JobId, deed: &str) -> Result<(), Fault> {
    match deed {
        "requeue" => console.requeue(id).await?,
        "cancel" => console.cancel(id, Some(REASON)).await.map(drop)?,
        "discard" => console.discard(id, None).await?,
        "delete" => console.delete(id).await?,
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    }
    Ok(())
}

#[derive(Deserialize)]
pub(crate) struct QueueForm {
    name: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn pause_queue(
    State(desk): State<Desk>,
    form: Result<Form<QueueForm>, FormRejection>,
) -> Result<Redirect, Fault> {
    let form = read(form)?;
    let reason = form.reason.trim();
    desk.console.pause_queue(&form.name, (!reason.is_empty()).then_some(reason)).await?;
    Ok(Redirect::to("../queues"))
}

pub(crate) async fn resume_queue(
    State(desk): State<Desk>,
    form: Result<Form<QueueForm>, FormRejection>,
) -> Result<Redirect, Fault> {
    desk.console.resume_queue(&read(form)?.name).await?;
    Ok(Redirect::to("../queues"))
}

/// A NUL is no part of any reason, and PostgreSQL cannot store it.
fn read(form: Result<Form<QueueForm>, FormRejection>) -> Result<QueueForm, Fault> {
    let Form(form) = form.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    match form.reason.chars().any(char::is_control) || form.reason.len() > REASON_BYTES_MAX {
        true => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::fault_reason_too_long)),
        false => Ok(form),
    }
}

const REASON_BYTES_MAX: usize = 500;

//! What the buttons do. Each answers with the way back to the page it was pressed on, so that
//! reloading the page does not press the button again.

mod job;
mod queues;
mod recurring;
mod views;

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use serde::Deserialize;

use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::place::is_inside;

/// Stands in the history of jobs and at paused queues when nobody gave a reason.
pub(crate) const REASON: &str = "from the dashboard";

pub(crate) use job::change_job;
pub(crate) use queues::change_queues;
pub(crate) use recurring::change_recurring;
pub(crate) use views::{change_view, save_view};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The page to go back to, from the root.
    back: String,
}

pub(crate) async fn command_worker(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path((id, command)): Path<(String, String)>,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(asked) = form.map_err(|rejection| unreadable(&rejection))?;
    let console = desk.hand(Permission::ManageWorkers, &visitor)?;
    let id = desk.worker(&id, &visitor).await?.id;
    match command.as_str() {
        "quiet" => console.quiet_worker(id).await?,
        "resume" => console.resume_worker(id).await?,
        "stop" => console.stop_worker(id).await?,
        // Its own page goes with it.
        "remove" => {
            console.remove_worker(id).await?;
            return Ok(Redirect::to("../../workers"));
        }
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    }
    let back = if is_inside(&asked.back) { &asked.back } else { "workers" };
    Ok(Redirect::to(&format!("../../{back}")))
}

/// A NUL is no part of any reason, and PostgreSQL cannot store it.
fn check_reason(reason: &str) -> Result<(), Fault> {
    match reason.chars().any(char::is_control) || reason.len() > REASON_BYTES_MAX {
        true => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::fault_reason_too_long)),
        false => Ok(()),
    }
}

pub(crate) fn unreadable(rejection: &FormRejection) -> Fault {
    match rejection.status() {
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => Fault::bad_request(rejection.body_text()),
        status => Fault::told(status, rejection.body_text()),
    }
}

const REASON_BYTES_MAX: usize = 500;

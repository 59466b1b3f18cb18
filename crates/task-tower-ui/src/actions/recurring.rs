//! The buttons of recurring jobs.

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{check_reason, unreadable};
use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::typed_in;
use crate::messages::Messages;
use crate::place::is_inside;
use crate::visit::Visit;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Given {
    reason: String,
    /// As `datetime-local` has it, in the zone of the reader.
    until: String,
    /// The page to go back to, from the root.
    back: String,
}

pub(crate) async fn change_recurring(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path((name, deed)): Path<(String, String)>,
    form: Result<Form<Given>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(given) = form.map_err(|rejection| unreadable(&rejection))?;
    check_reason(&given.reason)?;
    let console = desk.allow_recurring(&name, &visitor).await?;
    match deed.as_str() {
        "run" => drop(console.run_recurring_now(&name).await?),
        "pause" => {
            let reason = Some(given.reason.trim()).filter(|reason| !reason.is_empty());
            console.pause_recurring(&name, given.until(&visit)?, reason).await?;
        }
        "resume" => console.resume_recurring(&name).await?,
        "skip" => console.skip_next_recurring(&name, true).await?,
        "unskip" => console.skip_next_recurring(&name, false).await?,
        "remove" => {
            console.remove_recurring(&name).await?;
            return Ok(Redirect::to("../../recurring"));
        }
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    }
    let page = crate::links::recurring(&name);
    let back = if is_inside(&given.back) { &given.back } else { &page };
    Ok(Redirect::to(&format!("../../{back}")))
}

impl Given {
    fn until(&self, visit: &Visit) -> Result<Option<DateTime<Utc>>, Fault> {
        let zone = visit.look.settings.zone;
        match self.until.trim() {
            "" => Ok(None),
            text => typed_in(text, zone)
                .map(Some)
                .ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, move |m| m.form_no_time(zone.name()))),
        }
    }
}

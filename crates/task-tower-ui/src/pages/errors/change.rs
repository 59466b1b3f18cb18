//! The buttons of a group.

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::Deserialize;

use super::find;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;
use crate::messages::Messages;
use crate::pages::links;
use crate::visit::Visit;

/// What a button says beside its name.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    /// For how long: `1h`, `1d` or `7d`.
    time: String,
    /// Or until when, by the clock of who says it.
    until: Option<String>,
}

/// Resolves a group, mutes it, or takes that back.
pub(crate) async fn change(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path((fingerprint, deed)): Path<(String, String)>,
    said: Result<Form<Said>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(said) = said.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let group = find(&desk, &visitor, &fingerprint).await?.group;
    let console = desk.hand(Permission::ResolveErrors, &visitor)?;
    let only = [group.fingerprint.as_str()];
    match deed.as_str() {
        "resolve" => console.resolve_errors(&only).await?,
        "mute" => console.mute_errors(&only, said.until(&visit.look)?).await?,
        "unresolve" => console.unresolve_errors(&only).await?,
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    };
    let told = if deed == "unresolve" { String::new() } else { format!("?done={deed}") };
    Ok(Redirect::to(&format!("../{}{told}", links::encoded(&group.fingerprint))))
}

impl Said {
    fn until(&self, look: &Look) -> Result<DateTime<Utc>, Fault> {
        let said = match (&self.until, self.time.as_str()) {
            (Some(until), _) => look.typed(until).filter(|until| *until > look.now),
            (None, "1h") => Some(look.now + TimeDelta::hours(1)),
            (None, "1d") => Some(look.now + TimeDelta::days(1)),
            (None, "7d") => Some(look.now + TimeDelta::days(7)),
            _ => None,
        };
        said.ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, Messages::fault_no_mute))
    }
}

/// What the field shows before anything is typed: a full hour in a day.
pub(super) fn proposed(look: &Look) -> String {
    let tomorrow = look.now + TimeDelta::days(1);
    look.field(tomorrow.duration_trunc(TimeDelta::hours(1)).unwrap_or(tomorrow))
}

//! The buttons of a group.

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use chrono::{TimeDelta, Utc};
use serde::Deserialize;

use super::find;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::pages::links;

/// What a button says beside its name.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    /// For how long: `1h`, `1d` or `7d`.
    time: String,
}

/// Resolves a group, mutes it, or takes that back.
pub(crate) async fn change(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path((fingerprint, deed)): Path<(String, String)>,
    said: Result<Form<Said>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(said) = said.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let group = find(&desk, &visitor, &fingerprint).await?.group;
    let console = desk.hand(Permission::ResolveErrors, &visitor)?;
    let only = [group.fingerprint.as_str()];
    match deed.as_str() {
        "resolve" => console.resolve_errors(&only).await?,
        "mute" => console.mute_errors(&only, Utc::now() + time(&said.time)?).await?,
        "unresolve" => console.unresolve_errors(&only).await?,
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    };
    let told = if deed == "unresolve" { String::new() } else { format!("?done={deed}") };
    Ok(Redirect::to(&format!("../{}{told}", links::encoded(&group.fingerprint))))
}

fn time(said: &str) -> Result<TimeDelta, Fault> {
    match said {
        "1h" => Ok(TimeDelta::hours(1)),
        "1d" => Ok(TimeDelta::days(1)),
        "7d" => Ok(TimeDelta::days(7)),
        _ => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::fault_no_mute)),
    }
}

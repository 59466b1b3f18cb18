//! The buttons of views: saving a list of jobs, and renaming and deleting what was saved.

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use serde::Deserialize;

use super::unreadable;
use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links;
use crate::messages::Messages;
use crate::visit::Visit;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Given {
    name: String,
    /// The filter, and the columns, as the address of the list has them.
    q: String,
    cols: String,
    /// `1`: for all.
    shared: String,
}

/// Goes back to the list.
pub(crate) async fn save_view(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    form: Result<Form<Given>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(given) = form.map_err(|rejection| unreadable(&rejection))?;
    let filter = desk.filter(&given.q, &visitor, &visit.look)?;
    let draft = desk.view_draft(&given.name, &filter, &visitor, given.shared == "1")?.columns(&given.cols);
    desk.hand_views(&visitor)?.save_view(&draft).await?;
    Ok(Redirect::to(&format!("./{}", links::with(&[("q", &given.q), ("cols", &given.cols)]))))
}

/// Goes back to the settings, where views are listed.
pub(crate) async fn change_view(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path((id, deed)): Path<(String, String)>,
    form: Result<Form<Given>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(given) = form.map_err(|rejection| unreadable(&rejection))?;
    let console = desk.hand_views(&visitor)?;
    let view = desk.view(&id, &visitor).await?;
    match deed.as_str() {
        "rename" => console.rename_view(view.id, &given.name).await?,
        "delete" => console.delete_view(view.id).await?,
        _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
    }
    Ok(Redirect::to("../../settings#views"))
}

//! Lists of jobs that were saved.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use task_tower::{SavedView, ViewId};

use super::answer::{Json, Moment};
use super::ask::{Asked, Body, Named, Nothing, plain};
use super::call::Call;
use crate::fault::Fault;
use crate::messages::Messages;

#[derive(Serialize)]
pub(super) struct View {
    id: String,
    name: String,
    filter: String,
    columns: String,
    actor: String,
    shared: bool,
    changed_at: Moment,
}

#[derive(Serialize)]
pub(super) struct Views {
    items: Vec<View>,
}

/// What is to be saved.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Draft {
    name: String,
    filter: String,
    columns: String,
    shared: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Renaming {
    name: String,
}

pub(super) async fn list(call: Call, _: Asked<Nothing>) -> Result<Json<Views>, Fault> {
    let views = call.desk.views(&call.visitor).await?;
    Ok(Json(Views { items: views.into_iter().map(View::from).collect() }))
}

pub(super) async fn save(call: Call, Body(draft): Body<Draft>) -> Result<(StatusCode, Json<View>), Fault> {
    let console = call.hand()?;
    plain("name", &draft.name)?;
    let filter = call.filter(&draft.filter)?;
    let draft = call.desk.view_draft(&draft.name, &filter, &call.visitor, draft.shared)?.columns(draft.columns);
    let id = console.save_view(&draft).await?;
    Ok((StatusCode::CREATED, find(&call, id).await?))
}

pub(super) async fn rename(call: Call, Named(id): Named, Body(new): Body<Renaming>) -> Result<Json<View>, Fault> {
    let console = call.hand()?;
    let id = call.desk.view(&id, &call.visitor).await?.id;
    plain("name", &new.name)?;
    console.rename_view(id, &new.name).await?;
    find(&call, id).await
}

pub(super) async fn delete(call: Call, Named(id): Named) -> Result<StatusCode, Fault> {
    let console = call.hand()?;
    console.delete_view(call.desk.view(&id, &call.visitor).await?.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(call: &Call, id: ViewId) -> Result<Json<View>, Fault> {
    let found = call.desk.views(&call.visitor).await?.into_iter().find(|view| view.id == id);
    let missing = || Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_view);
    found.map(|view| Json(view.into())).ok_or_else(missing)
}

impl From<SavedView> for View {
    fn from(view: SavedView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            filter: view.filter,
            columns: view.columns,
            actor: view.actor,
            shared: view.is_shared,
            changed_at: Moment(view.changed_at),
        }
    }
}

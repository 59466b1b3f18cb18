//! Which address leads where.

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::desk::Desk;
use crate::fault::Fault;
use crate::guard::guard;
use crate::limits::BODY_BYTES_MAX;
use crate::messages::Messages;
use crate::place::from_front_door;
use crate::{actions, api, assets, live, metrics, pages, probes};

pub(crate) fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/", get(front_door))
        .route("/overview", get(pages::overview))
        .route("/jobs", get(pages::jobs))
        .route("/jobs/act", post(pages::act))
        .route("/jobs/{id}", get(pages::job))
        .route("/jobs/new", get(pages::new).post(pages::save_new))
        .route("/jobs/{id}/edit", get(pages::edit).post(pages::save_edit))
        .route("/jobs/{id}/copy", get(pages::copy))
        .route("/jobs/{id}/{name}", get(pages::download).post(actions::change_job))
        .route("/queues", get(pages::queues))
        // A page is asked for by the name of its queue, a change by what it does: no name is taken.
        .route("/queues/{queue}", get(pages::queue).post(actions::change_queues))
        .route("/kinds", get(pages::kinds))
        .route("/kinds/{kind}", get(pages::kind))
        .route("/kinds/{kind}/enqueue", get(pages::enqueue_kind).post(pages::save_kind))
        .route("/errors", get(pages::errors))
        .route("/errors/{fingerprint}", get(pages::error))
        .route("/errors/{fingerprint}/{deed}", post(pages::change_errors))
        .route("/batches", get(pages::batches::batches))
        .route("/batches/{id}", get(pages::batches::batch))
        .route("/recurring", get(pages::recurring))
        // Beside the pages of single ones: no name is taken.
        .route("/recurring-new", get(pages::new_recurring).post(pages::save_new_recurring))
        .route("/recurring-explain", get(pages::explain_recurring))
        .route("/recurring/{name}", get(pages::recurring_job))
        .route("/recurring/{name}/edit", get(pages::edit_recurring).post(pages::save_recurring))
        .route("/recurring/{name}/{deed}", post(actions::change_recurring))
        .route("/workers", get(pages::workers))
        .route("/workers/{id}", get(pages::worker))
        .route("/workers/{id}/{command}", post(actions::command_worker))
        .route("/views", post(actions::save_view))
        .route("/views/{id}/{deed}", post(actions::change_view))
        .route("/operations", get(pages::operations::operations).post(pages::operations::start))
        .route("/operations/new", get(pages::operations::preview))
        .route("/operations/{id}", get(pages::operations::operation))
        .route("/operations/{id}/cancel", post(pages::operations::cancel))
        .route("/operations/{id}/undo", post(pages::operations::undo))
        .route("/audit", get(pages::audit))
        .route("/audit.csv", get(pages::audit_csv))
        .route("/audit.ndjson", get(pages::audit_ndjson))
        .route("/doctor", get(pages::doctor))
        .route("/doctor.txt", get(pages::doctor_text))
        .route("/settings", get(pages::settings).post(pages::change_settings))
        .route("/keys", get(pages::keys))
        .route(metrics::PATH, get(metrics::metrics))
        .route(probes::LIVEZ, get(probes::livez))
        .route(probes::READYZ, get(probes::readyz))
        .route("/palette.json", get(live::palette))
        .route("/components", get(pages::components))
        .route("/assets/{hash}/{name}", get(assets::serve))
        .merge(api::routes())
        .fallback(nowhere)
        .with_state(desk.clone())
        .merge(live::routes(desk.hub.clone()))
        .layer(from_fn(live::etag))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(desk, guard))
}

async fn front_door(uri: OriginalUri) -> Redirect {
    Redirect::to(&from_front_door(&uri))
}

/// Who writes a slash behind an address means the page without it. Files have no other name than their own.
async fn nowhere(method: Method, uri: Uri) -> Result<Redirect, Fault> {
    let missing = || Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_page);
    let is_page = method.is_safe() && !uri.path().starts_with("/assets/");
    let address = uri.path().strip_suffix('/').filter(|_| is_page).ok_or_else(missing)?;
    let last = address.rsplit('/').next().filter(|last| !last.is_empty()).ok_or_else(missing)?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(Redirect::to(&format!("../{last}{query}")))
}

//! Which address leads where.

use axum::Router;
use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use task_tower::Console;

use crate::access::Access;
use crate::fault::Fault;
use crate::guard::guard;
use crate::messages::Messages;
use crate::place::from_front_door;
use crate::{actions, assets, pages};

/// What every page knows.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) console: Console,
    pub(crate) access: Access,
}

/// The dashboard: nest it under any path of your application, or serve it alone.
///
/// With [`nest`](Router::nest), its front door is the prefix without a slash at the end; with
/// [`nest_service`](Router::nest_service), with or without one.
///
/// `access` says who may use it; see [`Access`]. The crate's front page has an example.
pub fn router(console: Console, access: Access) -> Router {
    Router::new()
        .route("/", get(front_door))
        .route("/jobs", get(pages::jobs))
        .route("/jobs/{id}", get(pages::job))
        .route("/jobs/{id}/{deed}", post(actions::change_job))
        .route("/queues", get(pages::queues))
        .route("/queues/pause", post(actions::pause_queue))
        .route("/queues/resume", post(actions::resume_queue))
        .route("/workers", get(pages::workers))
        .route("/settings", get(pages::settings).post(pages::change_settings))
        .route("/components", get(pages::components))
        .route("/assets/{hash}/{name}", get(assets::serve))
        .fallback(nowhere)
        .with_state(Desk { console, access: access.clone() })
        .layer(from_fn_with_state(access, guard))
}

async fn front_door(uri: OriginalUri) -> Redirect {
    Redirect::to(&from_front_door(&uri))
}

async fn nowhere() -> Fault {
    Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_page)
}

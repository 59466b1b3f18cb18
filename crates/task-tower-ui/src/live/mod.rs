//! What keeps pages alive: they are told that something changed, and ask again for what they show.
//! No row is ever told, so whoever may not see it learns nothing. And what the script asks for when
//! keys are pressed.

mod etag;
mod guest;
mod hub;
mod keys;
mod palette;
mod topic;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use axum::response::sse::{KeepAlive, Sse};
use axum::routing::get;

use crate::fault::Fault;
use crate::messages::Messages;

pub(crate) use etag::etag;
pub(crate) use hub::Hub;
pub(crate) use keys::{BINDINGS, GROUPS, Group, Shortcut};
pub(crate) use palette::palette;

/// Proxies that keep answers until they are whole would keep this one for ever, and nobody is to keep it at all.
const UNBUFFERED: [(HeaderName, &str); 2] =
    [(HeaderName::from_static("x-accel-buffering"), "no"), (header::CACHE_CONTROL, "no-store")];

pub(crate) fn routes(hub: Hub) -> Router {
    Router::new().route("/events", get(events)).with_state(hub)
}

async fn events(State(hub): State<Hub>, headers: HeaderMap) -> Result<impl IntoResponse, Fault> {
    stream(&hub, &headers)
}

/// What changes from now on, and what has changed since the word that the headers name.
pub(crate) fn stream(hub: &Hub, headers: &HeaderMap) -> Result<impl IntoResponse + use<>, Fault> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let guest =
        hub.receive(last).ok_or_else(|| Fault::said(StatusCode::SERVICE_UNAVAILABLE, Messages::live_crowded))?;
    let keep_alive = KeepAlive::new().text("ping");
    Ok((UNBUFFERED, Sse::new(guest.events()).keep_alive(keep_alive)))
}

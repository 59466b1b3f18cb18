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
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::get;
use task_tower::Console;

use crate::fault::Fault;
use crate::messages::Messages;

pub(crate) use etag::etag;
use hub::Hub;
pub(crate) use keys::{BINDINGS, GROUPS, Group, Shortcut};
pub(crate) use palette::palette;

/// Proxies that keep answers until they are whole would keep this one for ever.
const UNBUFFERED: [(HeaderName, &str); 1] = [(HeaderName::from_static("x-accel-buffering"), "no")];

pub(crate) fn routes(console: Console) -> Router {
    Router::new().route("/events", get(events)).with_state(Hub::new(console))
}

async fn events(State(hub): State<Hub>, headers: HeaderMap) -> Result<impl IntoResponse, Fault> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let guest =
        hub.receive(last).ok_or_else(|| Fault::said(StatusCode::SERVICE_UNAVAILABLE, Messages::live_crowded))?;
    let keep_alive = KeepAlive::new().text("ping");
    Ok((AppendHeaders(UNBUFFERED), Sse::new(guest.events()).keep_alive(keep_alive)))
}

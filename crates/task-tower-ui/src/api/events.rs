//! What changes, as it changes: the stream that pages listen to, for programs.

use axum::http::HeaderMap;
use axum::response::IntoResponse;

use super::ask::{Asked, Nothing};
use super::call::Call;
use crate::fault::Fault;
use crate::live::stream;

pub(super) async fn events(call: Call, headers: HeaderMap, _: Asked<Nothing>) -> Result<impl IntoResponse, Fault> {
    stream(&call.desk.hub, &headers)
}

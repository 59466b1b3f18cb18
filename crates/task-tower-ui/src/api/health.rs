//! Whether the dashboard can answer: one small question to the database, and no data.

use axum::http::StatusCode;
use serde::Serialize;

use super::answer::Json;
use super::ask::{Asked, Nothing};
use super::call::Call;
use crate::fault::Fault;
use crate::messages::Messages;

#[derive(Serialize)]
pub(super) struct Health {
    status: &'static str,
}

pub(super) async fn health(call: Call, _: Asked<Nothing>) -> Result<Json<Health>, Fault> {
    match call.desk.console.read_only().await {
        Ok(_) => Ok(Json(Health { status: "ok" })),
        Err(error) => {
            tracing::warn!(%error, "the dashboard is not healthy");
            Err(Fault::said(StatusCode::SERVICE_UNAVAILABLE, Messages::fault_away).away())
        }
    }
}

//! For whoever watches the process: Kubernetes, a load balancer, systemd. Nobody has to log in, and nothing is told but
//! whether it works.

use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::json;
use task_tower::Readiness;

use crate::desk::Desk;

pub(crate) const LIVEZ: &str = "/livez";
pub(crate) const READYZ: &str = "/readyz";

pub(crate) fn is_asked_for(parts: &Parts) -> bool {
    parts.method.is_safe() && [LIVEZ, READYZ].contains(&parts.uri.path())
}

/// The process turns; nothing else is asked.
pub(crate) async fn livez() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Json(json!({ "status": "alive" })))
}

pub(crate) async fn readyz(State(desk): State<Desk>) -> impl IntoResponse {
    let readiness = desk.console.readiness().await;
    let (status, word) = match readiness.is_ready() {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    let body = json!({ "status": word, "failing": failing(&readiness) });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body))
}

fn failing(readiness: &Readiness) -> Vec<&'static str> {
    let workers = &readiness.workers;
    let is_stuck = workers.iter().any(|worker| worker.listening && !worker.stopping && !worker.works());
    [
        (!readiness.database, "database"),
        (workers.iter().any(|worker| worker.stopping), "worker stops"),
        (workers.iter().any(|worker| !worker.listening), "worker does not listen"),
        (is_stuck, "worker does not look for jobs"),
    ]
    .into_iter()
    .filter_map(|(fails, what)| fails.then_some(what))
    .collect()
}

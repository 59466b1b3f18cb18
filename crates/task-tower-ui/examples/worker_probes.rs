//! A worker without a dashboard that answers probes: `/livez` as long as the process turns, `/readyz` as long as it can
//! work. Kubernetes asks both.
//!
//! Run it with `cargo run -p task-tower-ui --example worker_probes`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is. Then `curl -i http://localhost:8080/readyz`.

use std::error::Error;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, Readiness, TaskTower};
use tokio::net::TcpListener;

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

async fn send_welcome(job: SendWelcome) -> Result<(), JobError> {
    println!("welcome, user {}", job.user_id);
    Ok(())
}

async fn livez() -> &'static str {
    "alive\n"
}

async fn readyz(State(tower): State<Arc<TaskTower>>) -> (StatusCode, Json<Readiness>) {
    let readiness = tower.readiness().await;
    let status = if readiness.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tower = Arc::new(TaskTower::builder().job(send_welcome).build().await?);
    let probes = Router::new().route("/livez", get(livez)).route("/readyz", get(readyz)).with_state(tower.clone());

    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    let listener = TcpListener::bind(format!("0.0.0.0:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);

    tokio::select! {
        served = axum::serve(listener, probes) => served.map_err(Into::into),
        worked = tower.run() => worked.map_err(Into::into),
    }
}

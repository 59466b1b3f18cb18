//! The quick start as a web service: a request enqueues a job, a worker in the same process runs it, the
//! dashboard shows it, and SIGTERM or Ctrl-C stops all of it gracefully.
//!
//! Run it with `cargo run -p task-tower-ui --example axum_app`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is. Then `curl -X POST http://localhost:3000/console-log`, and
//! open <http://localhost:3000/task-tower>.

use std::error::Error;
use std::net::SocketAddr;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use task_tower::{Client, Job, JobError, TaskTower};
use task_tower_ui::{Access, router};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Serialize, Deserialize)]
struct ConsoleLog {
    message: String,
}

impl Job for ConsoleLog {
    const KIND: &'static str = "console_log";
}

async fn console_log(job: ConsoleLog) -> Result<(), JobError> {
    println!("{}", job.message);
    Ok(())
}

async fn create_job(State(client): State<Client>) -> Result<Json<Value>, (StatusCode, String)> {
    let job = ConsoleLog { message: "Hello, from Task Tower!".to_owned() };
    let enqueued = client.enqueue(job).await;
    let id = enqueued.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, format!("could not {error}")))?;
    Ok(Json(json!({ "message": format!("Job created with ID: {id}") })))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tower = TaskTower::builder().job(console_log).build().await?;
    let application = Router::new()
        .route("/console-log", post(create_job))
        .with_state(tower.client())
        .nest("/task-tower", router(tower.console(), Access::loopback()));

    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);

    // `Access::loopback` has to know who asks.
    let service = application.into_make_service_with_connect_info::<SocketAddr>();
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    // Each hears the signal and comes to its end by itself.
    let serving = async { axum::serve(listener, service).with_graceful_shutdown(stop).await.map_err(Into::into) };
    let working = async { tower.run().await.map_err(Into::into) };
    tokio::try_join!(serving, working).map(drop)
}

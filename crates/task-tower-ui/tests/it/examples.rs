//! The example, run as a program, and asked over the network.

use task_tower::JobId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::example::{self, Example};
use crate::support::{PATIENCE, until};

/// The head and the body of the answer.
async fn ask(address: &str, method: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, connection.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn axum_app_runs_the_job_of_a_request_and_shows_it() {
    let mut axum_app = Example::start_with("axum_app", &[("PORT", "0")]).await;
    let address = axum_app.until("listening on http://").await;

    let answer = ask(&address, "POST", "/console-log").await;
    axum_app.until("Hello, from Task Tower!").await;
    let page = ask(&address, "GET", "/task-tower/jobs").await;

    let (_, id) = answer.split_once("Job created with ID: ").unwrap();
    let id: JobId = id[..36].parse().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains(&id.to_string()), "{page}");
    axum_app.stop().await;
}

#[tokio::test]
async fn worker_probes_answers_whether_it_lives_and_can_work() {
    let mut worker_probes = Example::start_with("worker_probes", &[("PORT", "0")]).await;
    let address = worker_probes.until("listening on http://").await;

    let live = ask(&address, "GET", "/livez").await;
    until("it is ready", async || ask(&address, "GET", "/readyz").await.starts_with("HTTP/1.1 200")).await;
    let ready = ask(&address, "GET", "/readyz").await;

    assert!(live.starts_with("HTTP/1.1 200"), "{live}");
    assert!(ready.contains(r#""database":true"#) && ready.contains(r#""listening":true"#), "{ready}");
    worker_probes.stop().await;
}

#[test]
fn every_example_has_a_test_and_says_how_to_run_it() {
    assert_eq!((example::untested(), example::silent()), (vec![], vec![]));
}

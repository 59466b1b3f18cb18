//! `task-tower demo`.

use std::time::{Duration, Instant};

use crate::program::{Running, address, get, left_behind_by, program};

#[test]
fn once_runs_every_job_to_its_expected_end_and_leaves_nothing_behind() {
    let mut running = Running::start(program().args(["demo", "--once"]));
    let process = running.id();

    let verdict = running.line_with("ran to their expected end");

    assert!(verdict.starts_with("All "), "{verdict}");
    assert_eq!(running.wait().code(), Some(0));
    assert_eq!(left_behind_by(process), [""; 0]);
}

#[test]
fn it_serves_the_dashboard_and_a_signal_stops_everything() {
    let mut running = Running::start(program().args(["demo", "--port", "0"]));
    let process = running.id();
    let url = address(&running.line_with("Dashboard"));
    running.line_with("shop is open");

    let answer = get(&url, "/jobs");
    let metrics = get(&url, "/metrics");
    running.signal("TERM");

    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(metrics.contains("\ntask_tower_process_workers 2\n"), "{metrics}");
    running.line_with("nothing is left behind");
    assert_eq!(running.wait().code(), Some(0));
    assert_eq!(left_behind_by(process), [""; 0]);
}

/// What stands behind a name in the answer, once it is there.
fn found(url: &str, path: &str, name: &str) -> String {
    let began = Instant::now();
    loop {
        let answer = get(url, path);
        if let Some((_, rest)) = answer.split_once(&format!("\"{name}\":\"")) {
            return rest.split('"').next().unwrap().to_owned();
        }
        assert!(began.elapsed() < Duration::from_secs(60), "no {name} at {path}: {answer}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn its_jobs_log_and_tell_how_far_they_are() {
    let mut running = Running::start(program().args(["demo", "--port", "0"]));
    let url = address(&running.line_with("Dashboard"));
    running.line_with("shop is open");

    let charged = found(&url, "/api/v1/jobs?q=kind:charge_card+state:completed&limit=1", "id");
    let logged = found(&url, &format!("/api/v1/jobs/{charged}/logs"), "message");
    let long =
        found(&url, "/api/v1/jobs?q=kind:resize_image+state:completed+args.script.takes_ms:%3E%3D400&limit=1", "id");
    let told = found(&url, &format!("/api/v1/jobs/{long}"), "text");

    assert!(logged.starts_with("begins attempt=1 takes_ms="), "{logged}");
    assert_eq!(told, "working through the list");
    running.signal("TERM");
    running.line_with("nothing is left behind");
    assert_eq!(running.wait().code(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_an_error_only_if_somebody_named_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    let told = program().args(["demo", "--port", &port]).output().unwrap();

    assert_eq!(told.status.code(), Some(1));
    let errors = String::from_utf8(told.stderr).unwrap();
    assert!(errors.starts_with(&format!("error: could not listen on 127.0.0.1:{port}\n")), "{errors}");
}

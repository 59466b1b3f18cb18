//! What a program does to one job.

use serde_json::{Value, json};
use task_tower::{AuditFilter, JobId, JobState};

use super::{detail, get, json as parsed, made, refused};
use crate::browser::{Answer, Desk, from_this_machine, welcome};

async fn scheduled(desk: &Desk) -> JobId {
    desk.client.schedule(welcome("ana")).in_hours(1).await.unwrap()
}

async fn if_match(desk: &Desk, method: &str, path: &str, tag: &str, body: &str) -> Answer {
    let request = from_this_machine(method, &format!("/api/v1{path}"));
    let request = request.header("sec-fetch-site", "same-origin").header("if-match", tag);
    desk.browser.send_as(request, "application/json", body).await
}

async fn state(desk: &Desk, id: JobId) -> JobState {
    desk.console.job(id).await.unwrap().state
}

#[tokio::test]
async fn each_change_answers_with_the_job_as_it_is_then() {
    let desk = Desk::new().await;
    let id = scheduled(&desk).await;

    for (deed, body, state) in [
        ("run-now", "", "enqueued"),
        ("cancel", r#"{"reason": "not wanted"}"#, "cancelled"),
        ("requeue", "{}", "enqueued"),
        ("discard", r#"{"reason": "broken"}"#, "dead"),
    ] {
        let job = made(&desk.browser, "POST", &format!("/jobs/{id}/{deed}"), body, 200).await;

        assert_eq!((&job["id"], &job["state"]), (&json!(id), &json!(state)), "{deed}");
        assert_eq!(job, get(&desk.browser, &format!("/jobs/{id}")).await, "{deed}");
    }
    let deleted = super::send(&desk.browser, "DELETE", &format!("/jobs/{id}"), "").await;

    assert_eq!((deleted.status.as_u16(), deleted.body.as_str()), (204, ""));
    refused(&desk.browser, "GET", &format!("/jobs/{id}"), "", 404).await;
    let audit = desk.console.audit(&AuditFilter::new()).await.unwrap();
    let actions: Vec<&str> = audit.iter().rev().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["run_now", "cancel", "requeue", "discard", "delete"]);
    assert!(audit.iter().all(|entry| entry.actor == "this machine"));
}

#[tokio::test]
async fn a_job_is_edited_field_by_field() {
    let desk = Desk::new().await;
    let id = scheduled(&desk).await;
    let edit = r#"{"queue": "slow", "priority": 7, "tags": ["x"], "payload": {"user": "bob", "n": 9007199254740993}}"#;

    let job = made(&desk.browser, "PATCH", &format!("/jobs/{id}"), edit, 200).await;

    assert_eq!((&job["queue"], &job["priority"], &job["tags"]), (&json!("slow"), &json!(7), &json!(["x"])));
    assert_eq!(job["payload"], json!({ "user": "bob", "n": 9_007_199_254_740_993_i64 }));
    for wrong in [
        r#"{"kind": "other"}"#,
        r#"{"queue": ""}"#,
        r#"{"priority": 101}"#,
        r#"{"priority": 1.5}"#,
        r#"{"run_at": "tomorrow"}"#,
        r#"{"payload": {"password": "[redacted]"}}"#,
        "{}",
        "",
    ] {
        refused(&desk.browser, "PATCH", &format!("/jobs/{id}"), wrong, 400).await;
    }
    assert_eq!(get(&desk.browser, &format!("/jobs/{id}")).await, job);
}

#[tokio::test]
async fn a_change_that_cannot_be_made_says_what_the_job_is() {
    let desk = Desk::new().await;
    let id = scheduled(&desk).await;
    desk.console.cancel(id, None).await.unwrap();

    for path in ["cancel", "discard", "run-now"] {
        let problem = refused(&desk.browser, "POST", &format!("/jobs/{id}/{path}"), "", 409).await;

        assert!(detail(&problem).contains("it is cancelled"), "{problem}");
        assert_eq!(problem["current"]["state"], "cancelled");
    }
    refused(&desk.browser, "PATCH", &format!("/jobs/{id}"), r#"{"priority": 1}"#, 409).await;
}

#[tokio::test]
async fn what_somebody_else_has_changed_is_left_alone() {
    let desk = Desk::new().await;
    let id = scheduled(&desk).await;
    let shown = super::send(&desk.browser, "GET", &format!("/jobs/{id}"), "").await;
    let tag = shown.headers["etag"].to_str().unwrap().to_owned();
    made(&desk.browser, "PATCH", &format!("/jobs/{id}"), r#"{"priority": 5}"#, 200).await;

    for (method, path, body) in [
        ("PATCH", "", r#"{"priority": 9}"#),
        ("POST", "/requeue", ""),
        ("POST", "/run-now", ""),
        ("POST", "/cancel", ""),
        ("POST", "/discard", ""),
        ("DELETE", "", ""),
    ] {
        let answer = if_match(&desk, method, &format!("/jobs/{id}{path}"), &tag, body).await;

        let problem: Value = parsed(&answer);
        assert_eq!(answer.status, 412, "{method} {path}: {problem}");
        assert_eq!(problem["current"]["priority"], 5, "{method} {path}");
        let current = problem["current"]["revision"].as_str().unwrap();
        assert_ne!(format!("\"{current}\""), tag);
    }
    assert_eq!(state(&desk, id).await, JobState::Scheduled);
}

#[tokio::test]
async fn who_has_seen_the_job_as_it_is_may_change_it_and_gets_the_next_tag() {
    let desk = Desk::new().await;
    let id = scheduled(&desk).await;
    let path = format!("/jobs/{id}");
    let shown = super::send(&desk.browser, "GET", &path, "").await;
    let tag = shown.headers["etag"].to_str().unwrap().to_owned();

    let edited = if_match(&desk, "PATCH", &path, &tag, r#"{"priority": 5}"#).await;
    let next = edited.headers["etag"].to_str().unwrap().to_owned();
    let cancelled = if_match(&desk, "POST", &format!("{path}/cancel"), &next, "").await;
    let any = if_match(&desk, "POST", &format!("{path}/requeue"), "*", "").await;

    assert_eq!([edited.status, cancelled.status, any.status], [200, 200, 200]);
    assert_ne!(tag, next);
    for wrong in ["1", "W/\"1\"", "\"1\", \"2\"", ""] {
        assert_eq!(if_match(&desk, "DELETE", &path, wrong, "").await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_reason_has_its_limit_and_a_body_its_own() {
    let desk = Desk::new().await;
    let id = scheduled(&desk).await;
    let path = format!("/jobs/{id}/cancel");

    refused(&desk.browser, "POST", &path, &json!({ "reason": "x".repeat(501) }).to_string(), 400).await;
    refused(&desk.browser, "POST", &path, r#"{"reason": "\u0000"}"#, 400).await;
    refused(&desk.browser, "POST", &path, r#"{"reason": 7}"#, 400).await;
    refused(&desk.browser, "POST", &path, &json!({ "reason": "x".repeat(1024 * 1024) }).to_string(), 413).await;
    refused(&desk.browser, "PATCH", &format!("/jobs/{id}"), &"{\"payload\":".repeat(1_000), 400).await;

    assert_eq!(state(&desk, id).await, JobState::Scheduled);
}

#[tokio::test]
async fn what_a_body_cannot_say_is_told_by_its_field() {
    let desk = Desk::new().await;

    for (body, words) in [
        (r#"{"kind": "x", "priority": "high"}"#, "priority is a whole number, in digits only."),
        (r#"{"kind": "x", "priority": 70000}"#, "The number of priority is too large or too small."),
        (r#"{"kind": "x", "run_at": "soon"}"#, "run_at is a time, such as "),
        (r#"{"kind": "x", "tags": "vip"}"#, "tags is a list."),
        (r#"{"kind": "x", "colour": "red"}"#, "There is no field colour, but there are kind, payload, "),
    ] {
        let problem = refused(&desk.browser, "POST", "/jobs", body, 400).await;

        assert!(detail(&problem).starts_with(words), "{body}: {problem}");
    }
}

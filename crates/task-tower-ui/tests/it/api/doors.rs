//! Who may ask: the same doors, permissions and scopes as before the pages.

use axum::http::StatusCode;
use serde_json::{Value, json};
use task_tower::{JobId, JobState};
use task_tower_ui::{Access, Permission, Permissions, Scope, Visitor, router};

use super::{detail, get, made, refused, seen_by, send};
use crate::browser::{Browser, Desk, from, from_this_machine, welcome};

async fn scheduled(desk: &Desk, queue: &str) -> JobId {
    desk.client.schedule(welcome("ana")).in_hours(1).to_queue(queue).await.unwrap()
}

fn changes(document: &Value) -> Vec<(String, String, String)> {
    let mut changes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, what) in methods.as_object().unwrap().iter().filter(|(method, _)| *method != "get") {
            changes.push((method.to_uppercase(), path.clone(), what["x-permission"].as_str().unwrap().to_owned()));
        }
    }
    assert!(changes.len() > 10);
    changes
}

/// A body that would be accepted.
fn body(method: &str, path: &str) -> &'static str {
    match (method, path) {
        ("PATCH", "/queues/{queue}") => r#"{"late_after_seconds": 5}"#,
        ("PATCH", _) => r#"{"priority": 1}"#,
        ("POST", "/views" | "/views/{id}/rename") => r#"{"name": "mails"}"#,
        ("POST", "/jobs") => r#"{"kind": "send_welcome"}"#,
        (_, "/operations" | "/operations/preview") => r#"{"action": "cancel", "filter": ""}"#,
        _ => "",
    }
}

#[tokio::test]
async fn each_change_takes_the_permission_that_the_document_names() {
    let desk = Desk::new().await;
    let id = scheduled(&desk, "mail").await;
    let document = get(&desk.browser, "/openapi.json").await;

    for (method, path, permission) in changes(&document) {
        if path.starts_with("/operations/{id}") {
            continue;
        }
        let held = [
            Permission::Requeue,
            Permission::RunNow,
            Permission::Cancel,
            Permission::Discard,
            Permission::Delete,
            Permission::Edit,
            Permission::Enqueue,
            Permission::PauseQueues,
            Permission::ManageWorkers,
            Permission::ResolveErrors,
            Permission::Operations,
            Permission::SaveViews,
            Permission::ManageRecurring,
        ];
        let others = held.into_iter().filter(|held| held.as_str() != permission);
        let all_others = others.fold(Permissions::read_only(), Permissions::with);
        let browser = seen_by(&desk.console, Visitor::new("ben").permissions(all_others));
        let address = path.replace("{id}", &id.to_string()).replace("{queue}", "mail");

        let problem = refused(&browser, &method, &address, body(&method, &path), 403).await;

        assert!(detail(&problem).contains(&permission), "{method} {path}: {problem}");
    }
    assert_eq!(desk.console.job(id).await.unwrap().state, JobState::Scheduled);
    assert!(desk.console.audit(&task_tower::AuditFilter::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn operations_take_the_permission_of_their_action_as_well() {
    let desk = Desk::new().await;
    let begun = made(&desk.browser, "POST", "/operations", r#"{"action": "cancel", "filter": ""}"#, 201).await;
    let few = Permissions::read_only().with(Permission::Operations);
    let ben = seen_by(&desk.console, Visitor::new("ben").permissions(few));
    let eve = seen_by(
        &desk.console,
        Visitor::new("eve").permissions(few.without(Permission::Operations).with(Permission::Cancel)),
    );
    let path = format!("/operations/{}", begun["id"].as_str().unwrap());

    for path in ["/operations", "/operations/preview"] {
        let problem = refused(&ben, "POST", path, r#"{"action": "discard", "filter": ""}"#, 403).await;

        assert!(detail(&problem).contains("discard"), "{problem}");
    }
    refused(&eve, "POST", &format!("{path}/cancel"), "", 403).await;
    refused(&eve, "POST", &format!("{path}/undo"), "", 403).await;
}

#[tokio::test]
async fn who_may_only_look_changes_nothing() {
    let desk = Desk::new().await;
    let id = scheduled(&desk, "mail").await;
    let document = get(&desk.browser, "/openapi.json").await;
    let reader = Browser::new(router(desk.console.clone(), Access::loopback().read_only()));

    for (method, path, _) in changes(&document) {
        let address = path.replace("{id}", &id.to_string()).replace("{queue}", "mail");

        refused(&reader, &method, &address, body(&method, &path), 403).await;
    }
    get(&reader, &format!("/jobs/{id}")).await;
}

#[tokio::test]
async fn what_is_out_of_sight_is_not_there() {
    let desk = Desk::new().await;
    let (seen, hidden) = (scheduled(&desk, "mail").await, scheduled(&desk, "images").await);
    made(&desk.browser, "POST", "/operations", r#"{"action": "run_now", "filter": "queue:none"}"#, 201).await;
    let ben = seen_by(&desk.console, Visitor::new("ben").scope(Scope::all().queues(["mail"])));

    for path in ["/jobs", "/queues", "/workers", "/audit", "/operations"] {
        let answer = get(&ben, path).await.to_string();
        assert!(!answer.contains(&hidden.to_string()) && !answer.contains("images"), "{path}: {answer}");
    }
    assert!(get(&ben, "/jobs").await.to_string().contains(&seen.to_string()));
    assert_eq!(get(&ben, "/counts").await["scheduled"]["n"], 1);
    assert_eq!(get(&ben, "/audit").await["items"], json!([]));
    assert_eq!(get(&ben, "/operations").await["items"], json!([]));
    refused(&ben, "GET", "/doctor", "", 403).await;
    for (method, path) in [("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/requeue"), ("POST", "/run-now")]
    {
        refused(&ben, method, &format!("/jobs/{hidden}{path}"), "", 404).await;
    }
    for path in ["/queues/images", "/queues/images/pause", "/queues/images/resume"] {
        refused(&ben, if path.ends_with("images") { "GET" } else { "POST" }, path, "", 404).await;
    }
    assert_eq!(desk.console.job(hidden).await.unwrap().state, JobState::Scheduled);
}

#[tokio::test]
async fn nobody_moves_a_job_out_of_their_sight() {
    let desk = Desk::new().await;
    let id = scheduled(&desk, "mail").await;
    let ben = seen_by(&desk.console, Visitor::new("ben").scope(Scope::all().queues(["mail"])));
    let eve = seen_by(&desk.console, Visitor::new("eve").scope(Scope::all().kinds(["send_*"])));

    refused(&ben, "POST", "/jobs", r#"{"kind": "send_welcome", "queue": "images"}"#, 404).await;
    refused(&ben, "POST", "/jobs", r#"{"kind": "send_welcome"}"#, 404).await;
    refused(&eve, "POST", "/jobs", r#"{"kind": "charge_card"}"#, 404).await;
    made(&eve, "POST", "/jobs", r#"{"kind": "send_welcome"}"#, 201).await;
    refused(&ben, "PATCH", &format!("/jobs/{id}"), r#"{"queue": "images"}"#, 404).await;
    refused(&ben, "POST", "/operations", r#"{"action": "move", "queue": "images", "filter": ""}"#, 404).await;

    assert_eq!(desk.console.job(id).await.unwrap().queue, "mail");
}

#[tokio::test]
async fn a_browser_changes_things_for_this_site_only_and_a_program_needs_its_token() {
    let desk = Desk::new().await;
    let id = scheduled(&desk, "mail").await;
    let robots = Browser::new(router(desk.console.clone(), Access::bearer("t0ken").actor("deploy")));
    let path = format!("/api/v1/jobs/{id}/cancel");
    let asked = |token: &str| {
        let request = from("192.0.2.7:1", "POST", &path).header("host", "tower.example.org");
        request.header("authorization", format!("Bearer {token}"))
    };

    let plain = desk.browser.send_as(from_this_machine("POST", &path), "application/json", "").await;
    let cross = from_this_machine("POST", &path).header("sec-fetch-site", "cross-site");
    let cross = desk.browser.send_as(cross, "application/json", "").await;
    let form = from_this_machine("POST", &path).header("sec-fetch-site", "same-origin");
    let form = desk.browser.send_as(form, "text/plain", "{}").await;
    let wrong = robots.send_as(asked("t0ke"), "application/json", "").await;
    let state = desk.console.job(id).await.unwrap().state;
    let right = robots.send_as(asked("t0ken"), "application/json", "").await;

    assert_eq!((plain.status, cross.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!((wrong.status, state), (StatusCode::UNAUTHORIZED, JobState::Scheduled));
    assert!(wrong.headers.contains_key("www-authenticate"));
    assert_eq!(right.status, StatusCode::OK);
    let audit = desk.console.audit(&task_tower::AuditFilter::new()).await.unwrap();
    assert_eq!(audit[0].actor, "deploy");
}

#[tokio::test]
async fn no_answer_invites_another_site() {
    let desk = Desk::new().await;
    let document = get(&desk.browser, "/openapi.json").await;

    for path in document["paths"].as_object().unwrap().keys() {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let request = from_this_machine(method, &format!("/api/v1{path}"));
            let request =
                request.header("origin", "https://evil.example").header("access-control-request-method", "POST");

            let answer = desk.browser.open(request).await;

            let names = || answer.headers().keys().map(|name| name.as_str());
            assert!(!names().any(|name| name.starts_with("access-control-")), "{method} {path}");
            assert!(names().any(|name| name == "content-security-policy"), "{method} {path}");
            assert_eq!(answer.headers()["cache-control"], "no-store", "{method} {path}");
        }
    }
    assert_eq!(send(&desk.browser, "OPTIONS", "/jobs", "").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

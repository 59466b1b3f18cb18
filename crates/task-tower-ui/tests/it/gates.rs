//! Passwords, tokens and rules of the host's own.

use axum::http::request::Parts;
use axum::http::{StatusCode, request};
use task_tower::{AuditFilter, JobState};
use task_tower_ui::{Access, Decision, Gate, Permission, Permissions, Scope, Visitor, router};

use crate::browser::{Answer, Browser, Desk, from, welcome};
use crate::support::TestBed;

/// `ana:correct horse`, `ana:wrong`, `bob:correct horse`.
const ANA: &str = "Basic YW5hOmNvcnJlY3QgaG9yc2U=";
const ANA_WRONG: &str = "Basic YW5hOndyb25n";
const BOB: &str = "Basic Ym9iOmNvcnJlY3QgaG9yc2U=";

async fn desk(access: Access) -> Desk {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    Desk { browser: Browser::new(router(tower.console(), access)), client: tower.client(), console: tower.console() }
}

fn asked(method: &str, path: &str, authorization: &str) -> request::Builder {
    let request = from("192.0.2.7:1", method, path).header("host", "tower.example.org");
    match authorization {
        "" => request,
        value => request.header("authorization", value),
    }
}

async fn get(desk: &Desk, path: &str, authorization: &str) -> Answer {
    desk.browser.send(asked("GET", path, authorization), "").await
}

fn challenges(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn a_password_lets_in_its_user_and_nobody_else() {
    let desk = desk(Access::basic("ana", "correct horse")).await;

    let right = get(&desk, "/jobs", ANA).await;

    assert_eq!(right.status, StatusCode::OK);
    assert!(right.body.contains("translate=\"no\">ana<"), "{}", right.body);
    for wrong in ["", ANA_WRONG, BOB, "Basic", "Basic ???", "Bearer correct horse", "Basic YW5hOg=="] {
        let answer = get(&desk, "/jobs", wrong).await;

        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert_eq!(challenges(&answer), ["Basic realm=\"Task Tower\", charset=\"UTF-8\""], "{wrong}");
        assert!(answer.headers.contains_key("content-security-policy") && !answer.body.contains("jobs?q="), "{wrong}");
    }
}

#[tokio::test]
async fn of_several_users_each_has_their_own_permissions() {
    let access = Access::basic("bob", "correct horse").read_only().or(Access::basic("ana", "correct horse"));
    let desk = desk(access).await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let cancel = |user| asked("POST", &format!("/jobs/{id}/cancel"), user).header("sec-fetch-site", "same-origin");

    let by_bob = desk.browser.send(cancel(BOB), "").await;
    let state = desk.console.job(id).await.unwrap().state;
    let by_ana = desk.browser.send(cancel(ANA), "").await;

    assert_eq!((by_bob.status, state), (StatusCode::FORBIDDEN, JobState::Enqueued));
    assert_eq!(by_ana.status, StatusCode::SEE_OTHER);
    let audit = desk.console.audit(&AuditFilter::new()).await.unwrap();
    assert_eq!(audit.iter().map(|record| record.actor.as_str()).collect::<Vec<_>>(), ["ana"]);
}

#[tokio::test]
async fn a_password_does_not_open_the_door_to_other_sites() {
    let desk = desk(Access::basic("ana", "correct horse")).await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let request = asked("POST", &format!("/jobs/{id}/cancel"), ANA).header("sec-fetch-site", "cross-site");

    let answer = desk.browser.send(request, "").await;

    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.console.job(id).await.unwrap().state, JobState::Enqueued);
}

#[tokio::test]
async fn a_token_lets_a_program_in_which_says_nothing_about_sites() {
    let desk = desk(Access::bearer("t0ken")).await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let path = format!("/jobs/{id}/cancel");

    let wrong = desk.browser.send(asked("POST", &path, "Bearer t0ke"), "").await;
    let cross =
        desk.browser.send(asked("POST", &path, "Bearer t0ken").header("sec-fetch-site", "cross-site"), "").await;
    let state = desk.console.job(id).await.unwrap().state;
    let right = desk.browser.send(asked("POST", &path, "Bearer t0ken"), "").await;

    assert_eq!((wrong.status, challenges(&wrong)), (StatusCode::UNAUTHORIZED, vec!["Bearer realm=\"Task Tower\""]));
    assert_eq!((cross.status, state), (StatusCode::FORBIDDEN, JobState::Enqueued));
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_empty_secret_lets_nobody_in() {
    let desk = desk(Access::basic("ana", "").or(Access::bearer(""))).await;

    for authorization in ["Basic YW5hOg==", "Bearer ", "Bearer"] {
        let answer = get(&desk, "/jobs", authorization).await;

        assert_eq!((answer.status, challenges(&answer).len()), (StatusCode::UNAUTHORIZED, 2), "{authorization}");
    }
}

/// Knows people by a header, as a proxy that signs people in sets one.
struct ByHeader;

impl Gate for ByHeader {
    async fn check(&self, parts: &Parts) -> Decision {
        match parts.headers.get("x-person").map(|name| name.to_str().unwrap()) {
            Some("ana") => Decision::Allow(Visitor::new("ana")),
            Some("support") => {
                let permissions = Permissions::read_only().with(Permission::Requeue).with(Permission::Delete);
                Decision::Allow(Visitor::new("support").permissions(permissions).scope(Scope::all().queues(["mail*"])))
            }
            Some("nobody") => Decision::Allow(Visitor::new("nobody").permissions(Permissions::none())),
            Some(_) => Decision::Deny,
            None => Decision::Redirect("/sign-in".to_owned()),
        }
    }
}

async fn as_person(desk: &Desk, person: &str, method: &str, path: &str) -> Answer {
    let request = asked(method, path, "").header("x-person", person).header("sec-fetch-site", "same-origin");
    desk.browser.send(request, "").await
}

#[tokio::test]
async fn a_rule_of_the_hosts_own_lets_in_refuses_and_sends_to_sign_in() {
    let desk = desk(Access::gate(ByHeader)).await;

    let unknown = get(&desk, "/jobs", "").await;
    let change =
        desk.browser.send(asked("POST", "/queues/pause", "").header("sec-fetch-site", "same-origin"), "").await;
    let program = get(&desk, "/api/v1/jobs", "").await;

    assert_eq!((unknown.status, unknown.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(unknown.headers.contains_key("content-security-policy"));
    assert_eq!(change.status, StatusCode::FORBIDDEN);
    assert_eq!((program.status, &program.headers["content-type"]), (StatusCode::FORBIDDEN, &PROBLEM.parse().unwrap()));
    for (person, status) in [("ana", StatusCode::OK), ("eve", StatusCode::FORBIDDEN), ("nobody", StatusCode::FORBIDDEN)]
    {
        assert_eq!(as_person(&desk, person, "GET", "/jobs").await.status, status, "{person}");
    }
}

const PROBLEM: &str = "application/problem+json";

#[tokio::test]
async fn who_may_not_do_something_has_no_button_for_it_and_is_refused() {
    let desk = desk(Access::gate(ByHeader)).await;
    let id = desk.client.enqueue(welcome("ana")).to_queue("mail").in_seconds(600).await.unwrap();
    let page = format!("/jobs/{id}");

    let shown = as_person(&desk, "support", "GET", &page).await;
    let cancel = as_person(&desk, "support", "POST", &format!("{page}/cancel")).await;
    let pause = desk.browser.send(
        asked("POST", "/queues/pause", "").header("x-person", "support").header("sec-fetch-site", "same-origin"),
        "name=mail",
    );
    let pause = pause.await;
    let state = desk.console.job(id).await.unwrap().state;
    let requeue = as_person(&desk, "support", "POST", &format!("{page}/requeue")).await;

    let buttons = shown.attributes("action");
    assert!(buttons.iter().any(|action| action.ends_with("requeue")), "{buttons:?}");
    assert!(!buttons.iter().any(|action| action.ends_with("cancel") || action.ends_with("discard")), "{buttons:?}");
    assert!(!as_person(&desk, "support", "GET", "/queues").await.body.contains("queues/pause"));
    assert_eq!((cancel.status, state), (StatusCode::FORBIDDEN, JobState::Scheduled));
    assert!(cancel.body.contains("cancel"), "{}", cancel.body);
    assert_eq!(pause.status, StatusCode::FORBIDDEN);
    assert_eq!(requeue.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_is_out_of_sight_is_not_there() {
    let desk = desk(Access::gate(ByHeader)).await;
    let seen = desk.client.enqueue(welcome("ana")).to_queue("mail_eu").await.unwrap();
    let hidden = desk.client.enqueue(welcome("bob")).to_queue("images").await.unwrap();

    let list = as_person(&desk, "support", "GET", "/jobs").await;
    let page = as_person(&desk, "support", "GET", &format!("/jobs/{hidden}")).await;
    let delete = as_person(&desk, "support", "POST", &format!("/jobs/{hidden}/delete")).await;
    let queues = as_person(&desk, "support", "GET", "/queues").await;

    assert!(list.body.contains(&seen.to_string()) && !list.body.contains(&hidden.to_string()), "{}", list.body);
    assert!(queues.body.contains("mail_eu") && !queues.body.contains("images"), "{}", queues.body);
    assert_eq!((page.status, delete.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert!(desk.console.job(hidden).await.is_ok());
}

#[tokio::test]
async fn a_policy_can_be_narrowed_and_its_people_named() {
    let access = Access::gate(ByHeader)
        .permissions(Permissions::all().without(Permission::Delete))
        .scope(Scope::all().kinds(["other"]))
        .actor("everybody");
    let desk = desk(access).await;
    let id = desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();

    let page = as_person(&desk, "ana", "GET", "/jobs").await;

    assert!(page.body.contains("translate=\"no\">everybody<") && !page.body.contains(&id.to_string()), "{}", page.body);
}

#[tokio::test]
async fn the_page_of_a_refusal_has_its_style_and_nothing_else_is_open() {
    let desk = desk(Access::basic("ana", "correct horse")).await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let refused = get(&desk, "/jobs", "").await;
    let links = [refused.attributes("href"), refused.attributes("src")].concat();
    let files: Vec<&str> = links.iter().filter_map(|link| link.strip_prefix("./assets/")).collect();

    assert!(files.iter().any(|file| file.ends_with("/tower.css")), "{links:?}");
    for (method, file) in files.iter().flat_map(|file| [("GET", file), ("HEAD", file)]) {
        let answer = desk.browser.send(asked(method, &format!("/assets/{file}"), ""), "").await;

        assert_eq!(answer.status, StatusCode::OK, "{method} {file}");
        for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"] {
            assert_eq!(answer.headers[name], refused.headers[name], "{method} {file}");
        }
    }
    let hash = files[0].split('/').next().unwrap();
    let closed = [
        "/",
        "/overview",
        "/jobs",
        "/jobs/new",
        "/queues",
        "/kinds",
        "/errors",
        "/workers",
        "/operations",
        "/audit",
        "/audit.csv",
        "/doctor",
        "/doctor.txt",
        "/settings",
        "/keys",
        "/palette.json",
        "/components",
        "/events",
        "/nowhere",
        "/api/v1/jobs",
        "/api/v1/openapi.json",
        "/assets",
        "/assets/",
        "/assets/tower.css",
        "/assets//tower.css",
        "/assets/x/none.css",
        "/assets/x/tower.css/",
        "/assets/x/y/tower.css",
        "/assets/x/tower%2Ecss",
        "/x/assets/x/tower.css",
        "/assets/..%2fjobs",
        "/assets/%2e%2e/jobs",
        "/assets/x/../../jobs",
        "/assets/x/tower.css%2f..%2fjobs",
    ];
    for path in closed.map(str::to_owned).into_iter().chain([format!("/jobs/{id}"), format!("/jobs/{id}/payload.json")])
    {
        assert_eq!(get(&desk, &path, "").await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for method in ["POST", "PUT", "DELETE"] {
        let answer = desk.browser.send(asked(method, &format!("/assets/{hash}/tower.css"), ""), "").await;

        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method}");
    }
}

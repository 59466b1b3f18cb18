//! Who may see the dashboard, and who may change things with it.

use axum::http::{Request, StatusCode};
use task_tower::JobState;
use task_tower_ui::{Access, router};

use crate::browser::{Browser, Desk, from, from_this_machine, welcome};
use crate::support::TestBed;

#[tokio::test]
async fn this_machine_is_let_in_by_each_of_its_names() {
    let desk = Desk::new().await;

    for (peer, host) in
        [("127.0.0.1:1", "127.0.0.1:4700"), ("[::1]:1", "[::1]:4700"), ("[::ffff:127.0.0.1]:1", "localhost")]
    {
        let answer = desk.browser.send(from(peer, "GET", "/jobs").header("host", host), "").await;

        assert_eq!(answer.status, StatusCode::OK, "{peer} {host}");
    }
}

#[tokio::test]
async fn another_machine_is_refused() {
    let desk = Desk::new().await;

    let answer = desk.browser.send(from("192.0.2.7:1", "GET", "/jobs").header("host", "localhost"), "").await;

    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("for this machine only"), "{}", answer.body);
}

#[tokio::test]
async fn without_the_peers_address_nobody_is_let_in_and_the_page_says_why() {
    let desk = Desk::new().await;

    let answer = desk.browser.send(Request::builder().uri("/jobs").header("host", "localhost"), "").await;

    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("into_make_service_with_connect_info"), "{}", answer.body);
}

#[tokio::test]
async fn what_a_proxy_forwards_is_refused() {
    let desk = Desk::new().await;

    for header in ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-anything", "x-real-ip"] {
        let answer = desk.browser.send(from_this_machine("GET", "/jobs").header(header, "127.0.0.1"), "").await;

        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header}");
    }
}

#[tokio::test]
async fn a_name_that_only_leads_here_is_refused() {
    let desk = Desk::new().await;

    for host in ["evil.example", "localhost.evil.example:4700", "127.0.0.1.evil.example"] {
        let answer = desk.browser.send(from("127.0.0.1:1", "GET", "/jobs").header("host", host), "").await;

        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{host}");
    }
}

#[tokio::test]
async fn a_change_that_another_site_asks_for_is_refused() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let path = format!("/jobs/{id}/cancel");

    let silent = desk.browser.send(from_this_machine("POST", &path), "").await;
    let cross = desk.browser.send(from_this_machine("POST", &path).header("sec-fetch-site", "cross-site"), "").await;
    let sibling = desk.browser.send(from_this_machine("POST", &path).header("sec-fetch-site", "same-site"), "").await;
    let origin = desk.browser.send(from_this_machine("POST", &path).header("origin", "http://localhost:9"), "").await;
    let null = desk.browser.send(from_this_machine("POST", &path).header("origin", "null"), "").await;

    for answer in [silent, cross, sibling, origin, null] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(desk.console.job(id).await.unwrap().state, JobState::Enqueued);
}

#[tokio::test]
async fn an_older_browser_is_known_by_its_origin() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let request = from_this_machine("POST", &format!("/jobs/{id}/cancel")).header("origin", "http://localhost:4700");

    let answer = desk.browser.send(request, "").await;

    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.console.job(id).await.unwrap().state, JobState::Cancelled);
}

#[tokio::test]
async fn a_read_only_dashboard_has_no_buttons_and_changes_nothing() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let id = tower.client().enqueue(welcome("ana")).await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback().read_only()));

    let pages = [browser.get(&format!("/jobs/{id}")).await, browser.get("/queues").await];
    let answer = browser.post(&format!("/jobs/{id}/cancel"), "").await;

    for page in pages {
        assert_eq!(page.status, StatusCode::OK);
        // What remains are the reader's own settings.
        let forms = page.body.matches("method=\"post\"").count();
        assert_eq!(forms, page.attributes("action").iter().filter(|action| action.ends_with("settings")).count());
    }
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(tower.console().job(id).await.unwrap().state, JobState::Enqueued);
}

//! What every answer carries, and what no page contains.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::http::StatusCode;
use task_tower::Job;
use task_tower_ui::{Access, Color, Dashboard};

use crate::browser::{Answer, Browser, Desk, SendWelcome, from, from_this_machine, welcome};
use crate::support::TestBed;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src \
                      'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

#[tokio::test]
async fn every_answer_carries_the_headers_of_safety_and_none_that_opens_a_door() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let style = style(&desk.browser.get("/jobs").await);

    let answers = [
        (desk.browser.get("/").await, StatusCode::SEE_OTHER),
        (desk.browser.get("/jobs").await, StatusCode::OK),
        (desk.browser.get(&style).await, StatusCode::OK),
        (desk.browser.get("/livez").await, StatusCode::OK),
        (desk.browser.get("/nowhere").await, StatusCode::NOT_FOUND),
        (desk.browser.get("/jobs/1").await, StatusCode::BAD_REQUEST),
        (desk.browser.post("/jobs", "").await, StatusCode::METHOD_NOT_ALLOWED),
        (desk.browser.post(&format!("/jobs/{id}/cancel"), "").await, StatusCode::SEE_OTHER),
        (desk.browser.get("/assets/0/../x").await, StatusCode::NOT_FOUND),
        (desk.browser.get("/jobs/%ff").await, StatusCode::BAD_REQUEST),
        (desk.browser.get("/api/v1/nowhere").await, StatusCode::NOT_FOUND),
        (desk.browser.send(from_this_machine("OPTIONS", "/jobs"), "").await, StatusCode::METHOD_NOT_ALLOWED),
        (desk.browser.send(from_this_machine("HEAD", "/jobs"), "").await, StatusCode::OK),
        (desk.browser.send(from("192.0.2.7:1", "GET", "/jobs"), "").await, StatusCode::FORBIDDEN),
    ];

    for (answer, status) in answers {
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers["content-security-policy"], POLICY);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["referrer-policy"], "same-origin");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(answer.headers["cross-origin-resource-policy"], "same-origin");
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{answer:?}");
    }
}

#[tokio::test]
async fn those_who_may_frame_it_are_named_and_the_rest_stays() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let dashboard = Dashboard::new(tower.console(), Access::loopback());
    let browser = Browser::new(dashboard.frame_ancestors(["'self'", "https://ops.example.org"]).router());

    let answer = browser.get("/jobs").await;

    let policy = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self' https://ops.example.org");
    assert_eq!(answer.headers["content-security-policy"], policy);
    assert!(!answer.headers.contains_key("x-frame-options"));
}

#[tokio::test]
async fn a_source_that_would_change_the_policy_is_refused() {
    for source in ["https://a.example; script-src *", "https://a.example https://b.example", "a,b", "", "ä.example"] {
        let tower = TestBed::new().await.builder().build().await.unwrap();
        let dashboard = Dashboard::new(tower.console(), Access::loopback());

        let refused = catch_unwind(AssertUnwindSafe(|| dashboard.frame_ancestors([source])));

        assert!(refused.is_err(), "{source}");
    }
}

#[tokio::test]
async fn every_page_says_which_tower_it_is() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let dashboard = Dashboard::new(tower.console(), Access::loopback());
    let dashboard = dashboard.instance("shop <production>", Color::Red).place("eu <1>");
    let dashboard = dashboard.peer("shop <staging>", Color::Green, "https://staging.example.org/?a&b");
    let browser = Browser::new(dashboard.router());

    for path in ["/jobs", "/queues", "/workers", "/nowhere"] {
        let page = browser.get(path).await.body;

        assert!(page.contains("shop &#60;production&#62;") && page.contains("class=\"instance red\""), "{page}");
        assert!(
            page.contains(" · shop &#60;production&#62; · Task Tower</title>")
                && page.contains(">eu &#60;1&#62; · PostgreSQL 1"),
            "{page}"
        );
        assert!(page.contains("/tower-red.svg\"") && page.contains(">shop &#60;staging&#62;</a>"), "{page}");
        assert!(page.contains("<a class=\"green\" href=\"https://staging.example.org/?a&#38;b\""), "{page}");
    }
}

#[tokio::test]
async fn another_tower_is_found_by_an_address_of_the_web() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    for address in ["javascript:alert(1)", "//example.org", "/\\example.org", "staging", ""] {
        let dashboard = Dashboard::new(tower.console(), Access::loopback());

        let refused = catch_unwind(AssertUnwindSafe(|| dashboard.peer("staging", Color::Green, address)));

        assert!(refused.is_err(), "{address}");
    }
}

#[tokio::test]
async fn pages_are_not_kept_and_files_are_kept_for_ever() {
    let desk = Desk::new().await;
    let page = desk.browser.get("/jobs").await;

    let file = desk.browser.get(&style(&page)).await;
    let old_file = desk.browser.get("/assets/0123456789abcdef/tower.css").await;

    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(file.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(old_file.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn no_page_has_script_or_style_of_its_own() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).tags(["vip"]).await.unwrap();

    for path in ["/jobs", &format!("/jobs/{id}"), "/queues", "/workers", "/settings", "/components", "/nowhere"] {
        let page = desk.browser.get(path).await.body;

        assert!(!page.contains(" style=") && !page.contains("<style") && !has_handler(&page), "{path}: {page}");
        assert!(
            page.split("<script").skip(1).all(|rest| rest.contains("src=") && rest.contains("></script>")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn hostile_text_is_only_text() {
    let desk = Desk::new().await;
    let hostile = "</pre><script>alert(1)</script>\"'&";
    let id = desk.client.enqueue(welcome(hostile)).to_queue(hostile).tags([hostile]).await.unwrap();
    let encoded = "%3C/pre%3E%3Cscript%3Ealert(1)%3C/script%3E%22'%26";

    for path in [
        "/jobs",
        &format!("/jobs/{id}"),
        "/queues",
        &format!("/jobs?q={encoded}"),
        &format!("/jobs?q=queue:%22x%22&add={encoded}"),
    ] {
        let page = desk.browser.get(path).await;

        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.body.contains("<script>alert"), "{path}: {}", page.body);
    }
    let found = desk.browser.follow(&format!("/jobs?queue={encoded}&tag={encoded}")).await;
    assert!(found.body.contains(SendWelcome::KIND) && found.body.contains(&id.to_string()), "{}", found.body);
}

/// An attribute such as `onclick`.
fn has_handler(page: &str) -> bool {
    page.split(" on")
        .skip(1)
        .any(|rest| rest.trim_start_matches(|letter: char| letter.is_ascii_lowercase()).starts_with('='))
}

fn style(page: &Answer) -> String {
    let links = page.attributes("href");
    let link = links.iter().find(|link| link.ends_with("tower.css")).unwrap();
    link.trim_start_matches('.').to_owned()
}

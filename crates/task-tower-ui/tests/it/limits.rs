//! What is too much, of the wrong kind, or meant to lead astray.

use axum::http::StatusCode;

use crate::browser::{Answer, Desk, from_this_machine, welcome};

async fn change(desk: &Desk, path: &str, kind: &str, body: &str) -> Answer {
    let request = from_this_machine("POST", path).header("sec-fetch-site", "same-origin");
    desk.browser.send_as(request, kind, body).await
}

#[tokio::test]
async fn an_address_that_is_too_long_is_refused() {
    let desk = Desk::new().await;
    let query = |bytes: usize| format!("/jobs?q={}", "x".repeat(bytes - 2));

    let longest = desk.browser.get(&query(8 * 1024)).await;
    let longer = desk.browser.get(&query(8 * 1024 + 1)).await;
    let path = desk.browser.get(&format!("/{}", "x".repeat(2 * 1024))).await;

    assert_eq!(longest.status, StatusCode::OK);
    assert_eq!((longer.status, path.status), (StatusCode::URI_TOO_LONG, StatusCode::URI_TOO_LONG));
}

#[tokio::test]
async fn a_nul_in_a_parameter_is_refused_by_the_name_of_the_parameter() {
    let desk = Desk::new().await;

    for (path, name) in [
        ("/jobs?q=a%00b", "q"),
        ("/audit?action=requeue&actor=%00", "actor"),
        ("/audit.csv?target=%00", "target"),
        ("/errors?q=%00", "q"),
        ("/kinds?q=%00", "q"),
        ("/palette.json?q=%00", "q"),
        ("/api/v1/audit?actor=%00", "actor"),
        ("/api/v1/suggest?q=a&q=%00", "q"),
    ] {
        let answer = desk.browser.get(path).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.body.contains(&format!("The parameter {name} has a NUL in it")), "{path}: {}", answer.body);
    }
    let percent = desk.browser.get("/audit?actor=%2500").await;
    assert_eq!(percent.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let desk = Desk::new().await;
    let form = |bytes: usize| format!("name=mail&other={}", "x".repeat(bytes - 16));

    let longest = desk.browser.post("/queues/pause", &form(1024 * 1024)).await;
    let longer = desk.browser.post("/queues/pause", &form(1024 * 1024 + 1)).await;

    assert_eq!(longest.status, StatusCode::SEE_OTHER);
    assert_eq!(longer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_form_is_no_text_and_a_program_sends_json() {
    let desk = Desk::new().await;

    let text = change(&desk, "/queues/pause", "text/plain", "name=mail").await;
    let form = change(&desk, "/api/v1/jobs", "application/x-www-form-urlencoded", "a=1").await;
    let plain = change(&desk, "/api/v1/jobs", "text/plain", "{}").await;
    let json = change(&desk, "/api/v1/nowhere", "application/json; charset=utf-8", "{}").await;

    for answer in [text, form, plain] {
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    assert_eq!(json.status, StatusCode::NOT_FOUND);
    assert!(desk.console.queues().await.unwrap().is_empty());
}

#[tokio::test]
async fn another_sites_form_is_refused_whatever_it_sends() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();

    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json"] {
        for path in ["/queues/pause", &format!("/jobs/{id}/delete"), "/api/v1/jobs"] {
            let request = from_this_machine("POST", path).header("origin", "https://evil.example");

            let answer = desk.browser.send_as(request, kind, "name=default").await;

            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{kind} {path}");
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{answer:?}");
        }
    }
    assert!(desk.console.job(id).await.is_ok());
}

#[tokio::test]
async fn nobody_is_told_that_another_site_may_ask() {
    let desk = Desk::new().await;

    for path in ["/jobs", "/api/v1/jobs", "/nowhere"] {
        for method in ["OPTIONS", "TRACE", "CONNECT"] {
            let request = from_this_machine(method, path)
                .header("origin", "https://evil.example")
                .header("access-control-request-method", "POST");

            let answer = desk.browser.send(request, "").await;

            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn no_file_is_reached_but_those_that_are_there() {
    let desk = Desk::new().await;

    for name in [
        "..",
        "../Cargo.toml",
        "..%2fCargo.toml",
        "%2e%2e/Cargo.toml",
        "%2e%2e%2fCargo.toml",
        "..%5cCargo.toml",
        "%5c..%5cCargo.toml",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "tower.css%00",
        "tower.css%00.svg",
        "./tower.css",
        "tower.css/",
        "TOWER.CSS",
        "..%252fCargo.toml",
        "%c0%ae%c0%ae/Cargo.toml",
        "....//Cargo.toml",
        "tower.css%2f..%2fCargo.toml",
        "C:%5cx",
    ] {
        let answer = desk.browser.get(&format!("/assets/0123456789abcdef/{name}")).await;

        assert!([404, 400].contains(&answer.status.as_u16()), "{name}: {}", answer.status);
        assert!(answer.headers.contains_key("content-security-policy") && !answer.body.contains("[package]"), "{name}");
    }
}

#[tokio::test]
async fn a_button_leads_back_to_a_page_of_this_site_only() {
    let desk = Desk::new().await;

    for (next, leads_there) in [
        ("/jobs?state=dead", true),
        ("//evil.example", false),
        ("/\\evil.example", false),
        ("https://evil.example/", false),
        ("/\t/evil.example", false),
        ("jobs", false),
    ] {
        let id = desk.client.enqueue(welcome("ana")).await.unwrap();
        let encoded: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();

        let answer = desk.browser.post(&format!("/jobs/{id}/cancel?next={encoded}"), "").await;

        let (own, location) = (format!("../{id}"), answer.location());
        let page = location[..location.find("undo=").unwrap()].trim_end_matches(['?', '&']);
        assert_eq!(page, if leads_there { next } else { &own }, "{next}");
    }
}

//! Where requests come from, and what they are called: in the audit, in answers and in the log.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use axum::http::request;
use serde_json::Value;
use task_tower::{AuditFilter, AuditRecord, Console};
use task_tower_ui::{Access, Dashboard};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::browser::{Browser, from, from_this_machine};
use crate::support::TestBed;

async fn console() -> Console {
    TestBed::new().await.builder().build().await.unwrap().console()
}

/// One that lets in whoever has the token, from wherever.
fn behind_proxies(console: &Console, proxies: u8) -> Browser {
    Browser::new(Dashboard::new(console.clone(), Access::bearer("t0ken")).trusted_proxies(proxies).router())
}

fn pause(peer: &str) -> request::Builder {
    from(peer, "POST", "/queues/pause").header("authorization", "Bearer t0ken")
}

async fn newest(console: &Console) -> AuditRecord {
    console.audit(&AuditFilter::new().limit(1)).await.unwrap().remove(0)
}

#[tokio::test]
async fn the_audit_has_the_address_and_the_id_of_the_request() {
    let console = console().await;
    let browser = behind_proxies(&console, 0);
    let request = pause("192.0.2.7:99").header("x-request-id", "req-1").header("x-forwarded-for", "203.0.113.9");

    let answer = browser.send(request, "name=mail").await;
    let nameless = browser.send(pause("[2001:db8::1]:1"), "name=low").await;

    assert_eq!((answer.status.as_u16(), &answer.headers["x-request-id"]), (303, &"req-1".parse().unwrap()));
    let [low, mail] = console.audit(&AuditFilter::new()).await.unwrap().try_into().unwrap();
    assert_eq!((mail.address.as_deref(), mail.request.as_deref()), (Some("192.0.2.7"), Some("req-1")));
    assert_eq!(low.address.as_deref(), Some("2001:db8::1"));
    assert_eq!(low.request.as_deref(), nameless.headers["x-request-id"].to_str().ok());
}

#[tokio::test]
async fn a_proxy_is_believed_when_the_host_says_so() {
    let console = console().await;
    let browser = behind_proxies(&console, 1);
    for (header, value, address) in [
        ("x-forwarded-for", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("forwarded", "for=198.51.100.2;proto=https", "198.51.100.2"),
        ("x-other", "203.0.113.9", "192.0.2.7"),
    ] {
        browser.send(pause("192.0.2.7:99").header(header, value), "name=mail").await;

        assert_eq!(newest(&console).await.address.as_deref(), Some(address), "{header}");
    }
}

#[tokio::test]
async fn the_audit_is_asked_by_address_and_by_request_on_the_page_in_files_and_by_programs() {
    let console = console().await;
    let browser = Browser::new(Dashboard::new(console.clone(), Access::loopback()).router());
    for (queue, id) in [("mail", "req-1"), ("images", "req-2")] {
        let request = from_this_machine("POST", "/queues/pause").header("sec-fetch-site", "same-origin");
        browser.send(request.header("x-request-id", id), &format!("name={queue}")).await;
    }

    let page = browser.get("/audit?request=req-1").await;

    assert!(page.body.contains(">mail<") && !page.body.contains(">images<"), "{}", page.body);
    let links = page.attributes("href");
    for link in ["audit?address=127.0.0.1", "audit?request=req-1", "audit.csv?request=req-1"] {
        assert!(links.iter().any(|found| found == link), "{link} is not in {links:?}");
    }
    for path in ["/audit.csv?request=req-1", "/audit.ndjson?request=req-1", "/api/v1/audit?request=req-1"] {
        let body = browser.get(path).await.body;
        assert!(body.contains("req-1") && body.contains("127.0.0.1") && !body.contains("req-2"), "{path}: {body}");
    }
    let none: Value = serde_json::from_str(&browser.get("/api/v1/audit?address=192.0.2.7").await.body).unwrap();
    assert_eq!(none["items"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn every_answer_says_what_its_request_is_called() {
    let browser = Browser::new(Dashboard::new(console().await, Access::loopback()).router());
    for (method, path, status) in [
        ("GET", "/jobs", 200),
        ("GET", "/nowhere", 404),
        ("OPTIONS", "/jobs", 405),
        ("POST", "/queues/pause", 403),
        ("GET", "/api/v1/jobs/x", 400),
        ("GET", "/assets/x/y", 404),
    ] {
        let answer = browser.send(from_this_machine(method, path).header("x-request-id", "req-1"), "").await;

        assert_eq!(
            (answer.status.as_u16(), &answer.headers["x-request-id"]),
            (status, &"req-1".parse().unwrap()),
            "{path}"
        );
    }
}

/// Writes down what is logged, each span and event as its fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn write(&self, record: impl FnOnce(&mut Line)) -> u64 {
        let mut line = Line::default();
        record(&mut line);
        let mut lines = self.0.lock().unwrap();
        lines.push(line.0);
        lines.len() as u64
    }
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!("{field}={value:?} ").replace('"', "");
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("task_tower")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Id::from_u64(self.write(|line| span.record(line)))
    }

    fn event(&self, event: &Event<'_>) {
        self.write(|line| event.record(line));
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn the_log_says_of_a_change_from_where_and_by_which_request_it_came() {
    let browser = behind_proxies(&console().await, 0);
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());

    browser.send(pause("192.0.2.7:99").header("x-request-id", "req-1"), "name=mail").await;

    let lines = log.0.lock().unwrap().clone();
    assert!(lines.iter().any(|line| line.starts_with("id=req-1 address=192.0.2.7")), "{lines:?}");
    let change = lines.iter().find(|line| line.contains("changed by hand")).unwrap();
    assert!(change.contains("address=192.0.2.7 request=req-1 action=pause_queue"), "{change}");
}

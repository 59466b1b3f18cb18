//! The dashboard, asked by programs.

mod changes;
mod document;
mod doors;
mod figures;
mod jobs;
mod manual;
mod operations;
mod places;
mod schema;
mod suggest;

use axum::http::request::Parts;
use serde_json::Value;
use task_tower::Console;
use task_tower_ui::{Access, Decision, Gate, Visitor, router};

use crate::browser::{Answer, Browser, from_this_machine};

/// Lets everybody in as this visitor.
struct Letting(Visitor);

impl Gate for Letting {
    async fn check(&self, _parts: &Parts) -> Decision {
        Decision::Allow(self.0.clone())
    }
}

pub(crate) fn seen_by(console: &Console, visitor: Visitor) -> Browser {
    Browser::new(router(console.clone(), Access::gate(Letting(visitor))))
}

/// Asks, from a page of the dashboard itself.
async fn send(browser: &Browser, method: &str, path: &str, body: &str) -> Answer {
    let request = from_this_machine(method, &format!("/api/v1{path}")).header("sec-fetch-site", "same-origin");
    browser.send_as(request, "application/json", body).await
}

pub(crate) async fn get(browser: &Browser, path: &str) -> Value {
    let answer = send(browser, "GET", path, "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/json", "{path}");
    json(&answer)
}

/// A change that is made, with this status.
async fn made(browser: &Browser, method: &str, path: &str, body: &str, status: u16) -> Value {
    let answer = send(browser, method, path, body).await;
    assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
    json(&answer)
}

/// What went wrong, which is said as RFC 9457 wants it.
pub(crate) async fn refused(browser: &Browser, method: &str, path: &str, body: &str, status: u16) -> Value {
    let answer = send(browser, method, path, body).await;
    assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{method} {path}");
    let problem = json(&answer);
    assert_eq!(problem["status"], status);
    assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
    problem
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

fn detail(problem: &Value) -> &str {
    problem["detail"].as_str().unwrap()
}

//! Asks the dashboard as the browser of somebody on this machine does.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, request};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use task_tower::{Client, Console, Job, TaskTower};
use task_tower_ui::{Access, router};
use tower::ServiceExt;

use crate::support::TestBed;

/// A job that nobody runs.
#[derive(Serialize, Deserialize)]
pub struct SendWelcome {
    pub user: String,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

pub fn welcome(user: &str) -> SendWelcome {
    SendWelcome { user: user.to_owned() }
}

/// A tower without a worker, and the dashboard on it.
pub struct Desk {
    pub client: Client,
    pub console: Console,
    pub browser: Browser,
}

impl Desk {
    pub async fn new() -> Self {
        let tower = TestBed::new().await.builder().build().await.unwrap();
        Self::of(&tower)
    }

    pub fn of(tower: &TaskTower) -> Self {
        let browser = Browser::new(router(tower.console(), Access::loopback()));
        Self { client: tower.client(), console: tower.console(), browser }
    }
}

/// A browser on this machine.
pub struct Browser {
    router: Router,
}

/// What it got.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get("location").unwrap().to_str().unwrap()
    }

    /// The values of an attribute, in the order of the page.
    pub fn attributes(&self, name: &str) -> Vec<String> {
        let begin = format!(" {name}=\"");
        let pieces = self.body.split(&begin).skip(1);
        pieces.map(|piece| piece[..piece.find('"').unwrap()].replace("&amp;", "&").replace("&#38;", "&")).collect()
    }
}

impl Browser {
    pub fn new(router: Router) -> Self {
        Self { router }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(from_this_machine("GET", path), "").await
    }

    /// The page that an address of the root leads to.
    pub async fn follow(&self, path: &str) -> Answer {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
        self.get(&format!("/{}", answer.location())).await
    }

    /// Sends a form from a page of the dashboard itself.
    pub async fn post(&self, path: &str, form: &str) -> Answer {
        self.send(from_this_machine("POST", path).header("sec-fetch-site", "same-origin"), form).await
    }

    /// The answer to a question of somebody on this machine, while it is still on its way.
    pub async fn open(&self, request: request::Builder) -> axum::response::Response {
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    pub async fn send(&self, request: request::Builder, form: &str) -> Answer {
        self.send_as(request, "application/x-www-form-urlencoded", form).await
    }

    pub async fn send_as(&self, request: request::Builder, kind: &str, body: &str) -> Answer {
        let request = request.header("content-type", kind).header("content-length", body.len());
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

pub fn from_this_machine(method: &str, path: &str) -> request::Builder {
    from("127.0.0.1:50000", method, path).header("host", "localhost:4700")
}

pub fn from(peer: &str, method: &str, path: &str) -> request::Builder {
    let peer: SocketAddr = peer.parse().unwrap();
    Request::builder().method(method).uri(path).extension(ConnectInfo(peer))
}

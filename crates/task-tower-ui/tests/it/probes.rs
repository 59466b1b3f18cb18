//! What answers those who watch the process, and what the front page says of trouble.

use axum::http::StatusCode;
use serde_json::{Value, json};
use task_tower::JobError;
use task_tower_ui::{Access, Dashboard, router};

use crate::browser::{Answer, Browser, Desk, SendWelcome, from};
use crate::support::proxy::Proxy;
use crate::support::{TestBed, until};

/// Somebody elsewhere, who has no password.
async fn probe(browser: &Browser, path: &str) -> Answer {
    browser.send(from("192.0.2.7:1", "GET", path).header("host", "tower.example.org"), "").await
}

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

async fn send_welcome(_job: SendWelcome) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test]
async fn who_probes_need_not_log_in_and_learns_nothing_else() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::basic("ana", "correct horse")));

    let (live, ready, page) =
        (probe(&browser, "/livez").await, probe(&browser, "/readyz").await, probe(&browser, "/jobs").await);

    assert_eq!((live.status, read(&live)), (StatusCode::OK, json!({ "status": "alive" })));
    assert_eq!((ready.status, read(&ready)), (StatusCode::OK, json!({ "status": "ready", "failing": [] })));
    assert_eq!(live.headers["cache-control"], "no-store");
    let change = browser.send(from("192.0.2.7:1", "POST", "/readyz").header("host", "tower.example.org"), "").await;
    assert_eq!([page.status, change.status], [StatusCode::UNAUTHORIZED; 2]);
}

#[tokio::test]
async fn without_a_database_it_lives_and_is_not_ready() {
    let bed = TestBed::new().await;
    let mut way = Proxy::start(&bed.url).await;
    let tower = bed.builder().connection_string(way.address().text()).build().await.unwrap();
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).router());

    way.cut().await;

    let (live, ready) = (probe(&browser, "/livez").await, probe(&browser, "/readyz").await);
    assert_eq!((live.status, ready.status), (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(read(&ready), json!({ "status": "not ready", "failing": ["database"] }));
}

#[tokio::test]
async fn it_is_ready_when_the_worker_of_the_process_is() {
    let tower = TestBed::new().await.builder().job(send_welcome).build().await.unwrap();
    let (browser, running) = (Browser::new(router(tower.console(), Access::loopback())), tower.start().unwrap());

    until("it is ready", async || probe(&browser, "/readyz").await.status == StatusCode::OK).await;

    running.stop().await;
}

/// A worker that died with two jobs, a queue that stands still by a job that takes too long.
const STORY: &str = "
    INSERT INTO tower.worker
        (id, host, process_id, version, slots, kinds, queues, dead_after, heartbeat_at, ended_at, ended_how, rescued)
    OVERRIDING SYSTEM VALUE
    VALUES (4711, '<far>', 7, '0', 1, '{}', '{}', '1 s', now() - interval '10 min', now() - interval '9 min', 'silent', 2),
           (4713, 'idle', 7, '0', 1, '{}', '{}', '1 s', now() - interval '10 min', now() - interval '8 min', 'silent', 0),
           (4712, 'near', 8, '0', 1, '{}', '{}', '1 h', now(), NULL, NULL, 0);
    INSERT INTO tower.kind (name, expected_ms) VALUES ('send_welcome', 60000);
    SELECT tower.enqueue('send_welcome', queue => 'mail');
    UPDATE tower.job
    SET state = 1, worker_id = 4712, lease = 1, attempt = 1, attempted_at = now() - interval '20 min';
    UPDATE tower.worker SET running = ARRAY(SELECT id FROM tower.job) WHERE id = 4712;";

#[tokio::test]
async fn the_front_page_says_what_is_wrong_and_so_does_the_api() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    bed.execute(&STORY.replace("tower.", &format!("{}.", bed.quoted()))).await;

    let page = desk.browser.get("/overview").await.body;
    let told: Value = read(&desk.browser.get("/api/v1/overview").await);

    for words in [
        "<a href=\"workers/4711\" translate=\"no\">&#60;far&#62;</a> has been dead since",
        "2 jobs were taken from it",
        "; no job was taken from it.",
        "has run for 20 min; at most 1 min 00 s were expected",
        "<a href=\"queues/mail\">mail</a> stands still: 1 job runs, the longest for 20 min",
    ] {
        assert!(page.contains(words), "{words} is not on {page}");
    }
    let kinds: Vec<&str> =
        told["troubles"].as_array().unwrap().iter().map(|trouble| trouble["trouble"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["worker_died", "worker_died", "queue_stands_still", "run_overdue"]);
    assert_eq!(told["troubles"][0]["rescued"], 2);
}

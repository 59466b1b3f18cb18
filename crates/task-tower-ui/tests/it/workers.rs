//! The workers.

use axum::http::StatusCode;
use task_tower::JobError;

use crate::browser::{Desk, SendWelcome, welcome};
use crate::support::{TestBed, until};

async fn send_welcome(_job: SendWelcome) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test]
async fn a_worker_is_listed_while_it_lives_and_after_it_stopped() {
    let tower = TestBed::new().await.builder().job(send_welcome).build().await.unwrap();
    let desk = Desk::of(&tower);
    let running = tower.start().unwrap();
    until("the worker is known", async || !desk.console.workers().await.unwrap().is_empty()).await;

    let alive = desk.browser.get("/workers").await.body;
    running.stop().await;
    let stopped = desk.browser.get("/workers").await.body;

    assert!(alive.contains(&format!("pid {},", std::process::id())) && alive.contains("of 8"), "{alive}");
    assert!(stopped.contains("stopped"), "{stopped}");
}

#[tokio::test]
async fn without_workers_the_page_says_that_jobs_wait() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/workers").await;

    assert!(page.body.contains("No worker has run"), "{}", page.body);
}

#[tokio::test]
async fn a_worker_is_quieted_resumed_and_stopped_by_buttons() {
    let tower = TestBed::new().await.builder().job(send_welcome).build().await.unwrap();
    let desk = Desk::of(&tower);
    let running = tower.start().unwrap();
    until("the worker is known", async || !desk.console.workers().await.unwrap().is_empty()).await;
    let id = desk.console.workers().await.unwrap()[0].id;

    desk.browser.post(&format!("/workers/{id}/quiet"), "").await;
    let quiet = desk.browser.get("/workers").await.body;
    desk.browser.post(&format!("/workers/{id}/resume"), "").await;
    let resumed = desk.browser.get("/workers").await.body;
    let stopped = desk.browser.post(&format!("/workers/{id}/stop"), "").await;
    let nobody = desk.browser.post("/workers/999999/stop", "").await;
    let nothing = desk.browser.post(&format!("/workers/{id}/explode"), "").await;

    assert!(quiet.contains("/resume\"") && !quiet.contains("/quiet\""), "{quiet}");
    assert!(resumed.contains("/quiet\""), "{resumed}");
    assert_eq!((stopped.status, stopped.location()), (StatusCode::SEE_OTHER, "../../workers"));
    assert_eq!((nobody.status, nothing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    running.stop().await;
}

#[tokio::test]
async fn of_a_worker_that_died_the_page_tells_how_many_jobs_were_taken_back() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(send_welcome).build().await.unwrap();
    let desk = Desk::of(&tower);
    desk.client.enqueue(welcome("ana")).await.unwrap();
    let sql = "INSERT INTO tower.worker (id, host, process_id, version, slots, busy, kinds, queues, dead_after)
               OVERRIDING SYSTEM VALUE
               VALUES (777, 'jobs-04', 12, '0.1.0', 4, 1, '{send_welcome}', '{}', interval '0')";
    bed.query(sql, &[]).await;
    bed.query("UPDATE tower.job SET state = 1, worker_id = 777, lease = 1, attempt = 1, attempted_at = now()", &[])
        .await;
    let before = desk.browser.get("/workers").await.body;

    let running = tower.start().unwrap();

    let told = "dead workers within the last hour: <a href=\"errors?q=WorkerLost\">1 job</a>. None was lost.";
    until("it is told", async || desk.browser.get("/workers").await.body.contains(told)).await;
    running.stop().await;
    for piece in ["jobs-04 is dead.", "<a href=\"jobs?q=worker%3A777\">Show its jobs</a>"] {
        assert!(before.contains(piece), "{piece} is not on {before}");
    }
    assert!(!before.contains("None was lost"), "{before}");
}

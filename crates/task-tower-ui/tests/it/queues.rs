//! The queues, and pausing them.

use axum::http::StatusCode;
use task_tower::QueueRecord;

use crate::browser::{Desk, welcome};

async fn queue(desk: &Desk, name: &str) -> QueueRecord {
    desk.console.queues().await.unwrap().into_iter().find(|queue| queue.name == name).unwrap()
}

#[tokio::test]
async fn a_queue_is_paused_with_a_reason_and_resumed() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("a/b & c").await.unwrap();

    let paused = desk.browser.post("/queues/pause", "name=a%2Fb+%26+c&reason=smtp+is+down").await;
    let page = desk.browser.get("/queues").await;
    let record = queue(&desk, "a/b & c").await;
    let resumed = desk.browser.post("/queues/resume", "name=a%2Fb+%26+c").await;

    assert_eq!((paused.status, paused.location()), (StatusCode::SEE_OTHER, "../queues"));
    assert!(page.body.contains("Paused") && page.body.contains("smtp is down"), "{}", page.body);
    assert_eq!(record.paused_reason.as_deref(), Some("smtp is down"));
    assert_eq!(resumed.status, StatusCode::SEE_OTHER);
    assert!(queue(&desk, "a/b & c").await.paused_at.is_none());
}

#[tokio::test]
async fn a_form_that_nobody_filled_in_is_refused() {
    let desk = Desk::new().await;

    for form in ["", "name=", "name=a%2Cb", "name=mail&reason=a%00b", &format!("name=mail&reason={}", "x".repeat(501))]
    {
        let answer = desk.browser.post("/queues/pause", form).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}");
    }
    assert!(desk.console.queues().await.unwrap().is_empty());
}

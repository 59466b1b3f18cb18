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

    assert_eq!(paused.status, StatusCode::SEE_OTHER);
    assert!(paused.location().starts_with("../queues?undo="), "{}", paused.location());
    assert!(page.body.contains("Paused by") && page.body.contains("smtp is down"), "{}", page.body);
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

#[tokio::test]
async fn a_pause_is_undone_by_the_notice_that_follows_it() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let paused = desk.browser.post("/queues/pause", "name=mail").await;

    let page = desk.browser.get(&paused.location().replace("..", "")).await;
    let entry = paused.location().split('=').next_back().unwrap().to_owned();
    let undone = desk.browser.post("/queues/undo", &format!("entry={entry}")).await;
    let again = desk.browser.post("/queues/undo", &format!("entry={entry}")).await;
    let wrong = desk.browser.post("/queues/undo", "entry=999999").await;

    assert!(page.body.contains("The queue was changed.") && page.body.contains(&entry), "{}", page.body);
    assert_eq!((undone.status, undone.location()), (StatusCode::SEE_OTHER, "../queues"));
    assert!(queue(&desk, "mail").await.paused_at.is_none());
    assert_eq!((again.status, wrong.status), (StatusCode::CONFLICT, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn queues_are_found_by_a_part_of_their_name() {
    let desk = Desk::new().await;
    for name in ["mail", "images"] {
        desk.client.enqueue(welcome("ana")).to_queue(name).await.unwrap();
    }

    let some = desk.browser.get("/queues?q=ma").await;
    let none = desk.browser.get("/queues?q=mai1").await;

    assert!(some.body.contains(">mail<") && some.body.contains(">images<"), "{}", some.body);
    assert!(!none.body.contains(">mail<") && none.body.contains("No queue has that"), "{}", none.body);
}

//! What was done can be undone on the page that comes next.

use axum::http::StatusCode;
use task_tower::{Actor, JobState};

use crate::browser::{Answer, Browser, Desk, welcome};

/// The page that a form leads to, as a browser follows it.
async fn follow(browser: &Browser, from: &str, answer: &Answer) -> (String, Answer) {
    let base = url::Url::parse("http://localhost:4700").unwrap().join(from).unwrap();
    let target = base.join(answer.location()).unwrap();
    let path = target[url::Position::BeforePath..].to_owned();
    let page = browser.get(&path).await;
    (path, page)
}

/// Where the button "Undo" leads, if there is one.
fn undo_of(page: &Answer) -> Option<String> {
    page.attributes("action").into_iter().find(|action| action.ends_with("/undo"))
}

#[tokio::test]
async fn a_cancellation_is_told_and_undone_by_a_plain_form() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();

    let cancelling = format!("/jobs/{id}/cancel");
    let answer = desk.browser.post(&cancelling, "reason=order+%3Cwithdrawn%3E").await;
    let (path, page) = follow(&desk.browser, &cancelling, &answer).await;
    assert!(page.body.contains("Cancelled 1 job.") && page.body.contains("order &#60;withdrawn&#62;"), "{}", page.body);
    let undoing = url::Url::parse("http://localhost:4700").unwrap().join(&path).unwrap().join(&undo_of(&page).unwrap());
    let undoing = undoing.unwrap().path().to_owned();
    let answer = desk.browser.post(&undoing, &format!("back=jobs/{id}")).await;
    let (_, page) = follow(&desk.browser, &undoing, &answer).await;

    assert_eq!(desk.console.job(id).await.unwrap().state, JobState::Enqueued);
    assert!(page.body.contains("Undone: 1 job is as it was.") && undo_of(&page).is_none(), "{}", page.body);
}

#[tokio::test]
async fn a_deleted_job_comes_back_from_the_list() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let answer = desk.browser.post(&format!("/jobs/{id}/delete"), "").await;
    let operation = answer.location().split('=').next_back().unwrap().to_owned();

    let answer = desk.browser.post(&format!("/operations/{operation}/undo"), "back=jobs").await;

    assert!(answer.location().starts_with("../../jobs?undone="), "{}", answer.location());
    assert_eq!(desk.console.job(id).await.unwrap().state, JobState::Enqueued);
}

#[tokio::test]
async fn nobody_is_offered_to_undo_what_is_not_theirs_or_cannot_be() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let other = desk.console.acting(Actor::new("bea"));
    let operation = other.act(&task_tower::Action::Cancel { reason: None }, &[id]).await.unwrap().operation.unwrap();

    for word in [operation.to_string(), "999999".to_owned(), "-1".to_owned(), "x".to_owned(), "%3Cb%3E".to_owned()] {
        let page = desk.browser.get(&format!("/jobs/{id}?undo={word}")).await;

        assert_eq!((page.status, undo_of(&page)), (StatusCode::OK, None), "{word}");
    }
}

#[tokio::test]
async fn an_undo_leads_nowhere_outside_and_works_once() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let answer = desk.browser.post(&format!("/jobs/{id}/discard"), "").await;
    let operation = answer.location().split('=').next_back().unwrap().to_owned();

    let first = desk.browser.post(&format!("/operations/{operation}/undo"), "back=//evil.example/").await;
    let again = desk.browser.post(&format!("/operations/{operation}/undo"), "back=jobs").await;
    let nonsense = desk.browser.post("/operations/x/undo", "").await;

    assert!(first.location().starts_with("../") && !first.location().contains("evil"), "{}", first.location());
    assert_eq!((again.status, nonsense.status), (StatusCode::CONFLICT, StatusCode::NOT_FOUND));
}

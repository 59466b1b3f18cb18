//! Operations on the page: the preview, what has to be typed, the work in the background, stopping, undoing.

use axum::http::StatusCode;
use axum::http::request::Parts;
use task_tower::{Client, Console, JobFilter, JobState, OperationRecord};
use task_tower_ui::{Access, Decision, Gate, Permission, Permissions, Scope, Visitor, router};

use crate::browser::{Browser, Desk, welcome};
use crate::support::until;

/// Lets everybody in as this visitor.
struct Letting(Visitor);

impl Gate for Letting {
    async fn check(&self, _parts: &Parts) -> Decision {
        Decision::Allow(self.0.clone())
    }
}

async fn crowd(client: &Client, number: usize) {
    for user in 0..number {
        client.schedule(welcome(&user.to_string())).in_hours(1).await.unwrap();
    }
}

async fn count(console: &Console, state: JobState) -> u64 {
    console.counts(&JobFilter::new()).await.unwrap()[&state].number()
}

async fn ended(console: &Console) -> OperationRecord {
    until("the operation has ended", async || console.operations(None).await.unwrap()[0].ended_at.is_some()).await;
    console.operations(None).await.unwrap().remove(0)
}

#[tokio::test]
async fn the_preview_says_what_would_happen_and_changes_nothing() {
    let desk = Desk::new().await;
    crowd(&desk.client, 3).await;

    let page = desk.browser.get("/operations/new?action=cancel&q=kind:send_welcome").await;

    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for words in ["Cancel 3 jobs", "cancelled before they start", "Undo works for 10 minutes.", "send_welcome"] {
        assert!(page.body.contains(words), "\"{words}\" is not in {}", page.body);
    }
    assert_eq!(count(&desk.console, JobState::Scheduled).await, 3);
}

#[tokio::test]
async fn an_operation_is_done_in_the_background_and_is_shown() {
    let desk = Desk::new().await;
    crowd(&desk.client, 3).await;

    let begun = desk.browser.post("/operations", "action=cancel&q=kind:send_welcome&name=tidy+up&reason=old").await;
    let record = ended(&desk.console).await;
    let page = desk.browser.get(&format!("/operations/{}", record.id)).await;
    let list = desk.browser.get("/operations").await;

    assert_eq!((begun.status, begun.location()), (StatusCode::SEE_OTHER, format!("operations/{}", record.id).as_str()));
    assert_eq!((record.done, count(&desk.console, JobState::Cancelled).await), (3, 3));
    for words in ["tidy up", "100%", "3 of 3 jobs", "Undo"] {
        assert!(page.body.contains(words), "\"{words}\" is not in {}", page.body);
    }
    assert!(list.body.contains("tidy up") && list.body.contains("kind:send_welcome"), "{}", list.body);
}

#[tokio::test]
async fn a_deletion_wants_its_number_typed() {
    let desk = Desk::new().await;
    crowd(&desk.client, 3).await;
    let form = "action=delete&q=kind:send_welcome";

    for typed in ["", "&typed=", "&typed=4", "&typed=all", "&typed=0"] {
        let answer = desk.browser.post("/operations", &format!("{form}{typed}")).await;

        assert_eq!(answer.status, StatusCode::OK, "{typed}");
        assert!(answer.body.contains("Nothing was done: type 3 to confirm."), "{}", answer.body);
    }
    assert_eq!(count(&desk.console, JobState::Scheduled).await, 3);

    desk.browser.post("/operations", &format!("{form}&typed=3")).await;
    assert_eq!(ended(&desk.console).await.done, 3);
    assert_eq!(count(&desk.console, JobState::Scheduled).await, 0);
}

#[tokio::test]
async fn jobs_that_came_after_the_preview_are_left_alone() {
    let desk = Desk::new().await;
    crowd(&desk.client, 2).await;
    let preview = desk.browser.get("/operations/new?action=cancel&q=").await;
    let (_, rest) = preview.body.split_once("name=\"before\" value=\"").unwrap();
    let before = rest.split('"').next().unwrap().replace('+', "%2B");
    crowd(&desk.client, 3).await;

    desk.browser.post("/operations", &format!("action=cancel&q=&before={before}")).await;

    assert_eq!(ended(&desk.console).await.done, 2);
    assert_eq!(count(&desk.console, JobState::Scheduled).await, 3);
}

#[tokio::test]
async fn what_is_done_is_undone_by_a_button() {
    let desk = Desk::new().await;
    crowd(&desk.client, 3).await;
    desk.browser.post("/operations", "action=discard&q=kind:send_welcome").await;
    let record = ended(&desk.console).await;

    let answer = desk.browser.post(&format!("/operations/{}/undo", record.id), "").await;
    let undoing = ended(&desk.console).await;
    let page = desk.browser.get(&format!("/operations/{}", record.id)).await;

    assert_eq!(answer.location(), format!("../{}", undoing.id));
    assert_eq!((undoing.undoes, undoing.done), (Some(record.id), 3));
    assert_eq!(count(&desk.console, JobState::Scheduled).await, 3);
    assert!(page.body.contains("Undone") && !page.body.contains("/undo"), "{}", page.body);
}

#[tokio::test]
async fn an_operation_that_was_left_open_goes_on_with_the_first_visit() {
    let desk = Desk::new().await;
    crowd(&desk.client, 3).await;
    let filter = "kind:send_welcome".parse().unwrap();
    let preview = desk.console.preview(&filter).await.unwrap();
    let action = task_tower::Action::Cancel { reason: None };
    desk.console.start_operation(&action, &filter, preview.created_before, "").await.unwrap();

    desk.browser.get("/settings").await;

    assert_eq!(ended(&desk.console).await.done, 3);
}

#[tokio::test]
async fn a_filter_or_an_action_that_cannot_be_is_told() {
    let desk = Desk::new().await;

    let filter = desk.browser.get("/operations/new?action=cancel&q=stat:dead").await;
    let action = desk.browser.get("/operations/new?action=explode&q=").await;

    assert_eq!((filter.status, action.status), (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND));
    assert!(filter.body.contains("state"), "{}", filter.body);
}

#[tokio::test]
async fn each_action_wants_its_permission() {
    let desk = Desk::new().await;
    crowd(&desk.client, 1).await;
    let support = Visitor::new("ana").permissions(Permissions::all().without(Permission::Delete));
    let ana = Browser::new(router(desk.console.clone(), Access::gate(Letting(support))));

    let refused = ana.post("/operations", "action=delete&q=&typed=1").await;
    let preview = ana.get("/operations/new?action=delete&q=").await;
    let allowed = ana.get("/operations/new?action=cancel&q=").await;

    assert_eq!((refused.status, preview.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
    assert_eq!(allowed.status, StatusCode::OK);
    assert!(desk.console.operations(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_sees_a_part_of_the_jobs_reaches_no_others_and_sees_no_other_s_operations() {
    let desk = Desk::new().await;
    crowd(&desk.client, 2).await;
    desk.client.schedule(welcome("x")).in_hours(1).to_queue("mail").await.unwrap();
    let postman = Visitor::new("ben").scope(Scope::all().queues(["mail"]));
    let ben = Browser::new(router(desk.console.clone(), Access::gate(Letting(postman))));

    ben.post("/operations", "action=cancel&q=").await;
    let own = ended(&desk.console).await;
    desk.browser.post("/operations", "action=cancel&q=&name=hers").await;
    let hers = ended(&desk.console).await;

    assert_eq!((own.done, hers.done), (1, 2));
    assert_eq!(ben.get(&format!("/operations/{}", hers.id)).await.status, StatusCode::NOT_FOUND);
    assert!(!ben.get("/operations").await.body.contains("hers"));
    assert!(ben.get("/audit").await.body.contains("ben"));
    assert!(!ben.get("/audit").await.body.contains("hers"));
}

#[tokio::test]
async fn the_audit_is_shown_filtered_and_given_out_as_files() {
    let desk = Desk::new().await;
    let id = desk.client.schedule(welcome("x")).in_hours(1).await.unwrap();
    desk.browser.post(&format!("/jobs/{id}/cancel"), "").await;
    desk.browser.post("/queues/pause", "name=mail&reason=%3DHYPERLINK(1)").await;

    let page = desk.browser.get("/audit").await;
    let filtered = desk.browser.get("/audit?action=pause_queue").await;
    let csv = desk.browser.get("/audit.csv").await;
    let lines = desk.browser.get("/audit.ndjson").await;

    assert!(page.body.contains("cancel") && page.body.contains(&id.to_string()), "{}", page.body);
    assert!(!filtered.body.contains(&id.to_string()), "{}", filtered.body);
    assert_eq!((csv.body.lines().count(), lines.body.lines().count()), (3, 2));
    let first: serde_json::Value = serde_json::from_str(lines.body.lines().next().unwrap()).unwrap();
    assert_eq!(first["action"], "pause_queue");
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
}

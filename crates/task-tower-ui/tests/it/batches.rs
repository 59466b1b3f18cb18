//! Batches on the page: how far they are, what is called when, what can be done to their jobs; and what a job awaits.

use axum::http::StatusCode;
use axum::http::request::Parts;
use serde_json::json;
use task_tower::{Batch, JobState};
use task_tower_ui::{Access, Decision, Gate, Permissions, Scope, Visitor, router};

use crate::api;
use crate::browser::{Browser, Desk, welcome};
use crate::support::{TestBed, until};

/// A batch with four members: one is cancelled, one is given up, two wait.
async fn letters(desk: &Desk) -> Batch {
    let batch = desk.client.open_batch("letters <b>").on_finished(welcome("the end")).on_death(welcome("a death"));
    let batch = batch.await.unwrap();
    let jobs = batch.add_all(["ana", "ben", "cem", "dan"].map(welcome)).await.unwrap();
    desk.console.cancel(jobs[0], None).await.unwrap();
    desk.console.discard(jobs[1], None).await.unwrap();
    batch
}

#[tokio::test]
async fn the_list_shows_how_far_each_batch_is() {
    let desk = Desk::new().await;
    letters(&desk).await;
    let second = desk.client.open_batch("").await.unwrap();

    let page = desk.browser.get("/batches").await;

    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for words in ["letters &#60;b&#62;", "2 of 4 ended", &format!("Batch {}", second.id().short()), "Open"] {
        assert!(page.body.contains(words), "\"{words}\" is not in {}", page.body);
    }
}

#[tokio::test]
async fn a_batch_shows_its_members_by_state_and_its_callbacks() {
    let desk = Desk::new().await;
    let batch = letters(&desk).await;

    let page = desk.browser.get(&format!("/batches/{}", batch.id())).await;

    let list = format!("jobs?q=batch:{}%20state:enqueued", batch.id());
    for words in ["50%", "2 of 4 ended", "2 pending", "still open", "when the first dies", "not yet", &list] {
        assert!(page.body.contains(words), "\"{words}\" is not in {}", page.body);
    }
}

#[tokio::test]
async fn the_jobs_of_a_batch_are_shown_the_dead_with_what_they_died_of_first() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    let batch = letters(&desk).await;
    let failed = "UPDATE tower.history SET state = 4, reason = 'retries', events = $1::text::jsonb WHERE state = 4";
    let events = json!([{ "event": "failed", "at": "2026-11-24T12:00:00Z", "attempt": 1, "started_at": "2026-11-24T11:59:00Z",
                          "worker_id": 1, "error": { "kind": "error", "class": "Smtp", "message": "<no> such box" } }]);
    bed.query(failed, &[&events.to_string()]).await;

    let page = desk.browser.get(&format!("/batches/{}", batch.id())).await;

    let place = |words: &str| page.body.find(words).unwrap_or_else(|| panic!("{words} is not in {}", page.body));
    assert!(place("badge dead") < place("badge enqueued"), "{}", page.body);
    place("&#60;no&#62; such box");
    place("<b>2</b></a>");
}

#[tokio::test]
async fn the_rest_is_cancelled_and_the_failed_retried_by_operations_with_their_preview() {
    let desk = Desk::new().await;
    let batch = letters(&desk).await;
    desk.client.enqueue(welcome("a stranger")).await.unwrap();
    let page = desk.browser.get(&format!("/batches/{}", batch.id())).await;
    let links: Vec<String> =
        page.attributes("href").into_iter().filter(|link| link.contains("operations/new")).collect();
    let address = |action: &str| {
        format!("/{}", links.iter().find(|link| link.contains(action)).unwrap().trim_start_matches("../"))
    };

    let cancel = desk.browser.get(&address("action=cancel")).await;
    let retry = desk.browser.get(&address("action=requeue")).await;
    let form = address("action=cancel").split_once('?').unwrap().1.to_owned();
    let begun = desk.browser.post("/operations", &form).await;
    until("it is done", async || desk.console.batch(batch.id()).await.unwrap().cancelled == 3).await;

    assert!(cancel.body.contains("Cancel 2 jobs"), "{}", cancel.body);
    assert!(retry.body.contains("Requeue 1 job"), "{}", retry.body);
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let after = desk.browser.get(&format!("/batches/{}", batch.id())).await;
    assert!(after.body.contains("100%") && !after.body.contains("action=cancel"), "{}", after.body);
}

#[tokio::test]
async fn who_may_only_look_has_no_buttons() {
    let desk = Desk::new().await;
    let batch = letters(&desk).await;
    let viewer = Browser::new(router(desk.console.clone(), Access::loopback().read_only()));

    let page = viewer.get(&format!("/batches/{}", batch.id())).await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("operations/new"), "{}", page.body);
}

/// Lets everybody in as this visitor.
struct Letting(Visitor);

impl Gate for Letting {
    async fn check(&self, _parts: &Parts) -> Decision {
        Decision::Allow(self.0.clone())
    }
}

#[tokio::test]
async fn who_sees_a_part_of_the_jobs_sees_no_batch_and_no_relative_out_of_sight() {
    let desk = Desk::new().await;
    let batch = letters(&desk).await;
    let chain = desk.client.enqueue(welcome("a secret")).to_queue("bank").then(welcome("mine")).to_queue("mail");
    let ids = chain.await.unwrap();
    let visitor = Visitor::new("ana").permissions(Permissions::all()).scope(Scope::all().queues(["mail"]));
    let browser = Browser::new(router(desk.console.clone(), Access::gate(Letting(visitor))));

    let refused = [browser.get("/batches").await, browser.get(&format!("/batches/{}", batch.id())).await];
    let job = browser.get(&format!("/jobs/{}", ids[1])).await;
    let told = api::get(&browser, &format!("/jobs/{}/relations", ids[1])).await;

    assert!(refused.iter().all(|page| page.status == StatusCode::FORBIDDEN), "{refused:?}");
    assert_eq!(job.status, StatusCode::OK, "{}", job.body);
    assert!(!job.body.contains(&ids[0].to_string()), "{}", job.body);
    assert_eq!(told, json!({ "parents": [], "children": [] }));
}

#[tokio::test]
async fn a_job_shows_what_it_awaits_and_what_awaits_it() {
    let desk = Desk::new().await;
    let batch = desk.client.open_batch("letters").await.unwrap();
    let ids = batch.add(welcome("ana")).then(welcome("ben")).then(welcome("cem")).await.unwrap();

    let page = desk.browser.get(&format!("/jobs/{}", ids[1])).await;
    let list = desk.browser.get("/jobs?q=state:awaiting").await;
    let told = api::get(&desk.browser, &format!("/jobs/{}/relations", ids[1])).await;

    for words in ["Awaits other jobs", "Awaits the end of", "Awaited by", "letters"] {
        assert!(page.body.contains(words), "\"{words}\" is not in {}", page.body);
    }
    for id in [ids[0], ids[2]] {
        assert!(page.body.contains(&format!("jobs/{id}\"")), "{}", page.body);
    }
    assert!(list.body.contains(&ids[1].short()) && !list.body.contains(&ids[0].short()), "{}", list.body);
    assert_eq!(told["parents"][0]["state"], JobState::Enqueued.as_str());
    assert_eq!(told["children"][0]["id"], ids[2].to_string());
}

#[tokio::test]
async fn batches_that_do_not_exist_are_not_there() {
    let desk = Desk::new().await;

    for id in ["none", "01987a6e-0000-7000-8000-000000000000"] {
        assert_eq!(desk.browser.get(&format!("/batches/{id}")).await.status, StatusCode::NOT_FOUND);
        api::refused(&desk.browser, "GET", &format!("/batches/{id}"), "", 404).await;
    }
}

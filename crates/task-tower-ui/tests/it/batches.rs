//! Batches on the page: how far they are, what is called when, what can be done to their jobs; and what a job awaits.

use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::json;
use task_tower::{Batch, Job, JobState};
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
    for words in ["50%", "2 of 4 ended", "Enqueued <b>2</b>", "still open", "when the first dies", "not yet", &list] {
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

/// A batch in which one job awaits two of another kind.
async fn import(desk: &Desk) -> Batch {
    let batch = desk.client.open_batch("import").on_success(welcome("the end")).await.unwrap();
    let rows = batch.add_all(["ana", "ben"].map(welcome)).await.unwrap();
    batch.add(Closing {}).following(rows).await.unwrap();
    batch
}

#[derive(Serialize, Deserialize)]
struct Closing {}

impl Job for Closing {
    const KIND: &'static str = "close_<books>";
}

#[tokio::test]
async fn the_steps_of_a_batch_are_drawn_with_what_they_wait_for() {
    let desk = Desk::new().await;
    let batch = import(&desk).await;

    let page = desk.browser.get(&format!("/batches/{}", batch.id())).await;

    for words in ["3 steps", "waits for 1", "0 of 2", "dashed: not started", "close_&#60;books&#62;"] {
        assert!(page.body.contains(words), "\"{words}\" is not in {}", page.body);
    }
    assert_eq!(page.body.matches("class=\"edge waits\"").count(), 2, "{}", page.body);
    assert_eq!(page.body.matches("<foreignObject").count(), 3, "{}", page.body);
    let jobs = format!("jobs?q=batch:{}%20kind:send_welcome", batch.id());
    assert!(page.body.contains(&jobs), "\"{jobs}\" is not in {}", page.body);
}

#[tokio::test]
async fn a_batch_whose_steps_take_too_long_is_shown_without_them() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    let batch = import(&desk).await;
    bed.query("ALTER TABLE tower.dependency RENAME TO fast", &[]).await;
    bed.query("CREATE VIEW tower.dependency AS SELECT fast.* FROM tower.fast, pg_sleep(60)", &[]).await;

    let page = desk.browser.get(&format!("/batches/{}", batch.id())).await;

    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("Jobs") && !page.body.contains("id=\"steps\""), "{}", page.body);
}

#[tokio::test]
async fn steps_are_a_list_for_who_asks_for_one() {
    let desk = Desk::new().await;
    let batch = import(&desk).await;

    let page = desk.browser.get(&format!("/batches/{}?steps=list&jobs=dead", batch.id())).await;

    assert!(!page.body.contains("<foreignObject"), "{}", page.body);
    for words in ["after <span translate=\"no\">send_welcome</span>", "href=\"?steps=graph&#38;jobs=dead\""] {
        assert!(page.body.contains(words), "\"{words}\" is not in {}", page.body);
    }
}

#[tokio::test]
async fn more_steps_than_a_graph_can_show_are_a_list() {
    let desk = Desk::new().await;
    let batch = desk.client.open_batch("many").await.unwrap();
    for number in 0..25 {
        batch.open_batch(format!("part {number}")).await.unwrap();
    }

    let page = desk.browser.get(&format!("/batches/{}", batch.id())).await;

    assert!(!page.body.contains("<foreignObject") && !page.body.contains("?steps=graph"), "{}", page.body);
    for words in ["There are more than a graph can show.", "batch, 0 of 0", ">part 24</a>"] {
        assert!(page.body.contains(words), "\"{words}\" is not in {}", page.body);
    }
}

#[tokio::test]
async fn a_batch_of_one_step_has_no_graph() {
    let desk = Desk::new().await;
    let batch = desk.client.open_batch("letters").await.unwrap();
    batch.add_all(["ana", "ben"].map(welcome)).await.unwrap();

    let page = desk.browser.get(&format!("/batches/{}", batch.id())).await;

    assert!(!page.body.contains("id=\"steps\""), "{}", page.body);
}

#[tokio::test]
async fn the_jobs_of_one_state_are_shown_to_who_asks_for_them() {
    let desk = Desk::new().await;
    let batch = letters(&desk).await;

    let all = desk.browser.get(&format!("/batches/{}", batch.id())).await;
    let dead = desk.browser.get(&format!("/batches/{}?jobs=dead", batch.id())).await;

    let rows = |body: &str| body.matches("<td class=\"state\">").count();
    assert_eq!((rows(&all.body), rows(&dead.body)), (4, 1), "{}", dead.body);
    assert!(all.body.contains("href=\"?steps=graph&#38;jobs=dead\""), "{}", all.body);
}

#[tokio::test]
async fn the_api_tells_the_steps_of_a_batch_and_what_awaits_what() {
    let desk = Desk::new().await;
    let batch = import(&desk).await;

    let told = api::get(&desk.browser, &format!("/batches/{}/steps", batch.id())).await;

    assert_eq!(told["edges"], json!([{ "from": 0, "to": 1 }, { "from": 1, "to": 2 }]));
    assert_eq!(told["steps"][0]["jobs"], json!({ "enqueued": 2 }));
    assert_eq!((&told["steps"][1]["state"], &told["steps"][2]["event"]), (&json!("awaiting"), &json!("success")));
}

//! Operations, asked for by programs.

use serde_json::{Value, json};
use task_tower::{Client, JobState};

use super::{detail, get, made, refused, send};
use crate::browser::{Browser, Desk, welcome};
use crate::support::until;

async fn crowd(client: &Client, number: usize) {
    for user in 0..number {
        client.schedule(welcome(&user.to_string())).in_hours(1).await.unwrap();
    }
}

async fn ended(browser: &Browser, id: &Value) -> Value {
    let path = format!("/operations/{}", id.as_str().unwrap());
    until("the operation has ended", async || !get(browser, &path).await["ended_at"].is_null()).await;
    get(browser, &path).await
}

async fn begun(desk: &Desk, plan: &str) -> Value {
    let begun = made(&desk.browser, "POST", "/operations", plan, 201).await;
    ended(&desk.browser, &begun["id"]).await
}

#[tokio::test]
async fn a_preview_says_what_would_happen_and_changes_nothing() {
    let desk = Desk::new().await;
    crowd(&desk.client, 3).await;
    let plan = r#"{"action": "delete", "filter": "kind:send_welcome"}"#;

    let preview = made(&desk.browser, "POST", "/operations/preview", plan, 200).await;

    assert_eq!(preview["eligible"], json!({ "n": 3, "exactness": "exact" }));
    assert_eq!((&preview["confirm"], &preview["can_be_undone"]), (&json!(3), &json!(true)));
    assert_eq!(preview["samples"].as_array().unwrap().len(), 3);
    assert!(get(&desk.browser, "/operations").await["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_operation_is_begun_done_and_undone() {
    let desk = Desk::new().await;
    crowd(&desk.client, 3).await;
    let plan = r#"{"action": "move", "filter": "state:scheduled", "queue": "slow", "name": "tidy up"}"#;

    let answer = send(&desk.browser, "POST", "/operations", plan).await;
    let id = super::json(&answer)["id"].clone();
    let done = ended(&desk.browser, &id).await;
    let undoing = made(&desk.browser, "POST", &format!("/operations/{}/undo", id.as_str().unwrap()), "", 201).await;
    let undone = ended(&desk.browser, &undoing["id"]).await;

    assert_eq!(answer.status, 201);
    assert_eq!(answer.location(), format!("operations/{}", id.as_str().unwrap()));
    assert_eq!((&done["done"], &done["queue"], &done["name"]), (&json!(3), &json!("slow"), &json!("tidy up")));
    assert_eq!((&undone["undoes"], &undone["done"]), (&id, &json!(3)));
    let path = format!("/operations/{}", id.as_str().unwrap());
    refused(&desk.browser, "POST", &format!("{path}/undo"), "", 409).await;
    refused(&desk.browser, "POST", &format!("{path}/cancel"), "", 409).await;
}

#[tokio::test]
async fn a_deletion_wants_its_number() {
    let desk = Desk::new().await;
    crowd(&desk.client, 3).await;

    for confirm in ["", r#", "confirm": 4"#, r#", "confirm": 0"#] {
        let plan = format!(r#"{{"action": "delete", "filter": ""{confirm}}}"#);
        let problem = refused(&desk.browser, "POST", "/operations", &plan, 428).await;

        assert_eq!(problem["confirm"], 3, "{problem}");
    }
    let done = begun(&desk, r#"{"action": "delete", "filter": "", "confirm": 3}"#).await;

    assert_eq!(done["done"], 3);
}

#[tokio::test]
async fn a_plan_that_cannot_be_is_refused_by_its_field() {
    let desk = Desk::new().await;
    crowd(&desk.client, 1).await;

    for (plan, field) in [
        (r#"{"action": "cancel"}"#, "filter"),
        (r#"{"filter": ""}"#, "action"),
        (r#"{"action": "explode", "filter": ""}"#, "requeue"),
        (r#"{"action": "move", "filter": ""}"#, "queue"),
        (r#"{"action": "prioritize", "filter": ""}"#, "priority"),
        (r#"{"action": "reschedule", "filter": ""}"#, "run_at"),
        (r#"{"action": "requeue", "filter": "", "reason": "x"}"#, "reason"),
        (r#"{"action": "cancel", "filter": "", "queue": "x"}"#, "queue"),
        (r#"{"action": "cancel", "filter": "", "filters": "x"}"#, "filters"),
        (r#"{"action": "cancel", "filter": "stat:dead"}"#, "stat"),
        (r#"{"action": "prioritize", "filter": "", "priority": 101}"#, "101"),
    ] {
        let problem = refused(&desk.browser, "POST", "/operations", plan, 400).await;

        assert!(detail(&problem).contains(field), "{plan}: {problem}");
    }
    assert!(desk.console.operations(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn jobs_that_came_after_the_preview_are_left_alone() {
    let desk = Desk::new().await;
    crowd(&desk.client, 2).await;
    let plan = r#"{"action": "cancel", "filter": ""}"#;
    let preview = made(&desk.browser, "POST", "/operations/preview", plan, 200).await;
    crowd(&desk.client, 3).await;

    let plan = json!({ "action": "cancel", "filter": "", "created_before": preview["created_before"] });
    let done = begun(&desk, &plan.to_string()).await;

    assert_eq!(done["done"], 2);
    let counts = desk.console.counts(&task_tower::JobFilter::new()).await.unwrap();
    assert_eq!(counts[&JobState::Scheduled].number(), 3);
}

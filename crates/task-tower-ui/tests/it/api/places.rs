//! Queues, workers, the audit, and what the caller may do.

use axum::http::StatusCode;
use serde_json::json;
use task_tower::JobError;
use task_tower_ui::{Access, Color, Dashboard, Permission, Permissions, Scope, Visitor, router};

use super::{detail, get, made, refused, seen_by, send};
use crate::browser::{Browser, Desk, SendWelcome, welcome};
use crate::support::proxy::Proxy;
use crate::support::{TestBed, until};

#[tokio::test]
async fn a_queue_is_paused_with_a_reason_and_resumed() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();

    let paused = made(&desk.browser, "POST", "/queues/mail/pause", r#"{"reason": "a fire"}"#, 200).await;
    let shown = get(&desk.browser, "/queues/mail").await;
    let resumed = made(&desk.browser, "POST", "/queues/mail/resume", "", 200).await;

    assert_eq!((&paused["name"], &paused["enqueued"]), (&json!("mail"), &json!(1)));
    assert_eq!((&paused["paused_reason"], &shown), (&json!("a fire"), &paused));
    assert!(paused["paused_at"].is_string() && resumed["paused_at"].is_null());
    for wrong in ["/queues/a,b/pause", "/queues/a%0Ab/pause", "/queues/%FF/pause"] {
        refused(&desk.browser, "POST", wrong, "", 400).await;
    }
    refused(&desk.browser, "POST", "/queues/mail/pause", r#"{"reason": "\n"}"#, 400).await;
    refused(&desk.browser, "POST", "/queues/mail/pause", r#"{"resaon": "x"}"#, 400).await;
}

#[tokio::test]
async fn all_queues_are_paused_at_once_and_set_back_by_the_entry() {
    let desk = Desk::new().await;
    for queue in ["mail", "images", "low"] {
        desk.client.enqueue(welcome("ana")).to_queue(queue).await.unwrap();
    }
    made(&desk.browser, "POST", "/queues/low/pause", "", 200).await;

    let paused = made(&desk.browser, "POST", "/queues", r#"{"action": "pause", "reason": "a fire"}"#, 200).await;
    let again = made(&desk.browser, "POST", "/queues", r#"{"action": "pause"}"#, 200).await;
    let entry = paused["entry"].as_str().unwrap();
    let undone = made(&desk.browser, "POST", &format!("/audit/{entry}/undo"), "", 200).await;
    let resumed =
        made(&desk.browser, "POST", "/queues", r#"{"action": "resume", "queues": ["low", "mail"]}"#, 200).await;

    assert_eq!(paused["queues"], json!(["images", "mail"]));
    assert_eq!(again, json!({ "queues": [], "entry": null }));
    assert_eq!(undone, json!({ "queues": ["images", "mail"], "entry": null }));
    assert_eq!(resumed["queues"], json!(["low"]));
    refused(&desk.browser, "POST", &format!("/audit/{entry}/undo"), "", 409).await;
    for wrong in [
        "",
        r#"{"action": "stop"}"#,
        r#"{"action": "pause", "queues": ["a,b"]}"#,
        r#"{"action": "pause", "reason": "\n"}"#,
    ] {
        refused(&desk.browser, "POST", "/queues", wrong, 400).await;
    }
    let support = seen_by(&desk.console, Visitor::new("ben").scope(Scope::all().queues(["mail"])));
    refused(&support, "POST", "/queues", r#"{"action": "pause", "queues": ["mail", "low"]}"#, 404).await;
    refused(&support, "POST", &format!("/audit/{entry}/undo"), "", 404).await;
}

#[tokio::test]
async fn a_queue_tells_what_moves_in_it() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let sql = "INSERT INTO tower.tally (axis, name, step, at, enqueued, completed)
               VALUES ('queue', 'mail', 1, date_trunc('minute', now() - interval '75 s', 'UTC'), 12, 5)";
    bed.query(sql, &[]).await;

    let one = get(&desk.browser, "/queues/mail").await;
    let list = get(&desk.browser, "/queues").await;

    assert_eq!((&one["in_per_minute"], &one["out_per_minute"]), (&json!(2.4), &json!(1.0)));
    assert_eq!((&one["running"], &one["slots"], &one["workers"]), (&json!(0), &json!(0), &json!(0)));
    assert_eq!(list["items"], json!([one]));
}

async fn greet(_: SendWelcome) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test]
async fn a_queue_has_a_limit_of_its_own_until_it_is_taken_back() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();

    let usual = get(&desk.browser, "/queues/mail").await;
    let set = made(&desk.browser, "PATCH", "/queues/mail", r#"{"late_after_seconds": 300}"#, 200).await;
    let listed = get(&desk.browser, "/queues").await["items"][0].clone();
    let taken_back = made(&desk.browser, "PATCH", "/queues/mail", r#"{"late_after_seconds": null}"#, 200).await;

    let limits = [&usual, &set, &listed, &taken_back].map(|queue| queue["late_after_seconds"].clone());
    assert_eq!(limits, [json!(60), json!(300), json!(300), json!(60)]);
    for wrong in
        ["{}", r#"{"late_after_seconds": 0}"#, r#"{"late_after_seconds": 2592001}"#, r#"{"late_after_seconds": "1 h"}"#]
    {
        refused(&desk.browser, "PATCH", "/queues/mail", wrong, 400).await;
    }
    let mail = seen_by(&desk.console, Visitor::new("ana").scope(Scope::all().queues(["images"])));
    refused(&mail, "PATCH", "/queues/mail", r#"{"late_after_seconds": 1}"#, 404).await;
}

#[tokio::test]
async fn a_worker_is_asked_to_be_quiet_to_go_on_and_to_stop_and_then_removed() {
    let tower = TestBed::new().await.builder().job(greet).build().await.unwrap();
    let desk = Desk::of(&tower);
    let running = tower.start().unwrap();
    until("the worker is there", async || !tower.console().workers().await.unwrap().is_empty()).await;
    let listed = get(&desk.browser, "/workers").await["items"][0].clone();
    let id = listed["id"].as_str().unwrap().to_owned();

    let shown = get(&desk.browser, &format!("/workers/{id}")).await;
    let mut commands = Vec::new();
    for deed in ["quiet", "resume", "stop"] {
        let worker = made(&desk.browser, "POST", &format!("/workers/{id}/{deed}"), "", 200).await;
        commands.push(worker["command"].clone());
    }

    assert_eq!(commands, [json!("quiet"), json!(null), json!("stop")]);
    assert_eq!((&shown["id"], &shown["queue_prioritization"]), (&listed["id"], &json!("none")));
    refused(&desk.browser, "POST", "/workers/0/quiet", "", 404).await;
    let lives = refused(&desk.browser, "DELETE", &format!("/workers/{id}"), "", 409).await;
    running.stop().await;
    let removed = send(&desk.browser, "DELETE", &format!("/workers/{id}"), "").await;
    assert!(detail(&lives).contains("lives"), "{lives}");
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    refused(&desk.browser, "GET", &format!("/workers/{id}"), "", 404).await;
}

#[tokio::test]
async fn the_audit_goes_on_where_a_page_ended_and_is_filtered() {
    let desk = Desk::new().await;
    for queue in ["a", "b", "c"] {
        made(&desk.browser, "POST", &format!("/queues/{queue}/pause"), "", 200).await;
    }

    let first = get(&desk.browser, "/audit?limit=2").await;
    let rest = get(&desk.browser, &format!("/audit?limit=2&before={}", first["next"].as_str().unwrap())).await;
    let one = get(&desk.browser, "/audit?target=b&action=pause_queue").await;

    let targets = |page: &serde_json::Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|entry| entry["target"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!([targets(&first), targets(&rest)].concat(), ["c", "b", "a"]);
    assert_eq!((targets(&one), &rest["next"]), (vec!["b".to_owned()], &json!(null)));
    for wrong in ["limit=201", "limit=0", "before=x", "actor=%00", "since=1"] {
        refused(&desk.browser, "GET", &format!("/audit?{wrong}"), "", 400).await;
    }
}

#[tokio::test]
async fn the_caller_is_told_what_they_may_do_and_see() {
    let desk = Desk::new().await;
    let support = Visitor::new("ben")
        .permissions(Permissions::read_only().with(Permission::Requeue))
        .scope(Scope::all().queues(["mail*"]));

    let all = get(&desk.browser, "/capabilities").await;
    let some = get(&seen_by(&desk.console, support), "/capabilities").await;
    let reader =
        get(&seen_by(&desk.console, Visitor::new("eve").permissions(Permissions::read_only())), "/capabilities").await;

    assert_eq!((all["permissions"].as_array().unwrap().len(), &all["read_only"]), (14, &json!(null)));
    assert_eq!((&some["actor"], &some["permissions"]), (&json!("ben"), &json!(["view", "requeue"])));
    assert_eq!(some["scope"], json!({ "queues": ["mail*"], "kinds": null }));
    assert_eq!(reader["read_only"]["reason"], "permissions");
    let named = Dashboard::new(desk.console.clone(), Access::loopback()).instance("shop", Color::Red).place("eu-1");
    let named = named.peer("shop-staging", Color::Green, "https://staging.example.org/");
    let named = get(&Browser::new(named.router()), "/capabilities").await;
    assert_eq!(named["instance"], json!({ "name": "shop", "color": "red", "place": "eu-1" }));
    let staging = json!({ "name": "shop-staging", "color": "green", "address": "https://staging.example.org/" });
    assert_eq!((&named["peers"], &all["peers"]), (&json!([staging]), &json!([])));
    assert_eq!(all["intervals"], json!({ "poll_seconds": 5, "read_only_seconds": 5 }));
}

#[tokio::test]
async fn a_database_that_takes_no_changes_is_told_with_the_reason() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let id = tower.client().enqueue(welcome("ana")).await.unwrap();
    let separator = if bed.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}options=-c%20default_transaction_read_only%3Don", bed.url);
    let reader = bed.builder().connection_string(&url).migrate(false).build().await.unwrap();
    let browser = Browser::new(router(reader.console(), Access::loopback()));

    let capabilities = get(&browser, "/capabilities").await;
    let change = refused(&browser, "POST", &format!("/jobs/{id}/cancel"), "", 503).await;

    assert_eq!(capabilities["read_only"]["reason"], "setting");
    assert_eq!(capabilities["permissions"], json!(["view"]));
    assert!(super::detail(&change).contains("transaction_read_only"), "{change}");
    get(&browser, "/healthz").await;
}

#[tokio::test]
async fn health_follows_the_database_and_tells_nothing_else() {
    let bed = TestBed::new().await;
    let mut way = Proxy::start(&bed.url).await;
    let desk = Desk::of(&bed.builder().connection_string(way.address().text()).build().await.unwrap());

    let well = get(&desk.browser, "/healthz").await;
    way.cut().await;
    let ill = refused(&desk.browser, "GET", "/healthz", "", 503).await;
    way.mend().await;
    let again = get(&desk.browser, "/healthz").await;

    assert_eq!((&well, &again), (&json!({ "status": "ok" }), &json!({ "status": "ok" })));
    assert_eq!(ill["detail"], "The database is away");
}

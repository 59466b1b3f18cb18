//! Lists of jobs, one job, and how many there are.

use serde_json::{Value, json};
use task_tower_ui::{Access, Dashboard, Redact};

use super::{detail, get, json as parsed, made, refused, send};
use crate::browser::{Browser, Desk, welcome};
use crate::support::TestBed;

async fn insert(bed: &TestBed, payload: &str) {
    let sql = format!("SELECT {}.enqueue('charge_card', payload => '{payload}'::jsonb)", bed.quoted());
    bed.execute(&sql).await;
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_there_and_back() {
    let desk = Desk::new().await;
    let mut all = Vec::new();
    for user in 0..5 {
        all.insert(0, desk.client.enqueue(welcome(&user.to_string())).await.unwrap().to_string());
    }

    let first = get(&desk.browser, "/jobs?limit=2").await;
    let second = get(&desk.browser, &format!("/jobs?limit=2&after={}", first["next"].as_str().unwrap())).await;
    let third = get(&desk.browser, &format!("/jobs?limit=2&after={}", second["next"].as_str().unwrap())).await;
    let back = get(&desk.browser, &format!("/jobs?limit=2&before={}", third["prev"].as_str().unwrap())).await;

    assert_eq!([ids(&first), ids(&second), ids(&third)].concat(), all);
    assert_eq!((&first["prev"], &third["next"]), (&Value::Null, &Value::Null));
    assert_eq!(ids(&back), ids(&second));
    assert_eq!(first["searched"], json!({ "rows": null, "complete": true }));
}

#[tokio::test]
async fn a_filter_finds_counts_and_says_what_it_does_not_understand() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    desk.client.enqueue(welcome("bob")).await.unwrap();

    let found = get(&desk.browser, "/jobs?q=queue:mail").await;
    let counts = get(&desk.browser, "/counts?q=queue:mail").await;
    let wrong = refused(&desk.browser, "GET", "/jobs?q=stat:dead", "", 400).await;

    assert_eq!(ids(&found).len(), 1);
    assert_eq!(counts["enqueued"], json!({ "n": 1, "exactness": "exact" }));
    assert!(detail(&wrong).contains("state"), "{wrong}");
}

#[tokio::test]
async fn what_is_asked_for_has_limits() {
    let desk = Desk::new().await;
    let id = "0192f0c1-0000-7000-8000-000000000000";

    for query in [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=many",
        "limit=99999999999999999999",
        "after=1",
        "before=x",
        &format!("after={id}&before={id}"),
        "q=%00",
        "cursor=1",
    ] {
        refused(&desk.browser, "GET", &format!("/jobs?{query}"), "", 400).await;
    }
    refused(&desk.browser, "GET", "/jobs/not-an-id", "", 400).await;
    get(&desk.browser, "/jobs?limit=200").await;
}

#[tokio::test]
async fn numbers_stay_as_they_are_and_ids_are_strings() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    insert(&bed, r#"{"large": 12345678901234567890, "odd": 9007199254740993, "least": -9223372036854775808}"#).await;

    let list = send(&desk.browser, "GET", "/jobs", "").await;
    let id = parsed(&list)["items"][0]["id"].as_str().unwrap().to_owned();
    let whole = send(&desk.browser, "GET", &format!("/jobs/{id}"), "").await;

    for body in [&list.body, &whole.body] {
        for number in ["12345678901234567890", "9007199254740993", "-9223372036854775808"] {
            assert!(body.contains(&format!(":{number}")) || body.contains(&format!(": {number}")), "{body}");
        }
    }
}

#[tokio::test]
async fn a_list_has_the_beginning_of_a_payload_and_one_job_the_whole() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    insert(&bed, &format!(r#"{{"text": "{}"}}"#, "x".repeat(3_000))).await;

    let list = get(&desk.browser, "/jobs").await;
    let whole = get(&desk.browser, &format!("/jobs/{}", ids(&list)[0])).await;

    let preview = list["items"][0]["payload_preview"].as_str().unwrap();
    assert!(preview.starts_with("{\"text\": \"xxx") && preview.len() == 1_000, "{preview}");
    assert_eq!(whole["payload"]["text"].as_str().unwrap().len(), 3_000);
    for (name, value) in list["items"][0].as_object().unwrap() {
        assert!(name == "payload_preview" || whole[name] == *value, "{name}: {value} is not {}", whole[name]);
    }
}

#[tokio::test]
async fn no_answer_has_a_secret() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let redact = Redact::default().path("charge_*", "who.iban");
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).redact(redact).router());
    insert(&bed, r#"{"apiKey": "hunter2", "who": {"iban": "DE02", "name": "ana"}}"#).await;
    let long = "x".repeat(2_000);
    insert(&bed, &format!(r#"{{"apiKey": "hunter2", "who": {{"name": "ana"}}, "zzz": "{long}"}}"#)).await;

    let list = get(&browser, "/jobs").await;
    let plan = r#"{"action": "cancel", "filter": ""}"#;
    let preview = send(&browser, "POST", "/operations/preview", plan).await.body;
    let mut answers = vec![list.to_string(), preview];
    for id in ids(&list) {
        answers.push(get(&browser, &format!("/jobs/{id}")).await.to_string());
        answers.push(send(&browser, "POST", &format!("/jobs/{id}/cancel"), "").await.body);
        answers.push(send(&browser, "POST", &format!("/jobs/{id}/discard"), "").await.body);
    }

    for question in ["/jobs?q=args.apiKey:hunter2", "/counts?q=args.apiKey:hunter2", "/jobs?q=args.who.iban:DE02"] {
        refused(&browser, "GET", question, "", 403).await;
    }
    assert_eq!(answers.len(), 8);
    for answer in answers {
        assert!(answer.contains("ana") && answer.contains("[redacted]"), "{answer}");
        assert!(!answer.contains("hunter2") && !answer.contains("DE02"), "{answer}");
    }
}

#[tokio::test]
async fn a_job_of_any_kind_is_enqueued() {
    let desk = Desk::new().await;
    let draft = r#"{"kind": "send_welcome", "payload": {"n": 12345678901234567890}, "queue": "mail", "priority": 7, "tags": ["x"]}"#;

    let answer = send(&desk.browser, "POST", "/jobs", draft).await;
    let job = parsed(&answer);
    let plain = made(&desk.browser, "POST", "/jobs", r#"{"kind": "other"}"#, 201).await;

    let path = format!("jobs/{}", job["id"].as_str().unwrap());
    assert_eq!((answer.status.as_u16(), answer.location()), (201, path.as_str()));
    assert_eq!(get(&desk.browser, &format!("/{path}")).await, job);
    assert!(answer.body.contains("12345678901234567890") && answer.headers.contains_key("etag"), "{}", answer.body);
    assert_eq!((&job["queue"], &job["priority"], &job["tags"]), (&json!("mail"), &json!(7), &json!(["x"])));
    assert_eq!((&plain["queue"], &plain["payload"]), (&json!("default"), &json!({})));
    for wrong in [
        "{}",
        r#"{"kind": ""}"#,
        r#"{"kind": "x", "priority": 101}"#,
        r#"{"kind": "x", "payload": {"token": "[redacted]"}}"#,
        r#"{"kind": "x", "run_at": "2030-01-01T00:00:00Z", "delay_ms": 1}"#,
        r#"{"kind": "x", "id": 1}"#,
    ] {
        refused(&desk.browser, "POST", "/jobs", wrong, 400).await;
    }
}

//! Every question that `openapi.json` names is answered, and as it says.

use serde_json::Value;
use task_tower::{Console, JobContext, JobState, TaskTower};
use task_tower_ui::{Access, router};

use super::schema::faults;
use super::{get, made, refused};
use crate::browser::{Browser, SendWelcome, welcome};
use crate::support::{TestBed, in_state, until};

async fn greet(job: SendWelcome, run: JobContext) -> Result<(), std::io::Error> {
    run.progress_with(1, 2, "half way");
    match job.user.as_str() {
        "nobody" => Err(std::io::Error::other("nobody is there")),
        _ => Ok(()),
    }
}

/// A tower in which a bit of everything has happened.
struct Seeded {
    browser: Browser,
    job: String,
    worker: String,
    operation: String,
    batch: String,
    fingerprint: String,
    running: task_tower::RunningTower,
}

async fn seeded() -> Seeded {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(greet).build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());
    let browser = Browser::new(router(tower.console(), Access::loopback()));
    let job = client.enqueue(welcome("nobody")).max_retries(0).await.unwrap();
    client.schedule(welcome("ana")).in_hours(1).await.unwrap();
    client.enqueue(welcome("bob")).to_queue("mail").await.unwrap();
    let batch = client.open_batch("letters").on_finished(welcome("ben")).await.unwrap();
    batch.add(welcome("cem")).await.unwrap();
    client.schedule(welcome("dan")).in_hours(1).following([job]).await.unwrap();
    let running = tower.start().unwrap();
    in_state(&console, job, JobState::Dead).await;
    made(&browser, "POST", "/queues/mail/pause", r#"{"reason": "a fire"}"#, 200).await;
    let begun =
        made(&browser, "POST", "/operations", r#"{"action": "cancel", "filter": "state:scheduled"}"#, 201).await;
    made(&browser, "POST", "/recurring", r#"{"name": "nightly", "kind": "send_welcome", "expression": "@daily"}"#, 201)
        .await;
    made(&browser, "POST", "/views", r#"{"name": "mails", "filter": "queue:mail"}"#, 201).await;
    let worker = worker(&console, &tower).await;
    let fingerprint = console.job(job).await.unwrap().error_group.unwrap();
    until("the error is counted", async || console.error_group(&fingerprint).await.is_ok()).await;
    until("progress is written", async || console.job(job).await.unwrap().progress.is_some()).await;
    let log = "INSERT INTO tower.log (job_id, lease, number, attempt, at, level, target, message)
               SELECT id, lease, 1, attempt, now(), 3, 'shop', 'nobody is there' FROM tower.history";
    bed.query(log, &[]).await;
    bed.query("INSERT INTO tower.deploy (app_version) VALUES ('2026.11')", &[]).await;
    let operation = begun["id"].as_str().unwrap().to_owned();
    let batch = batch.id().to_string();
    Seeded { browser, job: job.to_string(), worker, operation, batch, fingerprint, running }
}

async fn worker(console: &Console, _tower: &TaskTower) -> String {
    until("the worker is there", async || !console.workers().await.unwrap().is_empty()).await;
    console.workers().await.unwrap()[0].id.to_string()
}

impl Seeded {
    fn address(&self, path: &str) -> String {
        let id = match path.split('/').nth(1).unwrap() {
            "workers" => &self.worker,
            "operations" => &self.operation,
            "batches" => &self.batch,
            _ => &self.job,
        };
        let path = path.replace("{id}", id).replace("{queue}", "mail");
        let path = path.replace("{recurring}", "nightly");
        path.replace("{kind}", "send_welcome").replace("{fingerprint}", &self.fingerprint)
    }
}

/// What the answer looks like, if it is one: a stream of events has no end.
fn schema(question: &Value) -> Option<&Value> {
    let content = question["responses"]["200"]["content"].as_object().unwrap();
    match content.get("text/event-stream") {
        Some(_) => None,
        None => Some(&content["application/json"]["schema"]),
    }
}

#[tokio::test]
async fn every_question_is_answered_as_the_document_says() {
    let seeded = seeded().await;
    let document = get(&seeded.browser, "/openapi.json").await;
    let mut asked = 0;

    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(schema) = methods.get("get").and_then(schema) else { continue };
        let answer = get(&seeded.browser, &seeded.address(path)).await;

        if path != "/openapi.json" {
            assert_eq!(faults(&document, schema, &answer), Vec::<String>::new(), "{path}: {answer}");
        }
        let is_empty = answer["items"].as_array().is_some_and(Vec::is_empty);
        assert!(schema.is_object() && !is_empty, "{path}: {answer}");
        asked += 1;
    }
    assert!(asked >= 23, "only {asked} questions");
    seeded.running.stop().await;
}

#[tokio::test]
async fn an_empty_tower_answers_as_well() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback()));
    let document = get(&browser, "/openapi.json").await;

    for (path, methods) in document["paths"].as_object().unwrap() {
        let question = methods.get("get").filter(|_| !path.contains('{') && path != "/openapi.json");
        let Some(schema) = question.and_then(schema) else { continue };
        let answer = get(&browser, path).await;

        assert_eq!(faults(&document, schema, &answer), Vec::<String>::new(), "{path}: {answer}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_not_known_is_400() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback()));
    let document = get(&browser, "/openapi.json").await;
    let problem = &document["components"]["schemas"]["Problem"];

    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            // Whatever is set for a queue can be set before it holds a job.
            let sets_queue = path.starts_with("/queues/{queue}") && method != "GET";
            if path.contains('{') && !sets_queue {
                let path = path.replace("{id}", "0192f0c1-0000-7000-8000-000000000000").replace("{queue}", "none");
                let body = if method == "PATCH" { r#"{"priority": 1}"# } else { "" };
                let answer = refused(&browser, &method, &path, body, 404).await;
                assert_eq!(faults(&document, problem, &answer), Vec::<String>::new(), "{method} {path}");
            }
            if method == "GET" && !path.contains('{') && path != "/openapi.json" {
                let answer = refused(&browser, "GET", &format!("{path}?colour=red"), "", 400).await;
                assert!(super::detail(&answer).contains("colour"), "{path}: {answer}");
            }
            if method == "POST" || method == "PATCH" {
                let path = path.replace("{id}", "0192f0c1-0000-7000-8000-000000000000").replace("{queue}", "none");
                let answer = refused(&browser, &method, &path, r#"{"colour": "red"}"#, 400).await;
                assert!(super::detail(&answer).contains("colour"), "{path}: {answer}");
                refused(&browser, &method, &path, "[]", 400).await;
                refused(&browser, &method, &path, "{", 400).await;
            }
        }
    }
    refused(&browser, "GET", "/nowhere", "", 404).await;
    refused(&browser, "PUT", "/jobs", "{}", 405).await;
}

#[tokio::test]
async fn the_document_is_read_by_its_own_names() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback()));

    let document: Value = get(&browser, "/openapi.json").await;

    let file: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
    assert_eq!((document["openapi"].as_str(), &document), (Some("3.1.0"), &file));
}

//! Secrets in the data of jobs.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use task_tower::{Job, JobError, JobId, JobState, Output, TaskTower};
use task_tower_ui::{Access, Dashboard, Redact};

use crate::browser::Browser;
use crate::support::{TestBed, in_state};

#[derive(Serialize, Deserialize)]
struct ChargeCard {
    data: Value,
}

impl Job for ChargeCard {
    const KIND: &'static str = "charge_card";
}

async fn charge(job: ChargeCard) -> Result<Output<Value>, JobError> {
    Ok(Output(job.data))
}

async fn charged(tower: &TaskTower, data: Value) -> JobId {
    let running = tower.start().unwrap();
    let id = tower.client().enqueue(ChargeCard { data }).await.unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;
    id
}

async fn pages(tower: &TaskTower, redact: Redact, id: JobId) -> [String; 2] {
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).redact(redact).router());
    [browser.get("/jobs").await.body, browser.get(&format!("/jobs/{id}")).await.body]
}

#[tokio::test]
async fn no_page_shows_a_secret_of_a_payload_a_context_or_a_result() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(charge).build().await.unwrap();
    let id =
        charged(&tower, json!({ "user": "ana", "Card_Number": "4242", "nested": [{ "apiKey": "hunter2" }] })).await;
    let context = r#"{"session": {"token": "hunter2", "name": "ana-in-context"}}"#;
    bed.execute(&format!("UPDATE {}.history SET context = '{context}'", bed.quoted())).await;

    let [list, page] = pages(&tower, Redact::default(), id).await;

    for shown in [&list, &page] {
        assert!(shown.contains("ana") && shown.contains("[redacted]"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("4242"), "{shown}");
    }
    assert!(page.contains("ana-in-context"), "{page}");
}

#[tokio::test]
async fn a_long_payload_shows_no_secret_in_the_list() {
    let tower = TestBed::new().await.builder().job(charge).build().await.unwrap();
    let id = charged(&tower, json!({ "a": 1, "password": "hunter2".repeat(500), "z": "z" })).await;

    let [list, page] = pages(&tower, Redact::default(), id).await;

    assert!(list.contains("[redacted]") && page.contains("[redacted]"), "{list}");
    assert!(!list.contains("hunter2") && !page.contains("hunter2"), "{list}");
}

#[tokio::test]
async fn what_the_host_hides_is_hidden_and_nothing_else() {
    let tower = TestBed::new().await.builder().job(charge).build().await.unwrap();
    let id = charged(&tower, json!({ "iban": "DE02", "password": "shown-on-purpose" })).await;

    let shown = pages(&tower, Redact::nothing().path("charge_*", "data.iban").path("charge_*", "iban"), id).await;

    for page in shown {
        assert!(!page.contains("DE02") && page.contains("shown-on-purpose"), "{page}");
    }
}

/// Everything else goes through the desk, which hides secrets and what is out of sight.
#[test]
fn only_the_desk_asks_the_console_for_jobs() {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut read = 0;

    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        read += 1;
        let asks = text.contains("console.job(") || text.contains("console.jobs(");
        assert_eq!(asks, path.ends_with("desk.rs"), "{}", path.display());
    }

    assert!(read > 10, "only {read} files");
}

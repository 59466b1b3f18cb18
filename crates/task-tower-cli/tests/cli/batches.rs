//! `task-tower batches`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use task_tower::Job;

use crate::program::run_on;
use crate::support::TestBed;

#[derive(Serialize, Deserialize)]
struct Letter {}

impl Job for Letter {
    const KIND: &'static str = "letter";
}

#[tokio::test]
async fn batches_are_listed_and_shown_and_their_jobs_found() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let batch = tower.client().open_batch("letters").on_success(Letter {}).await.unwrap();
    let members = batch.add_all([Letter {}, Letter {}, Letter {}]).await.unwrap();
    tower.console().discard(members[0], None).await.unwrap();
    let id = batch.id().to_string();

    let list = run_on(&bed, &["batches", "list"]);
    let shown = run_on(&bed, &["batches", "show", &id]);
    let json = run_on(&bed, &["batches", "show", &id, "--json"]);
    let jobs = run_on(&bed, &["jobs", "list", &format!("batch:{id} state:dead")]);

    let row = list.output.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!(row[..8], [&id, "letters", "open", "3", "2", "0", "1", "0"], "{list:?}");
    assert!(shown.output.contains("members   3, 2 of them pending\n"), "{shown:?}");
    assert!(shown.output.contains("on success: letter: not yet\n"), "{shown:?}");
    let json: Value = serde_json::from_str(&json.output).unwrap();
    assert_eq!((&json["total"], &json["callbacks"][0]["event"]), (&Value::from(3), &Value::from("success")));
    assert!(jobs.output.contains(&members[0].to_string()) || jobs.output.contains(&members[0].short()), "{jobs:?}");
}

#[tokio::test]
async fn the_steps_of_a_batch_are_shown_with_what_each_comes_after() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let before = tower.client().enqueue(Letter {}).await.unwrap();
    let batch = tower.client().open_batch("letters").on_success(Letter {}).await.unwrap();
    batch.add(Letter {}).following([before]).await.unwrap();
    let id = batch.id().to_string();

    let shown = run_on(&bed, &["batches", "show", &id]);
    let json = run_on(&bed, &["batches", "show", &id, "--json"]);

    let lines: Vec<_> = shown.output.lines().skip_while(|line| !line.starts_with("STEP")).skip(1).collect();
    assert_eq!(lines.len(), 3, "{shown:?}");
    assert!(lines[0].starts_with("letter (not in this batch)  enqueued"), "{shown:?}");
    assert!(lines[1].starts_with("letter ") && lines[1].ends_with("letter (not in this batch)"), "{shown:?}");
    assert!(lines[2].starts_with("letter (on success)") && lines[2].ends_with("  letter"), "{shown:?}");
    let json: Value = serde_json::from_str(&json.output).unwrap();
    assert_eq!(json["steps"]["edges"], serde_json::json!([{ "from": 0, "to": 1 }, { "from": 1, "to": 2 }]));
}

#[tokio::test]
async fn a_batch_that_does_not_exist_is_told_by_its_id() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);

    let told = run_on(&bed, &["batches", "show", "01987a6e-0000-7000-8000-000000000000"]);

    assert_eq!(told.code, Some(1));
    assert!(told.errors.contains("batch 01987a6e-0000-7000-8000-000000000000 does not exist"), "{}", told.errors);
}

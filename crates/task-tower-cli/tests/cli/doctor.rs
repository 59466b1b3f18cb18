//! `task-tower doctor`.

use task_tower::{Level, TaskTower};

use crate::program::run_on;
use crate::support::TestBed;

async fn fresh() -> TestBed {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    bed
}

#[tokio::test]
async fn what_is_wrong_comes_first_with_its_remedy_and_the_exit_code_says_so() {
    let bed = fresh().await;
    bed.query("SELECT tower.enqueue('lost', '{}')", &[]).await;

    let told = run_on(&bed, &["doctor"]);

    assert_eq!((told.code, &*told.errors), (Some(1), ""));
    let begin =
        "PROBLEM  No worker lives\n         1 job is due and waits.\n         → Start one: tower.run().await?\n";
    assert!(told.output.starts_with(begin), "{}", told.output);
    assert!(told.output.lines().last().unwrap().starts_with("1 problem, "), "{}", told.output);
}

#[tokio::test]
async fn warnings_alone_are_no_failure() {
    let bed = fresh().await;

    let told = run_on(&bed, &["doctor"]);

    assert_eq!((told.code, &*told.errors), (Some(0), ""));
    assert!(told.output.starts_with("WARNING  "), "{}", told.output);
    assert!(told.output.contains("\npassed   Schema fits."), "{}", told.output);
}

#[tokio::test]
async fn room_that_runs_out_is_a_failure_where_it_is_known_how_much_there_is() {
    let bed = fresh().await;

    let full = run_on(&bed, &["doctor", "--disk-bytes", "1000"]);
    let wide = run_on(&bed, &["doctor", "--disk-bytes", "1000000000000000"]);

    assert_eq!((full.code, wide.code), (Some(1), Some(0)), "{}", wide.output);
    assert!(full.output.starts_with("PROBLEM  Room runs out\n"), "{}", full.output);
    assert!(wide.output.contains("\npassed   There is room."), "{}", wide.output);
}

#[tokio::test]
async fn as_json_it_is_for_programs_and_the_exit_code_is_the_same() {
    let bed = fresh().await;
    let well = run_on(&bed, &["doctor", "--json"]);
    bed.query("SELECT tower.enqueue('lost', '{}')", &[]).await;

    let told = run_on(&bed, &["doctor", "--json"]);

    assert_eq!((well.code, told.code), (Some(0), Some(1)));
    let report: serde_json::Value = serde_json::from_str(&told.output).unwrap();
    assert_eq!(report["checks"][0]["name"], "workers");
    assert_eq!(report["checks"][0]["level"], serde_json::to_value(Level::Problem).unwrap());
    assert_eq!(report["queues_without_worker"][0]["name"], "default");
    assert!(report["tables"].as_array().unwrap().len() > 5, "{report}");
}

#[tokio::test]
async fn it_looks_as_the_library_does() {
    let bed = fresh().await;

    let told = run_on(&bed, &["doctor", "--json"]);

    let report: serde_json::Value = serde_json::from_str(&told.output).unwrap();
    let told = report["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap().to_owned());
    let builder = TaskTower::builder().connection_string(&bed.url).schema_name(&bed.schema).migrate(false);
    let own = builder.build().await.unwrap().console().doctor().await.unwrap();
    let (mut told, mut own): (Vec<String>, Vec<String>) =
        (told.collect(), own.checks.iter().map(|check| check.name.to_owned()).collect());
    told.sort();
    own.sort();
    assert_eq!(told, own);
}

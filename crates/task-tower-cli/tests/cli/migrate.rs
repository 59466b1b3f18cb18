//! `task-tower migrate`.

use task_tower::SCHEMA_VERSION;

use crate::program::run_on;
use crate::support::TestBed;

#[tokio::test]
async fn migrating_twice_changes_nothing_the_second_time() {
    let bed = TestBed::new().await;

    let first = run_on(&bed, &["migrate"]);
    let second = run_on(&bed, &["migrate"]);

    let schema = &bed.schema;
    assert_eq!(
        first.output,
        format!("schema {schema}: from version 0 to version {SCHEMA_VERSION}\n"),
        "{}",
        first.errors
    );
    assert_eq!(
        second.output,
        format!("schema {schema}: is at version {SCHEMA_VERSION} already\n"),
        "{}",
        second.errors
    );
    assert_eq!((first.code, second.code), (Some(0), Some(0)));
}

#[tokio::test]
async fn it_goes_down_and_up_again() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);

    let down = run_on(&bed, &["migrate", "--to", "0"]);
    let up = run_on(&bed, &["migrate"]);

    assert!(down.output.ends_with(&format!("from version {SCHEMA_VERSION} to version 0\n")), "{down:?}");
    assert!(up.output.ends_with(&format!("from version 0 to version {SCHEMA_VERSION}\n")), "{up:?}");
}

#[tokio::test]
async fn a_version_that_does_not_exist_is_refused() {
    let bed = TestBed::new().await;

    let told = run_on(&bed, &["migrate", "--to", "99"]);

    assert_eq!(told.code, Some(1));
    assert!(told.errors.starts_with("error: could not migrate\n  because: schema version 99"), "{}", told.errors);
}

#[tokio::test]
async fn ten_processes_that_start_at_once_make_one_schema() {
    let bed = TestBed::new().await;

    let told: Vec<_> = std::thread::scope(|scope| {
        let starters: Vec<_> = (0..10).map(|_| scope.spawn(|| run_on(&bed, &["migrate"]))).collect();
        starters.into_iter().map(|starter| starter.join().unwrap()).collect()
    });

    assert!(told.iter().all(|told| told.code == Some(0)), "{told:?}");
    let first = told.iter().filter(|told| told.output.contains("from version 0")).count();
    assert_eq!(first, 1, "{told:?}");
    assert_eq!(bed.number("SELECT count(*) FROM tower.migration").await, i64::from(SCHEMA_VERSION));
}

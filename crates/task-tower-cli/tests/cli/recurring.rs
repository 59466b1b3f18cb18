//! `task-tower recurring`.

use crate::program::{run, run_on};
use crate::support::TestBed;

#[tokio::test]
async fn one_is_added_changed_paused_run_and_removed() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let recurring = |arguments: &[&str]| run_on(&bed, &[&["recurring"], arguments].concat());

    let added = recurring(&["add", "nightly", "30 2 1 1 *", "send_invoices", "--payload", r#"{"country": "de"}"#]);
    let changed = recurring(&["change", "nightly", "--zone", "Europe/Berlin", "--overlap", "skip"]);
    let listed = recurring(&["list", "invoices"]);
    let skipped = recurring(&["skip", "nightly"]);
    let paused = recurring(&["pause", "nightly", "--reason", "closed"]);
    let shown = recurring(&["show", "nightly"]);
    let ran = recurring(&["run", "nightly"]);
    let resumed = recurring(&["resume", "nightly"]);
    let afterwards = recurring(&["show", "nightly"]);
    let removed = recurring(&["remove", "nightly"]);

    assert!(
        added.output.starts_with("nightly comes next 20") && added.output.contains("-01-01 02:30:00 UTC"),
        "{added:?}"
    );
    assert!(changed.output.contains("-01-01 01:30:00 UTC"), "{changed:?}");
    assert!(listed.output.contains("nightly  30 2 1 1 *  Europe/Berlin"), "{listed:?}");
    assert!(skipped.output.ends_with(", which is left out\n"), "{skipped:?}");
    assert_eq!(paused.output, "nightly is paused\n", "{paused:?}");
    assert!(shown.output.contains("paused by cli: closed") && shown.output.contains("overlap: skip"), "{shown:?}");
    assert!(ran.output.starts_with("enqueued job 0"), "{ran:?}");
    assert!(resumed.output.starts_with("nightly comes next "), "{resumed:?}");
    assert!(afterwards.output.contains("enqueued  0"), "{afterwards:?}");
    assert_eq!(removed.output, "nightly is removed\n", "{removed:?}");
    assert_eq!(recurring(&["remove", "nightly"]).code, Some(1));
}

#[tokio::test]
async fn those_that_fail_are_listed_alone() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    for name in ["broken", "whole"] {
        run_on(&bed, &["recurring", "add", name, "30 2 1 1 *", "send_invoices"]);
    }
    let ran = run_on(&bed, &["recurring", "run", "broken"]);
    let id = ran.output.trim_start_matches("enqueued job ").trim();
    run_on(&bed, &["jobs", "discard", id]);

    let failing = run_on(&bed, &["recurring", "list", "--failing"]);

    assert!(failing.output.contains("broken  30 2 1 1 *"), "{ran:?} {failing:?}");
    assert!(!failing.output.contains("whole"), "{failing:?}");
}

#[test]
fn an_expression_is_explained_without_a_database() {
    let arguments = ["--zone", "Europe/Berlin", "--after", "2027-03-27T12:00:00Z", "--count", "2"];
    let told = run(&[&["recurring", "explain", "30 2 * * *"], &arguments[..]].concat());

    assert_eq!(told.code, Some(0), "{told:?}");
    let lines: Vec<&str> = told.output.lines().collect();
    assert_eq!(lines[0], "At 02:30, Europe/Berlin");
    assert_eq!(lines[2], "2027-03-28 03:00:00  2027-03-28 01:00:00 UTC  there is no 02:30:00");
    assert_eq!(lines[3], "2027-03-29 02:30:00  2027-03-29 00:30:00 UTC");
}

#[test]
fn a_mistake_is_pointed_at_and_an_unknown_zone_told_with_the_nearest() {
    let wrong = run(&["recurring", "explain", "0 25 * * *"]);
    let nowhere = run(&["recurring", "explain", "@daily", "--zone", "Europe/Berln"]);

    assert_eq!((wrong.code, nowhere.code), (Some(1), Some(1)));
    assert!(wrong.errors.contains("hour 25 is not within 0 to 23\n    0 25 * * *\n      ^"), "{}", wrong.errors);
    assert!(nowhere.errors.contains("did you mean \"Europe/Berlin\"?"), "{}", nowhere.errors);
}

//! `task-tower queues`.

use crate::program::{program, program_on, run, run_on};
use crate::support::TestBed;

#[tokio::test]
async fn a_queue_is_paused_listed_and_resumed() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);

    let paused = run_on(&bed, &["queues", "pause", "mail", "--reason", "smtp is down"]);
    let while_paused = run_on(&bed, &["queues", "list"]);
    let resumed = run_on(&bed, &["queues", "resume", "mail"]);
    let afterwards = run_on(&bed, &["queues", "list"]);

    assert_eq!(paused.output, "queue mail is paused\n", "{paused:?}");
    assert!(while_paused.output.contains("smtp is down"), "{while_paused:?}");
    assert_eq!(resumed.output, "queue mail is running\n", "{resumed:?}");
    assert!(afterwards.output.contains("running"), "{afterwards:?}");
}

#[tokio::test]
async fn a_queue_gets_a_limit_of_its_own_and_the_usual_one_back() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    run_on(&bed, &["queues", "pause", "reports"]);

    let limited = run_on(&bed, &["queues", "limit", "reports", "1h 30m"]);
    let while_limited = run_on(&bed, &["queues", "list"]);
    let usual = run_on(&bed, &["queues", "limit", "reports", "--usual"]);
    let afterwards = run_on(&bed, &["queues", "list"]);

    assert_eq!(limited.output, "queue reports is late after 1h 30m\n", "{limited:?}");
    assert!(while_limited.output.contains("  5400 s  paused since"), "{while_limited:?}");
    assert_eq!(usual.output, "queue reports is late after 1m\n", "{usual:?}");
    assert!(afterwards.output.contains("    60 s  paused since"), "{afterwards:?}");
}

#[tokio::test]
async fn a_limit_has_to_be_said_and_to_be_one() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let limit = |arguments: &[&str]| run_on(&bed, &[&["queues", "limit", "reports"], arguments].concat());

    let (nothing, both, soon, long) = (limit(&[]), limit(&["1h", "--usual"]), limit(&["soon"]), limit(&["31days"]));

    assert_eq!([nothing.code, both.code, soon.code, long.code], [Some(2), Some(2), Some(2), Some(1)]);
    assert!(long.errors.contains("could not limit queue reports\n  because: a queue is late after"), "{}", long.errors);
}

#[tokio::test]
async fn the_audit_says_that_it_was_the_program_and_on_which_machine() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);

    let paused = program_on(&bed, &["queues", "pause", "mail"]).env("HOSTNAME", "web-1").output().unwrap();
    run_on(&bed, &["jobs", "requeue", "019323d4-7a01-7c55-b1de-0f2ac31ea3ff"]);

    assert!(paused.status.success(), "{paused:?}");
    let rows = bed.query("SELECT actor, address FROM tower.audit", &[]).await;
    let rows: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(rows, [("cli".to_owned(), "web-1".to_owned())]);
}

#[tokio::test]
async fn what_is_no_name_of_a_queue_is_refused() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);

    let told = run_on(&bed, &["queues", "pause", "a,b"]);

    assert_eq!(told.code, Some(1));
    assert!(told.errors.starts_with("error: could not pause queue a,b\n  because: queue \"a,b\""), "{}", told.errors);
}

#[tokio::test]
async fn the_database_may_be_named_before_or_after_the_deed() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let options = ["--database-url", &bed.url, "--schema", &bed.schema];

    let before = run(&[&["queues"], &options[..], &["list"]].concat());
    let after = run(&[&["queues", "list"], &options[..]].concat());

    assert_eq!((before.code, after.code), (Some(0), Some(0)), "{after:?}");
    assert_eq!(before.output, after.output);
}

#[tokio::test]
async fn the_database_may_be_named_by_the_variables_that_the_library_reads() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    run_on(&bed, &["queues", "pause", "mail"]);

    for (variable, wrong) in [("TASK_TOWER_CONNECTION_STRING", "DATABASE_URL"), ("DATABASE_URL", "UNRELATED")] {
        let mut command = program();
        command.env(variable, &bed.url).env(wrong, "postgres://127.0.0.1:1/wrong");
        let told = command.env("TASK_TOWER_SCHEMA_NAME", &bed.schema).args(["queues", "list"]).output().unwrap();

        let output = String::from_utf8(told.stdout).unwrap();
        assert!(output.contains("mail"), "{variable}: {output}");
    }
}

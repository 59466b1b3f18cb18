//! What the program says to what it cannot do.

use crate::program::{program, run, run_on};
use crate::support::TestBed;

#[test]
fn without_a_command_it_tells_which_there_are() {
    let told = run(&[]);

    assert_eq!(told.code, Some(2));
    for command in ["demo", "serve", "migrate", "jobs", "queues", "workers", "doctor", "postgres"] {
        assert!(told.errors.contains(&format!("\n  {command} ")), "{command} is not in {}", told.errors);
    }
}

#[test]
fn an_unknown_command_is_refused() {
    let told = run(&["dmeo"]);

    assert_eq!(told.code, Some(2));
    assert!(told.errors.contains("dmeo") && told.errors.contains("demo"), "{}", told.errors);
}

#[test]
fn a_value_that_cannot_be_is_refused_before_anything_is_done() {
    for arguments in [
        ["jobs", "list", "--state", "lost"],
        ["jobs", "list", "--limit", "0"],
        ["jobs", "list", "--limit", "201"],
        ["jobs", "show", "17", "--json"],
        ["demo", "--once", "--port", "70000"],
        ["postgres", "--set", "nonsense", "--durable"],
    ] {
        let told = run(&arguments);

        assert_eq!(told.code, Some(2), "{arguments:?}");
        assert!(told.errors.starts_with("error: invalid value"), "{}", told.errors);
    }
}

#[test]
fn a_database_that_is_not_there_is_told_with_a_hint() {
    let told = run(&["jobs", "--database-url", "postgres://postgres:secret@127.0.0.1:1/shop", "list"]);

    assert_eq!(told.code, Some(1));
    assert!(told.errors.starts_with("error: could not open the database\n  because: "), "{}", told.errors);
    assert!(told.errors.contains("\nhint: "), "{}", told.errors);
    assert!(!told.errors.contains("secret"), "{}", told.errors);
}

#[test]
fn the_help_does_not_show_the_password_of_the_environment() {
    for variable in ["TASK_TOWER_CONNECTION_STRING", "DATABASE_URL"] {
        let told = program().args(["jobs", "--help"]).env(variable, "postgres://ana:secret@db/shop").output().unwrap();

        let help = String::from_utf8(told.stdout).unwrap();
        assert!(help.contains(variable) && !help.contains("secret"), "{help}");
    }
}

#[tokio::test]
async fn asking_creates_no_tables_and_says_what_to_run() {
    let bed = TestBed::new().await;

    let told = run_on(&bed, &["workers"]);

    assert_eq!(told.code, Some(1));
    assert!(told.errors.contains("task-tower migrate"), "{}", told.errors);
    let sql = format!("SELECT count(*) FROM pg_namespace WHERE nspname = '{}'", bed.schema);
    assert_eq!(bed.number(&sql).await, 0);
}

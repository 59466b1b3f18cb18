//! The README's quick start is the example of that name, and it runs.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::support::{TestBed, server};

const README: &str = include_str!("../../../../README.md");
const EXAMPLE: &str = include_str!("../../examples/quick_start.rs");

#[test]
fn the_quick_start_is_the_example() {
    let block = README.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());

    let example = EXAMPLE.trim_start_matches("//! The quick start of the README.\n\n");

    assert_eq!(block, Some(example), "README.md and examples/quick_start.rs differ");
}

#[tokio::test]
async fn the_quick_start_runs_its_jobs_and_stops_when_asked() {
    let database = format!("quick_start_{}", std::process::id());
    TestBed::new().await.execute(&format!("CREATE DATABASE {database}")).await;
    let mut program = Command::new(example("quick_start"))
        .env("DATABASE_URL", in_database(server(), &database))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();

    let lines = BufReader::new(program.stdout.take().unwrap()).lines().map_while(Result::ok);
    let welcomed: Vec<String> = lines.filter(|line| line.starts_with("welcome, user ")).take(2).collect();
    terminate(&program);

    assert!(welcomed[0].starts_with("welcome, user 1!"), "{welcomed:?}");
    assert!(welcomed[1].starts_with("welcome, user 2!"), "{welcomed:?}");
    assert!(program.wait().unwrap().success());
}

/// Cargo builds examples beside the tests.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().parent().unwrap().join("examples").join(name)
}

fn in_database(url: &str, database: &str) -> String {
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{database}")
}

fn terminate(program: &Child) {
    let killed = Command::new("kill").arg(program.id().to_string()).status().unwrap();
    assert!(killed.success());
}

//! Which programs of PostgreSQL are run, and what is said when they are not the right ones.

use std::env;

use super::child::{ChildWithCluster, run_errand};
use super::{Scratch, is_running, processes_about, until, write_program};

#[test]
fn a_named_directory_without_programs_is_an_error_that_says_so() {
    let scratch = Scratch::new();
    let empty = scratch.path("empty");

    let message = run_errand("fail", |child| child.env("TASK_TOWER_PG_BIN", &empty));

    assert!(message.contains("the environment variable TASK_TOWER_PG_BIN names"), "{message}");
    assert!(message.contains(&format!("{}", empty.display())), "{message}");
}

#[test]
fn a_named_directory_with_an_old_version_is_an_error_that_says_so() {
    let scratch = Scratch::new();
    write_program(&scratch.path("initdb"), "exit 1");
    write_program(&scratch.path("postgres"), "echo 'postgres (PostgreSQL) 12.3'");

    let message = run_errand("fail", |child| child.env("TASK_TOWER_PG_BIN", &scratch.0));

    assert!(message.contains("TASK_TOWER_PG_BIN"), "{message}");
    assert!(message.contains("15 or later is needed"), "{message}");
    assert!(message.contains("PostgreSQL 12"), "{message}");
}

#[tokio::test]
async fn an_old_version_on_the_path_is_passed_over() {
    let scratch = Scratch::new();
    write_program(&scratch.path("initdb"), "exit 1");
    write_program(&scratch.path("postgres"), "echo 'postgres (PostgreSQL) 12.3'");
    let path = env::var_os("PATH").unwrap_or_default();
    let places = [scratch.0.clone()].into_iter().chain(env::split_paths(&path));
    let path = env::join_paths(places).unwrap();

    let mut child = ChildWithCluster::start_with("start", |command| command.env("PATH", &path));

    assert!(is_running(child.server));
    child.kill();
    until("everything has ended", || processes_about(&child.directory).is_empty());
}

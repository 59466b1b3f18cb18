//! `task-tower postgres`.

use std::time::{Duration, Instant};

use crate::program::{Running, left_behind_by, program, run};

#[test]
fn a_command_gets_the_address_and_its_exit_code_comes_back() {
    let script =
        "[ \"$DATABASE_URL\" = \"$TASK_TOWER_TEST_URL\" ] && echo \"at $DATABASE_URL, parent $PPID\" && exit 7";

    let told = run(&["postgres", "--", "sh", "-c", script]);

    assert_eq!(told.code, Some(7), "{told:?}");
    assert!(told.output.starts_with("at postgres://postgres@127.0.0.1:"), "{told:?}");
    let parent: u32 = told.output.trim().rsplit(' ').next().unwrap().parse().unwrap();
    assert_eq!(left_behind_by(parent), [""; 0]);
}

#[test]
fn a_command_that_does_not_exist_is_told_and_leaves_no_server() {
    let told = run(&["postgres", "--", "/no/such/program"]);

    assert_eq!(told.code, Some(1));
    assert!(told.errors.starts_with("error: could not run /no/such/program\n"), "{}", told.errors);
}

#[test]
fn without_a_command_it_holds_the_server_until_it_is_told_to_stop() {
    let mut running = Running::start(program().arg("postgres"));
    let url = running.line_with("postgres://");
    let (process, mut config) = (running.id(), url.rsplit(':'));
    let port: u16 = config.next().unwrap().split('/').next().unwrap().parse().unwrap();

    let reached = std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    running.signal("INT");

    assert!(reached);
    assert_eq!(running.wait().code(), Some(0));
    assert_eq!(left_behind_by(process), [""; 0]);
}

#[test]
fn a_command_is_told_to_stop_when_the_program_is() {
    let mut command = program();
    command.args([
        "postgres",
        "--",
        "sh",
        "-c",
        "trap 'echo told; exit 3' TERM; echo ready; while :; do sleep 0.05; done",
    ]);
    let mut running = Running::start(&mut command);
    running.line_with("ready");
    let began = Instant::now();

    running.signal("TERM");

    running.line_with("told");
    assert_eq!(running.wait().code(), Some(3));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

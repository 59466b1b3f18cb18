//! `task-tower serve`.

use crate::program::{Running, address, get, program, run, run_on};
use crate::support::TestBed;

#[tokio::test]
async fn it_serves_the_dashboard_until_it_is_told_to_stop() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let mut command = program();
    command.args(["serve", "--database-url", &bed.url, "--schema", &bed.schema, "--listen", "127.0.0.1:0"]);
    let mut running = Running::start(&mut command);
    let url = address(&running.line_with("Dashboard"));

    let answer = get(&url, "/jobs");
    running.signal("TERM");

    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("There are no jobs yet"), "{answer}");
    assert_eq!(running.wait().code(), Some(0));
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    for listen in ["0.0.0.0:4700", "192.0.2.7:4700", "[::]:4700"] {
        let told = run(&["serve", "--database-url", "postgres://127.0.0.1:1/x", "--listen", listen]);

        assert_eq!(told.code, Some(1));
        assert!(told.errors.contains("there is no login yet"), "{}", told.errors);
    }
}

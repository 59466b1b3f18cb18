//! The README's quick start is the example of that name, and it runs.

use crate::support::example::Example;

const README: &str = include_str!("../../../../README.md");
const EXAMPLE: &str = include_str!("../../examples/quick_start.rs");

#[test]
fn the_quick_start_is_the_example() {
    let block = README.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());

    let code: String = EXAMPLE.split_inclusive('\n').skip_while(|line| line.starts_with("//!")).skip(1).collect();

    assert_eq!(block, Some(code.as_str()), "README.md and examples/quick_start.rs differ");
}

#[tokio::test]
async fn the_quick_start_runs_its_jobs_and_stops_when_asked() {
    let mut quick_start = Example::start("quick_start").await;

    quick_start.until("welcome, user 1!").await;
    quick_start.until("welcome, user 2!").await;

    quick_start.stop().await;
}

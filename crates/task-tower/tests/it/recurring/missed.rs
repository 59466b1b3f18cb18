//! Times at which no worker lived.

use task_tower::MissedRuns;

use super::bed::{come, outcomes, sweep, ticks, yearly};
use crate::support::TestBed;

/// What becomes of the times of the last two hours and a half, of which there is one every hour.
async fn after_hours_of_nobody(missed: MissedRuns) -> (Vec<&'static str>, Vec<u32>, i64) {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(sweep).build().await.unwrap();
    let console = tower.console();
    let mut draft = yearly("hourly");
    (draft.expression, draft.missed) = ("every 1 hour".to_owned(), missed);
    console.add_recurring(&draft).await.unwrap();
    // The full hour three hours before the next one: three times have come.
    bed.query("UPDATE tower.recurring SET next_at = next_at - interval '3 hours'", &[]).await;
    let count = if matches!(missed, MissedRuns::Once | MissedRuns::All(2)) { 2 } else { 1 };

    let running = tower.start().unwrap();

    let outcomes = outcomes(&console, "hourly", count).await;
    let missed = ticks(&console, "hourly").await.iter().map(|tick| tick.missed).collect();
    running.stop().await;
    (outcomes, missed, bed.number("SELECT count(*) FROM tower.jobs").await)
}

#[tokio::test]
async fn one_run_makes_up_for_all_by_default() {
    let (outcomes, missed, jobs) = after_hours_of_nobody(MissedRuns::default()).await;

    assert_eq!((outcomes, missed, jobs), (vec!["missed", "enqueued"], vec![2, 0], 1));
}

#[tokio::test]
async fn each_is_made_up_for_up_to_a_limit() {
    let (outcomes, missed, jobs) = after_hours_of_nobody(MissedRuns::All(2)).await;

    assert_eq!((outcomes, missed, jobs), (vec!["missed", "enqueued", "enqueued"], vec![1, 0, 0], 2));
}

#[tokio::test]
async fn they_are_left_out_and_noted_once() {
    let (outcomes, missed, jobs) = after_hours_of_nobody(MissedRuns::Skip).await;

    // In the first minute of an hour, the latest is not late yet.
    match outcomes.len() {
        1 => assert_eq!((outcomes, missed, jobs), (vec!["missed"], vec![3], 0)),
        _ => assert_eq!((outcomes, missed, jobs), (vec!["missed", "enqueued"], vec![2, 0], 1)),
    }
}

#[tokio::test]
async fn a_time_that_is_a_little_late_is_not_missed() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(sweep).build().await.unwrap();
    let console = tower.console();
    let mut draft = yearly("strict");
    draft.missed = MissedRuns::Skip;
    console.add_recurring(&draft).await.unwrap();
    come(&bed, "strict", 20).await;

    let running = tower.start().unwrap();

    assert_eq!(outcomes(&console, "strict", 1).await, ["enqueued"]);
    running.stop().await;
}

//! The days of the history.

use task_tower::Level;

use super::{check, level};
use crate::support::TestBed;

/// Drops the last days, as if no worker had made them.
async fn drop_days(bed: &TestBed, from: i32) {
    let names = "SELECT format('%I.%I', 'tower', relname) FROM pg_class
                 WHERE relnamespace = $2::text::regnamespace AND relispartition AND relname ~ '\\d{4}_\\d{2}_\\d{2}$'
                   AND to_date(right(relname, 10), 'YYYY_MM_DD') >= (now() AT TIME ZONE 'UTC')::date + $1::integer";
    for row in bed.query(names, &[&from, &bed.quoted()]).await {
        let table: String = row.get(0);
        bed.query(&format!("DROP TABLE {table}"), &[]).await;
    }
}

#[tokio::test]
async fn days_that_nobody_makes_are_a_warning_and_then_a_problem() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let before = console.doctor().await.unwrap();
    drop_days(&bed, 2).await;
    let late = console.doctor().await.unwrap();
    drop_days(&bed, 1).await;
    let none = console.doctor().await.unwrap();
    bed.query("SELECT tower.make_partitions(3)", &[]).await;

    let after = console.doctor().await.unwrap();

    assert_eq!(level(&before, "history"), Level::Passed);
    assert_eq!(level(&late, "history"), Level::Warning);
    assert_eq!(level(&none, "history"), Level::Problem);
    assert_eq!(check(&none, "history").title.to_string(), "Tomorrow has no place in the history");
    assert_eq!(level(&after, "history"), Level::Passed);
}

#[tokio::test]
async fn jobs_outside_of_all_days_are_told() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let lost = "INSERT INTO tower.history (id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
                    max_retries, priority, state, kind, queue, tags, payload)
                VALUES (tower.new_id(), now(), now(), now(), '2020-01-01', 0, 0, 1, 0, 0, 0, 0, 3, 'x', 'default', '{}', '{}')";
    bed.query(lost, &[]).await;

    let report = console.doctor().await.unwrap();
    bed.query("DELETE FROM tower.history", &[]).await;
    let after = console.doctor().await.unwrap();

    assert_eq!(level(&report, "history_outside"), Level::Warning);
    assert!(check(&report, "history_outside").reason.to_string().starts_with("1 job ended"), "{report}");
    assert_eq!(level(&after, "history_outside"), Level::Passed);
}

//! `task-tower workers`.

use crate::program::{Told, run_on};
use crate::support::TestBed;

/// A worker that lives, and two that do not.
async fn with_workers() -> TestBed {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let sql = "INSERT INTO tower.worker
                   (id, host, process_id, version, slots, kinds, queues, dead_after, ended_at, ended_how)
               OVERRIDING SYSTEM VALUE
               SELECT id, 'jobs-' || id, 1, '0.1.0', 4, '{}', '{}', '1 h',
                      CASE WHEN id > 1 THEN now() END, CASE WHEN id > 1 THEN 'silent' END
               FROM generate_series(1, 3) AS id";
    bed.query(sql, &[]).await;
    bed
}

fn ids(list: &Told) -> Vec<&str> {
    list.output.lines().skip(1).map(|line| line.split_whitespace().next().unwrap()).collect()
}

#[tokio::test]
async fn they_are_listed_with_and_without_a_word() {
    let bed = with_workers().await;

    let (bare, named) = (run_on(&bed, &["workers"]), run_on(&bed, &["workers", "list"]));

    assert_eq!(ids(&bare).len(), 3, "{bare:?}");
    assert_eq!(ids(&bare), ids(&named));
}

#[tokio::test]
async fn those_that_no_longer_live_are_removed_up_to_one_that_does() {
    let bed = with_workers().await;

    let removed = run_on(&bed, &["workers", "remove", "3", "1", "2"]);
    let left = run_on(&bed, &["workers"]);
    let unknown = run_on(&bed, &["workers", "remove", "3"]);

    assert_eq!((removed.code, removed.output.as_str()), (Some(1), "worker 3 is removed\n"));
    assert!(removed.errors.contains("could not remove worker 1\n  because: worker 1 lives"), "{}", removed.errors);
    assert_eq!(ids(&left), ["1", "2"]);
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    assert_eq!(run_on(&bed, &["workers", "remove"]).code, Some(2), "nothing is removed that is not named");
}

#[tokio::test]
async fn one_that_lives_is_asked_to_be_quiet_to_go_on_and_to_stop() {
    let bed = with_workers().await;

    for deed in ["quiet", "resume", "stop"] {
        let asked = run_on(&bed, &["workers", deed, "1"]);

        assert_eq!(asked.output, format!("worker 1 was asked to {deed}\n"), "{asked:?}");
    }
    let dead = run_on(&bed, &["workers", "quiet", "2"]);

    let told = bed.query("SELECT array_agg(action ORDER BY id) FROM tower.audit", &[]).await;
    assert_eq!(told[0].get::<_, Vec<String>>(0), ["quiet_worker", "resume_worker", "stop_worker"]);
    assert!(dead.errors.contains("worker 2 does not live"), "{}", dead.errors);
}

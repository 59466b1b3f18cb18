//! What can be undone comes back bit for bit; what has gone on since is left alone.

use std::time::Duration as StdDuration;

use chrono::{Duration, Utc};
use serde_json::json;
use task_tower::{Action, Actor, Console, JobId, JobState, OperationId, TaskTower};

use crate::support::stage::Stage;
use crate::support::{TestBed, until};

async fn idle_tower() -> (TestBed, TaskTower) {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    (bed, tower)
}

/// Jobs with everything in them that a row can hold.
async fn rich_jobs(bed: &TestBed) -> Vec<JobId> {
    let sql = r#"
        SELECT tower.enqueue('mail', '{"big": 12345678901234567890, "exact": 1.10}', queue => 'out', delay => '1 h',
                                  priority => 3, tags => '{a,"b c"}', timeout => '5 s', context => '{"who": "me"}',
                                  unique_key => number::text)
        FROM generate_series(1, 3) AS number"#;
    bed.query(sql, &[]).await.iter().map(|row| row.get::<_, uuid::Uuid>(0).into()).collect()
}

/// All rows, wherever they are.
async fn rows(bed: &TestBed) -> Vec<String> {
    let sql = "SELECT 'live ' || to_jsonb(job)::text FROM tower.job
               UNION ALL SELECT 'history ' || to_jsonb(history)::text FROM tower.history ORDER BY 1";
    bed.query(sql, &[]).await.iter().map(|row| row.get(0)).collect()
}

async fn undo(console: &Console, operation: OperationId) {
    let undoing = console.undo(operation).await.unwrap();
    while console.work_operations().await.unwrap() {}
    let record = console.operation(undoing).await.unwrap();
    assert_eq!((record.undoes, record.ended_at.is_some()), (Some(operation), true));
}

#[tokio::test]
async fn whatever_can_be_undone_comes_back_bit_for_bit() {
    let actions = [
        Action::Cancel { reason: Some("oops".to_owned()) },
        Action::Discard { reason: None },
        Action::Delete,
        Action::Move { queue: "slow".to_owned() },
        Action::Prioritize { priority: -5 },
        Action::Reschedule { run_at: Utc::now() + Duration::days(1) },
    ];
    for action in actions {
        let (bed, tower) = idle_tower().await;
        let (console, jobs) = (tower.console(), rich_jobs(&bed).await);
        let before = rows(&bed).await;

        let done = console.act(&action, &jobs).await.unwrap();
        assert_ne!(rows(&bed).await, before, "{action:?}");
        undo(&console, done.operation.unwrap()).await;

        assert_eq!(rows(&bed).await, before, "{action:?}");
    }
}

#[tokio::test]
async fn deleted_jobs_of_the_history_come_back_too() {
    let (bed, tower) = idle_tower().await;
    let (console, jobs) = (tower.console(), rich_jobs(&bed).await);
    console.discard_all(&jobs[..1], None).await.unwrap();
    console.cancel_all(&jobs[1..2], None).await.unwrap();
    let before = rows(&bed).await;

    let done = console.delete_all(&jobs).await.unwrap();
    assert_eq!(rows(&bed).await, Vec::<String>::new());
    undo(&console, done.operation.unwrap()).await;

    assert_eq!(rows(&bed).await, before);
}

#[tokio::test]
async fn jobs_that_have_gone_on_are_left_alone() {
    let (bed, tower) = idle_tower().await;
    let (console, jobs) = (tower.console(), rich_jobs(&bed).await);
    let done = console.cancel_all(&jobs, None).await.unwrap();
    console.requeue(jobs[0]).await.unwrap();
    // Another job has the unique key of the second by now.
    bed.query("SELECT tower.enqueue('mail', unique_key => '2')", &[]).await;

    let undoing = console.undo(done.operation.unwrap()).await.unwrap();
    while console.work_operations().await.unwrap() {}

    let record = console.operation(undoing).await.unwrap();
    assert_eq!((record.done, record.skipped), (1, 2));
    let mut states = Vec::new();
    for id in jobs {
        states.push(console.job(id).await.unwrap().state);
    }
    assert_eq!(states, [JobState::Enqueued, JobState::Cancelled, JobState::Scheduled]);
}

#[tokio::test]
async fn moved_jobs_that_were_moved_again_stay_there() {
    let (bed, tower) = idle_tower().await;
    let (console, jobs) = (tower.console(), rich_jobs(&bed).await);
    let done = console.act(&Action::Move { queue: "slow".to_owned() }, &jobs).await.unwrap();
    console.act(&Action::Move { queue: "other".to_owned() }, &jobs[..1]).await.unwrap();

    undo(&console, done.operation.unwrap()).await;

    let mut queues = Vec::new();
    for id in jobs {
        queues.push(console.job(id).await.unwrap().queue);
    }
    assert_eq!(queues, ["other", "out", "out"]);
}

#[tokio::test]
async fn it_is_undone_once_and_within_ten_minutes() {
    let (bed, tower) = idle_tower().await;
    let (console, jobs) = (tower.console().acting(Actor::new("ana")), rich_jobs(&bed).await);
    let once = console.cancel_all(&jobs[..1], None).await.unwrap().operation.unwrap();
    let late = console.cancel_all(&jobs[1..], None).await.unwrap().operation.unwrap();
    bed.query(&format!("UPDATE tower.operation SET undo_until = now() - interval '1 ms' WHERE id = {late}"), &[]).await;
    console.undo(once).await.unwrap();

    let twice = console.undo(once).await.unwrap_err();
    let too_late = console.undo(late).await.unwrap_err();

    for error in [twice, too_late] {
        assert!(error.is_conflict() && error.to_string().contains("cannot be undone"), "{error:?}");
    }
}

#[tokio::test]
async fn a_requeue_cannot_be_undone() {
    let (bed, tower) = idle_tower().await;
    let (console, jobs) = (tower.console(), rich_jobs(&bed).await);

    let done = console.requeue_all(&jobs).await.unwrap();

    assert_eq!((done.done.len(), done.operation), (3, None));
}

#[tokio::test]
async fn a_queue_is_set_as_it_was_with_time_and_reason() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    console.pause_queue("out", Some("feed broken")).await.unwrap();
    let setting = "SELECT to_jsonb(queue)::text FROM tower.queue";
    let before: String = bed.query(setting, &[]).await[0].get(0);

    let resumed = console.resume_queue("out").await.unwrap();
    assert!(console.queues().await.unwrap()[0].paused_at.is_none());
    console.undo_queue(resumed).await.unwrap();

    assert_eq!(bed.query(setting, &[]).await[0].get::<_, String>(0), before);
    let error = console.undo_queue(resumed).await.unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
}

#[tokio::test]
async fn a_pause_that_is_undone_lets_the_queue_run() {
    let (_bed, tower) = idle_tower().await;
    let console = tower.console();
    let paused = console.pause_queue("out", None).await.unwrap();

    console.undo_queue(paused).await.unwrap();

    assert!(console.queues().await.unwrap()[0].paused_at.is_none());
}

#[tokio::test]
async fn the_limit_of_a_queue_is_set_as_it_was_unless_somebody_set_another_one_since() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    let limits = async || console.queue_limits().await.unwrap().into_values().collect::<Vec<_>>();
    let (short, long) = (StdDuration::from_millis(1_500), StdDuration::from_micros(3_600_000_900));
    let first = console.limit_queue("out", Some(short)).await.unwrap();
    let second = console.limit_queue("out", Some(long)).await.unwrap();
    console.pause_queue("out", Some("feed broken")).await.unwrap();

    let too_early = console.undo_queue(first).await.unwrap_err();
    let undone = console.undo_queue(second).await.unwrap();
    let after_one = limits().await;
    console.undo_queue(first).await.unwrap();

    assert!(too_early.is_conflict(), "{too_early:?}");
    assert_eq!((undone, after_one, limits().await), (vec!["out".to_owned()], vec![short], vec![]));
    assert_eq!(console.queues_of(first).await.unwrap(), ["out"]);
    assert!(console.queues().await.unwrap()[0].paused_at.is_some(), "what was done to it otherwise stays");
    bed.query("UPDATE tower.audit SET at = now() - interval '11 min'", &[]).await;
    assert!(console.undo_queue(first).await.unwrap_err().is_conflict());
}

#[tokio::test]
async fn images_are_kept_as_long_as_they_can_be_of_use() {
    let bed = TestBed::new().await;
    let tower = Stage::default().cast(bed.builder()).build().await.unwrap();
    let (console, jobs) = (tower.console(), rich_jobs(&bed).await);
    let done = console.delete_all(&jobs).await.unwrap();
    let images = "SELECT count(*) FROM tower.operation_item";
    assert_eq!(bed.number(images).await, 3);
    let id = done.operation.unwrap();
    bed.query(&format!("UPDATE tower.operation SET undo_until = now() - interval '11 min' WHERE id = {id}"), &[]).await;

    let running = tower.start().unwrap();

    until("the images are gone", async || bed.number(images).await == 0).await;
    assert_eq!(console.operation(id).await.unwrap().done, 3);
    running.stop().await;
}

#[tokio::test]
async fn what_was_skipped_is_told_by_state() {
    let (bed, tower) = idle_tower().await;
    let (console, jobs) = (tower.console(), rich_jobs(&bed).await);
    console.discard(jobs[0], None).await.unwrap();
    console.delete(jobs[1]).await.unwrap();

    let done = console.cancel_all(&jobs, None).await.unwrap();

    let record = console.operation(done.operation.unwrap()).await.unwrap();
    assert_eq!(json!(record.skipped_states), json!({ "dead": 1, "gone": 1 }));
    assert_eq!((record.done, record.skipped), (1, 2));
}

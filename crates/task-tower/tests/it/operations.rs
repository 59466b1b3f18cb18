//! Actions on all jobs that a filter finds: in chunks, with a bound, over restarts, to be stopped and undone.

use chrono::Utc;
use serde_json::json;
use task_tower::{Action, AuditFilter, Console, Count, JobFilter, JobState, OperationId, OperationRecord, TaskTower};

use crate::support::TestBed;

async fn idle_tower() -> (TestBed, TaskTower) {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    (bed, tower)
}

/// Many jobs of a kind that wait for tomorrow.
async fn crowd(bed: &TestBed, kind: &str, number: i32) {
    let sql = "INSERT INTO tower.job (id, kind, run_at)
               SELECT tower.new_id(), $1, clock_timestamp() + interval '1 day' FROM generate_series(1, $2)";
    bed.query(sql, &[&kind, &number]).await;
}

fn filter(text: &str) -> JobFilter {
    text.parse().unwrap()
}

fn cancel() -> Action {
    Action::Cancel { reason: Some("no longer wanted".to_owned()) }
}

async fn start(console: &Console, action: &Action, text: &str) -> OperationId {
    console.start_operation(action, &filter(text), Utc::now(), "tidy up").await.unwrap()
}

async fn finish(console: &Console, id: OperationId) -> OperationRecord {
    while console.work_operations().await.unwrap() {}
    let record = console.operation(id).await.unwrap();
    assert!(record.ended_at.is_some(), "{record:?}");
    record
}

async fn count(bed: &TestBed, table: &str, kind: &str) -> i64 {
    bed.number(&format!("SELECT count(*) FROM tower.{table} WHERE kind = '{kind}'")).await
}

#[tokio::test]
async fn it_reaches_every_job_that_fits_and_no_other() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    crowd(&bed, "mail", 2_345).await;
    crowd(&bed, "invoice", 10).await;

    let id = start(&console, &cancel(), "kind:mail").await;
    let record = finish(&console, id).await;

    assert_eq!((record.expected, record.done, record.skipped), (2_345, 2_345, 0));
    assert_eq!((count(&bed, "job", "mail").await, count(&bed, "job", "invoice").await), (0, 10));
    assert_eq!(count(&bed, "history_cancelled", "mail").await, 2_345);
    assert_eq!((record.name.as_str(), record.filter.as_deref()), ("tidy up", Some("kind:mail")));
}

#[tokio::test]
async fn the_preview_tells_how_many_and_which() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    crowd(&bed, "mail", 7).await;
    let page = console.jobs(&filter("kind:mail")).await.unwrap();
    console.discard(page.jobs[0].id, None).await.unwrap();

    let preview = console.preview(&filter("kind:mail")).await.unwrap();

    assert_eq!(json!(preview.states), json!({ "scheduled": { "exact": 6 }, "dead": { "exact": 1 } }));
    assert_eq!((preview.total(), preview.eligible(&cancel())), (Count::Exact(7), Count::Exact(6)));
    assert_eq!(preview.samples.len(), 5);
}

#[tokio::test]
async fn jobs_that_came_after_the_preview_are_not_touched() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    crowd(&bed, "mail", 3).await;
    let preview = console.preview(&filter("kind:mail")).await.unwrap();
    crowd(&bed, "mail", 2).await;

    let id = console.start_operation(&Action::Delete, &filter("kind:mail"), preview.created_before, "").await.unwrap();
    let record = finish(&console, id).await;

    assert_eq!((record.done, count(&bed, "job", "mail").await), (3, 2));
}

#[tokio::test]
async fn it_goes_on_where_a_process_that_died_left_it() {
    let (bed, tower) = idle_tower().await;
    crowd(&bed, "mail", 2_500).await;
    let id = start(&tower.console(), &cancel(), "kind:mail").await;
    assert!(tower.console().work_operations().await.unwrap());
    assert_eq!(tower.console().operation(id).await.unwrap().done, 1_000);
    drop(tower);

    let next = bed.builder().build().await.unwrap();
    let record = finish(&next.console(), id).await;

    assert_eq!((record.done, record.skipped, count(&bed, "history_cancelled", "mail").await), (2_500, 0, 2_500));
}

#[tokio::test]
async fn it_stops_within_one_chunk_and_what_is_done_can_be_undone() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    crowd(&bed, "mail", 2_500).await;
    let id = start(&console, &Action::Delete, "kind:mail").await;
    console.work_operations().await.unwrap();

    console.cancel_operation(id).await.unwrap();
    let record = finish(&console, id).await;
    assert!(record.done <= 2_000, "{record:?}");
    assert_eq!(count(&bed, "job", "mail").await, 2_500 - record.done.cast_signed());
    let undoing = console.undo(id).await.unwrap();
    let undone = finish(&console, undoing).await;

    assert_eq!((undone.done, count(&bed, "job", "mail").await), (record.done, 2_500));
    assert!(console.cancel_operation(id).await.unwrap_err().is_conflict());
}

#[tokio::test]
async fn jobs_in_another_state_are_skipped_and_counted_by_state() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    crowd(&bed, "mail", 5).await;
    let jobs = console.jobs(&filter("kind:mail")).await.unwrap().jobs;
    console.discard_all(&[jobs[0].id, jobs[1].id], None).await.unwrap();

    let id = start(&console, &Action::Move { queue: "slow".to_owned() }, "kind:mail").await;
    let record = finish(&console, id).await;

    assert_eq!((record.expected, record.done, record.skipped), (3, 3, 2));
    assert_eq!(json!(record.skipped_states), json!({ "dead": 2 }));
}

#[tokio::test]
async fn the_scope_of_whoever_began_it_holds_to_the_end() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    crowd(&bed, "mail", 3).await;
    crowd(&bed, "invoice", 3).await;
    let scoped = JobFilter::new().scoped(None, Some(vec!["mail*".to_owned()]));

    let id = console.start_operation(&cancel(), &scoped, Utc::now(), "").await.unwrap();
    let record = finish(&console, id).await;

    assert_eq!((record.done, count(&bed, "job", "invoice").await), (3, 3));
}

#[tokio::test]
async fn what_guards_the_filter_of_whoever_began_it_holds_to_the_end() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    for (payload, tag) in [(r#"{"PASS-word": 1}"#, "vip-1"), (r#"{"pass": 1}"#, "vip-2"), ("{}", "vip-password")] {
        let sql = format!(
            "INSERT INTO tower.job (id, kind, created_at, run_at, payload, tags)
             VALUES (gen_random_uuid(), 'mail', now(), now(), '{payload}', '{{{tag}}}')"
        );
        bed.query(&sql, &[]).await;
    }
    let guarded = filter("tag:vip*").guarded("p[^a-z]*a[^a-z]*s[^a-z]*s[^a-z]*w[^a-z]*o[^a-z]*r[^a-z]*d");

    let id = console.start_operation(&cancel(), &guarded, Utc::now(), "").await.unwrap();
    let record = finish(&console, id).await;

    assert_eq!((record.expected, record.done, count(&bed, "job", "mail").await), (1, 1, 2));
    let whole = console.counts(&filter("tag:vip-1").guarded("password")).await.unwrap();
    assert_eq!(whole.values().map(|count| count.number()).sum::<u64>(), 1);
    let contrary = console.jobs(&filter("-tag:vip-1*").guarded("pass-word|password")).await.unwrap();
    assert_eq!(contrary.jobs.len(), 3);
}

#[tokio::test]
async fn an_operation_is_one_entry_of_the_audit_however_many_jobs_it_has() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    crowd(&bed, "mail", 1_500).await;

    let id = start(&console, &cancel(), "kind:mail").await;
    finish(&console, id).await;

    let entries = console.audit(&AuditFilter::new()).await.unwrap();
    assert_eq!((entries.len(), entries[0].operation_id), (1, Some(id)));
    assert_eq!(entries[0].details["filter"], "kind:mail");
}

#[tokio::test]
async fn two_that_work_at_the_same_time_share_the_work() {
    let (bed, tower) = idle_tower().await;
    let other = bed.builder().build().await.unwrap();
    crowd(&bed, "mail", 3_000).await;
    let id = start(&tower.console(), &cancel(), "kind:mail").await;

    let (one, two) = (tower.console(), other.console());
    tokio::join!(finish_all(&one), finish_all(&two));

    let record = finish(&one, id).await;
    assert_eq!((record.done, record.skipped), (3_000, 0));
}

async fn finish_all(console: &Console) {
    while console.work_operations().await.unwrap() {}
}

#[tokio::test]
async fn dead_jobs_are_requeued_by_filter() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    crowd(&bed, "mail", 12).await;
    let discarding = start(&console, &Action::Discard { reason: None }, "kind:mail").await;
    finish(&console, discarding).await;

    let id = start(&console, &Action::Requeue, "state:dead kind:mail").await;
    let record = finish(&console, id).await;

    assert_eq!((record.done, record.undo_until), (12, None));
    let counts = console.counts(&filter("kind:mail")).await.unwrap();
    assert_eq!(counts[&JobState::Enqueued].number(), 12);
}

//! Every way in which a member ends, or comes back, is counted.

use std::time::Duration;

use task_tower::{Console, JobId, JobState};

use super::{Calls, ended, numbers, open, part};
use crate::support::{TestBed, in_state, until};

/// The numbers of a batch with one member that ran and ended by itself.
async fn after_a_run(act: &str) -> [u64; 4] {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;
    batch.add(part(act)).await.unwrap();
    batch.close().await.unwrap();
    let running = tower.start().unwrap();

    let record = ended(&bed, &tower.console(), batch.id()).await;

    running.stop().await;
    numbers(&record)
}

#[tokio::test]
async fn what_becomes_of_runs_is_counted() {
    assert_eq!(after_a_run("ok").await, [1, 1, 0, 0]);
    assert_eq!(after_a_run("fail").await, [1, 0, 1, 0]);
    assert_eq!(after_a_run("discard").await, [1, 0, 1, 0]);
    assert_eq!(after_a_run("cancel").await, [1, 0, 0, 1]);
}

/// The numbers of a batch with a member that waits, and one more, after this was done to it.
async fn after(deed: impl AsyncFn(&Console, JobId)) -> [u64; 4] {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let batch = open(&tower).await;
    let members = batch.add_all([part("ok"), part("ok")]).await.unwrap();

    deed(&tower.console(), members[0]).await;

    numbers(&tower.console().batch(batch.id()).await.unwrap())
}

#[tokio::test]
async fn what_people_do_to_members_is_counted() {
    assert_eq!(after(async |console, id| assert!(console.cancel(id, None).await.unwrap())).await, [2, 0, 0, 1]);
    assert_eq!(after(async |console, id| console.discard(id, None).await.unwrap()).await, [2, 0, 1, 0]);
    assert_eq!(after(async |console, id| console.delete(id).await.unwrap()).await, [1, 0, 0, 0]);
}

#[tokio::test]
async fn what_people_undo_is_counted_back() {
    let undone = async |console: &Console, done: task_tower::Done| {
        console.undo(done.operation.unwrap()).await.unwrap();
        while console.work_operations().await.unwrap() {}
    };

    let cancelled =
        after(async |console, id| undone(console, console.cancel_all(&[id], None).await.unwrap()).await).await;
    let discarded =
        after(async |console, id| undone(console, console.discard_all(&[id], None).await.unwrap()).await).await;
    let deleted = after(async |console, id| undone(console, console.delete_all(&[id]).await.unwrap()).await).await;

    assert_eq!([cancelled, discarded, deleted], [[2, 0, 0, 0]; 3]);
}

#[tokio::test]
async fn the_rest_is_cancelled_and_the_failed_are_retried_by_operations() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let (batch, console) = (open(&tower).await, tower.console());
    let members = batch.add_all(["ok", "ok", "ok"].map(part)).await.unwrap();
    console.discard(members[0], None).await.unwrap();
    let work = async || while console.work_operations().await.unwrap() {};

    let cancelled = console.cancel_batch(batch.id(), Some("no more")).await.unwrap();
    work().await;
    let after_cancel = numbers(&console.batch(batch.id()).await.unwrap());
    console.retry_batch(batch.id()).await.unwrap();
    work().await;

    assert_eq!((after_cancel, console.operation(cancelled).await.unwrap().done), ([3, 0, 1, 2], 2));
    assert_eq!(console.job(members[1]).await.unwrap().reason.as_deref(), Some("no more"));
    assert_eq!(numbers(&console.batch(batch.id()).await.unwrap()), [3, 0, 0, 2]);
    let audited: i64 = bed.number("SELECT count(*) FROM tower.audit WHERE action IN ('cancel', 'requeue')").await;
    assert_eq!(audited, 2);
}

#[tokio::test]
async fn a_member_that_is_deleted_after_its_end_stays_counted() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let (batch, console) = (open(&tower).await, tower.console());
    let member = batch.add(part("ok")).await.unwrap();
    let running = tower.start().unwrap();
    in_state(&console, member, JobState::Completed).await;

    console.delete(member).await.unwrap();

    assert_eq!(numbers(&console.batch(batch.id()).await.unwrap()), [1, 1, 0, 0]);
    running.stop().await;
}

#[tokio::test]
async fn a_running_member_that_is_cancelled_counts_when_it_has_stopped() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let (batch, console) = (open(&tower).await, tower.console());
    let member = batch.add(part("wait")).await.unwrap();
    batch.close().await.unwrap();
    let running = tower.start().unwrap();
    in_state(&console, member, JobState::Processing).await;

    console.cancel(member, None).await.unwrap();

    let record = ended(&bed, &console, batch.id()).await;
    assert_eq!(numbers(&record), [1, 0, 0, 1]);
    assert_eq!(calls.of(batch.id()), ["finished"]);
    running.stop().await;
}

#[tokio::test]
async fn a_member_that_dies_of_poison_is_counted() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.cast(bed.builder().poison_after(1)).build().await.unwrap();
    let (batch, console) = (open(&tower).await, tower.console());
    let member = batch.add(part("wait")).await.unwrap();
    batch.close().await.unwrap();
    let doomed = tower.start().unwrap();
    in_state(&console, member, JobState::Processing).await;

    // Dropped, and not stopped: it falls silent.
    drop(doomed);
    let running = tower.start().unwrap();

    let record = ended(&bed, &console, batch.id()).await;
    assert_eq!(numbers(&record), [1, 0, 1, 0]);
    assert_eq!(calls.of(batch.id()), ["death", "finished"]);
    running.stop().await;
}

#[tokio::test]
async fn a_batch_that_ended_long_ago_is_forgotten_with_its_jobs() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower =
        calls.cast(bed.builder().retention(|keep| keep.dead = Duration::from_secs(86_400))).build().await.unwrap();
    let (old, young, console) = (open(&tower).await, open(&tower).await, tower.console());
    old.close().await.unwrap();
    young.close().await.unwrap();
    let running = tower.start().unwrap();
    ended(&bed, &console, old.id()).await;
    ended(&bed, &console, young.id()).await;
    running.stop().await;
    let aged = format!(
        "UPDATE tower.batch SET ended_at = ended_at - interval '8 days' WHERE id = '{}' RETURNING id",
        old.id()
    );
    bed.query(&aged, &[]).await;

    let running = tower.start().unwrap();

    until("it is forgotten", async || console.batch(old.id()).await.is_err_and(|error| error.is_not_found())).await;
    assert_eq!(console.batches(None).await.unwrap().iter().map(|batch| batch.id).collect::<Vec<_>>(), [young.id()]);
    running.stop().await;
}

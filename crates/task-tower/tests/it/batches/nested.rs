//! Batches inside of batches: each counts as one member of the one around it.

use super::{Calls, call, ended, numbers, open, part};
use crate::support::{TestBed, until};

#[tokio::test]
async fn an_inner_batch_counts_as_one_member_and_is_waited_for() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let (outer, console) = (open(&tower).await, tower.console());
    let inner = outer.open_batch("inner").on_finished(call("inner")).await.unwrap();
    inner.add_all((0..5).map(|_| part("ok"))).await.unwrap();
    outer.add(part("ok")).await.unwrap();
    outer.close().await.unwrap();
    let running = tower.start().unwrap();
    until("all jobs have ended", async || console.batch(inner.id()).await.unwrap().completed == 5).await;
    assert_eq!(console.batch(outer.id()).await.unwrap().ended_at, None);

    inner.close().await.unwrap();

    let record = ended(&bed, &console, outer.id()).await;
    assert_eq!(numbers(&record), [2, 2, 0, 0]);
    assert_eq!(calls.of(inner.id()), ["inner"]);
    assert_eq!(calls.of(outer.id()), ["finished", "success"]);
    assert_eq!(console.batch(inner.id()).await.unwrap().parent, Some(outer.id()));
    running.stop().await;
}

#[tokio::test]
async fn an_inner_batch_with_a_death_is_a_death_of_the_outer_one_until_it_is_mended() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let (outer, console) = (open(&tower).await, tower.console());
    let middle = outer.open_batch("middle").await.unwrap();
    let inner = middle.open_batch("inner").await.unwrap();
    let member = inner.add(part("discard")).await.unwrap();
    for batch in [&inner, &middle, &outer] {
        batch.close().await.unwrap();
    }
    let running = tower.start().unwrap();
    let record = ended(&bed, &console, outer.id()).await;
    assert_eq!(numbers(&record), [1, 0, 1, 0]);
    assert_eq!(calls.of(outer.id()), ["death", "finished"]);

    let edit = task_tower::JobEdit { payload: Some(serde_json::json!(part("ok"))), ..task_tower::JobEdit::default() };
    console.edit(member, &edit).await.unwrap();
    console.requeue(member).await.unwrap();

    until("all has completed", async || console.batch(outer.id()).await.unwrap().completed == 1).await;
    until("the success was called", async || calls.of(outer.id()).len() == 3).await;
    assert_eq!(calls.of(outer.id()), ["death", "finished", "success"]);
    running.stop().await;
}

#[tokio::test]
async fn an_inner_batch_with_a_cancelled_member_counts_as_cancelled() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = calls.tower(&bed).await;
    let outer = open(&tower).await;
    let inner = outer.open_batch("inner").await.unwrap();
    inner.add_all(["ok", "cancel"].map(part)).await.unwrap();
    inner.close().await.unwrap();
    outer.close().await.unwrap();

    let running = tower.start().unwrap();

    let record = ended(&bed, &tower.console(), outer.id()).await;
    assert_eq!(numbers(&record), [1, 0, 0, 1]);
    assert_eq!(calls.of(outer.id()), ["finished"]);
    running.stop().await;
}

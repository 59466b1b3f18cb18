//! Chains: each job awaits the one before it; all are enqueued or none.

use task_tower::{CHAIN_MAX, JobState};

use super::{First, Second, first, tower};
use crate::support::stage::{Stage, step};
use crate::support::{TestBed, in_state};

#[tokio::test]
async fn the_second_starts_when_the_first_has_completed_and_reads_its_result() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let running = tower.start().unwrap();

    let ids = tower.client().enqueue(first("fail once")).then(Second {}).await.unwrap();

    in_state(&tower.console(), ids[1], JobState::Completed).await;
    assert_eq!(stage.begun(), ["first", "first", "second after 7"]);
    running.stop().await;
}

#[tokio::test]
async fn a_long_chain_runs_in_its_order_and_each_has_its_own_options() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let chain =
        tower.client().enqueue(step("a")).to_queue("one").then(step("b")).tags(["vip"]).then(step("c")).priority(3);

    let ids = chain.await.unwrap();
    let running = tower.start().unwrap();

    let console = tower.console();
    in_state(&console, ids[2], JobState::Completed).await;
    assert_eq!(stage.begun(), ["a", "b", "c"]);
    let [a, b, c] =
        [console.job(ids[0]).await.unwrap(), console.job(ids[1]).await.unwrap(), console.job(ids[2]).await.unwrap()];
    assert_eq!((a.queue.as_str(), a.tags.len(), a.priority), ("one", 0, 0));
    assert_eq!((b.queue.as_str(), b.tags.len(), b.priority), ("default", 1, 0));
    assert_eq!((c.queue.as_str(), c.tags.len(), c.priority), ("default", 0, 3));
    running.stop().await;
}

/// A worker sleeps, and is woken for each link; nobody polls for it.
#[tokio::test]
async fn a_chain_does_not_wait_for_a_poll() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let builder = bed
        .builder()
        .heartbeat_interval(std::time::Duration::from_secs(20))
        .dead_after(std::time::Duration::from_secs(60));
    let tower = super::cast(&stage, builder).build().await.unwrap();
    let running = tower.start().unwrap();
    let began = std::time::Instant::now();
    let mut chain = tower.client().enqueue(step("0")).then(step("1"));
    for number in 2..20 {
        chain = chain.then(step(number.to_string()));
    }

    let ids = chain.await.unwrap();

    in_state(&tower.console(), ids[19], JobState::Completed).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    running.stop().await;
}

#[tokio::test]
async fn a_chain_of_which_one_job_is_refused_leaves_nothing() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = super::cast(&stage, bed.builder().payload_bytes_max(100)).build().await.unwrap();
    let client = tower.client();

    let too_large = client.enqueue(step("a")).then(step("x".repeat(100))).await.unwrap_err();
    let odd = client.enqueue(step("a")).then(step("a NUL \0 is not stored")).await.unwrap_err();
    let conflicting = client.enqueue(step("a")).or_conflict().then(step("b")).await.unwrap_err();
    let mut long = client.enqueue(step("0")).then(step("1"));
    for _ in 0..CHAIN_MAX {
        long = long.then(step("more"));
    }
    let too_long = long.await.unwrap_err();

    for error in [too_large, odd, conflicting, too_long] {
        assert!(error.is_invalid(), "{error:?}");
    }
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}

#[tokio::test]
async fn a_chain_goes_on_from_a_unique_job_that_lives_already() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let there = tower.client().enqueue(First { act: "wait".to_owned(), number: 3 }).unique_key("x").await.unwrap();
    let running = tower.start().unwrap();
    in_state(&tower.console(), there, JobState::Processing).await;

    let ids = tower.client().enqueue(first("ok")).unique_key("x").then(Second {}).await.unwrap();
    assert_eq!(ids[0], there);
    assert_eq!(tower.console().job(ids[1]).await.unwrap().state, JobState::Awaiting);
    stage.open();

    in_state(&tower.console(), ids[1], JobState::Completed).await;
    assert_eq!(stage.begun(), ["first", "second after 3"]);
    running.stop().await;
}

#[cfg(feature = "tokio-postgres-0_7")]
#[tokio::test]
async fn a_chain_is_a_part_of_the_callers_transaction() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let running = tower.start().unwrap();
    let mut client = bed.connect().await;
    let chain = || tower.client().enqueue(first("ok")).then(Second {});

    let mut transaction = client.transaction().await.unwrap();
    let gone: Vec<task_tower::JobId> = chain().in_transaction(&mut transaction).await.unwrap();
    transaction.rollback().await.unwrap();
    let mut transaction = client.transaction().await.unwrap();
    let there = chain().in_transaction(&mut transaction).await.unwrap();
    transaction.commit().await.unwrap();

    in_state(&tower.console(), there[1], JobState::Completed).await;
    assert_eq!(stage.begun(), ["first", "second after 7"]);
    assert!(tower.console().job(gone[0]).await.unwrap_err().is_not_found());
    running.stop().await;
}

#[tokio::test]
async fn a_chain_into_a_batch_makes_members_of_all() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let batch = tower.client().open_batch("").await.unwrap();

    let ids = batch.add(first("discard")).then(Second {}).await.unwrap();
    batch.close().await.unwrap();

    let running = tower.start().unwrap();
    let console = tower.console();
    crate::support::until("it has ended", async || console.batch(batch.id()).await.unwrap().ended_at.is_some()).await;
    let record = console.batch(batch.id()).await.unwrap();
    assert_eq!([record.total, record.dead, record.cancelled], [2, 1, 1]);
    assert_eq!(console.job(ids[1]).await.unwrap().batch, Some(batch.id()));
    running.stop().await;
}

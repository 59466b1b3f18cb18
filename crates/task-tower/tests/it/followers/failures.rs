//! What becomes of a job when one that it awaits does not complete.

use task_tower::{Console, JobEdit, JobId, JobState, ParentDeath};

use super::{Second, first, tower};
use crate::support::stage::{Stage, step};
use crate::support::{TestBed, in_state};

#[tokio::test]
async fn it_is_cancelled_with_all_that_await_it_when_the_first_dies_or_is_cancelled() {
    for act in ["fail", "discard", "cancel"] {
        let (bed, stage) = (TestBed::new().await, Stage::default());
        let tower = tower(&bed, &stage).await;
        let ids = tower.client().enqueue(first(act)).then(Second {}).then(step("third")).await.unwrap();

        let running = tower.start().unwrap();

        for id in &ids[1..] {
            let job = in_state(&tower.console(), *id, JobState::Cancelled).await;
            assert_eq!(job.reason.as_deref(), Some("parent"), "{act}");
        }
        assert!(!stage.begun().contains(&"third".to_owned()));
        running.stop().await;
    }
}

#[tokio::test]
async fn it_runs_anyway_if_it_was_told_so() {
    for act in ["fail", "cancel"] {
        let (bed, stage) = (TestBed::new().await, Stage::default());
        let tower = tower(&bed, &stage).await;
        let chain = tower.client().enqueue(first(act)).then(Second {}).if_parent_dies(ParentDeath::RunAnyway);
        let ids = chain.await.unwrap();

        let running = tower.start().unwrap();

        in_state(&tower.console(), ids[1], JobState::Completed).await;
        assert_eq!(stage.begun().last().unwrap(), "second without a result");
        running.stop().await;
    }
}

/// What becomes of a follower when this is done to the job that it awaits.
async fn after(deed: impl AsyncFn(&Console, JobId)) -> JobState {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let ids = tower.client().schedule(first("ok")).in_hours(1).then(Second {}).await.unwrap();
    deed(&tower.console(), ids[0]).await;

    let running = tower.start().unwrap();
    let console = tower.console();
    crate::support::until("it is settled", async || console.job(ids[1]).await.unwrap().state != JobState::Awaiting)
        .await;

    running.stop().await;
    console.job(ids[1]).await.unwrap().state
}

#[tokio::test]
async fn it_is_cancelled_when_a_person_ends_the_first() {
    assert_eq!(after(async |console, id| assert!(console.cancel(id, None).await.unwrap())).await, JobState::Cancelled);
    assert_eq!(after(async |console, id| console.discard(id, None).await.unwrap()).await, JobState::Cancelled);
    assert_eq!(after(async |console, id| console.delete(id).await.unwrap()).await, JobState::Cancelled);
}

#[tokio::test]
async fn a_first_that_is_requeued_after_its_death_does_not_bring_the_second_back() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    let ids = tower.client().enqueue(first("discard")).then(Second {}).await.unwrap();
    let running = tower.start().unwrap();
    in_state(&console, ids[1], JobState::Cancelled).await;

    let edit = JobEdit { payload: Some(serde_json::json!(first("ok"))), ..JobEdit::default() };
    console.edit(ids[0], &edit).await.unwrap();
    console.requeue(ids[0]).await.unwrap();
    in_state(&console, ids[0], JobState::Completed).await;
    assert_eq!(console.job(ids[1]).await.unwrap().state, JobState::Cancelled);

    // By hand it runs, and without what its parent returned: that one had died when it was looked at.
    console.requeue(ids[1]).await.unwrap();
    in_state(&console, ids[1], JobState::Completed).await;
    assert_eq!(stage.begun().last().unwrap(), "second without a result");
    running.stop().await;
}

#[tokio::test]
async fn a_second_that_is_told_to_run_now_awaits_nothing() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    let ids = tower.client().schedule(first("ok")).in_hours(1).then(Second {}).await.unwrap();
    let running = tower.start().unwrap();

    console.run_now(ids[1]).await.unwrap();
    in_state(&console, ids[1], JobState::Completed).await;
    console.run_now(ids[0]).await.unwrap();
    in_state(&console, ids[0], JobState::Completed).await;

    crate::support::until("that is settled", async || bed.number("SELECT count(*) FROM tower.awaiting").await == 0)
        .await;
    assert_eq!(stage.begun(), ["second without a result", "first"]);
    assert_eq!(console.job(ids[1]).await.unwrap().attempt, 1);
    running.stop().await;
}

#[tokio::test]
async fn a_second_that_comes_back_by_an_undo_awaits_its_first_or_runs_when_that_has_ended() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    let undo = async |done: task_tower::Done| {
        console.undo(done.operation.unwrap()).await.unwrap();
        while console.work_operations().await.unwrap() {}
    };
    let ids = tower.client().enqueue(first("ok")).then(Second {}).await.unwrap();

    undo(console.cancel_all(&ids[1..], None).await.unwrap()).await;
    assert_eq!(console.job(ids[1]).await.unwrap().state, JobState::Awaiting);
    let done = console.delete_all(&ids[1..]).await.unwrap();
    let running = tower.start().unwrap();
    in_state(&console, ids[0], JobState::Completed).await;
    crate::support::until("that is settled", async || bed.number("SELECT count(*) FROM tower.awaiting").await == 0)
        .await;
    undo(done).await;

    in_state(&console, ids[1], JobState::Completed).await;
    assert_eq!(stage.begun(), ["first", "second after 7"]);
    running.stop().await;
}

//! A finished job that comes back wants its key back, too.

use task_tower::{JobId, JobState, TaskTower};

use super::{enqueue_sync, sync};
use crate::support::{TestBed, until};

async fn build(bed: &TestBed) -> TaskTower {
    bed.builder().build().await.unwrap()
}

/// A dead job of this user.
async fn dead(tower: &TaskTower, user: i64) -> JobId {
    let id = enqueue_sync(&tower.client(), user).await.id();
    tower.console().discard(id, None).await.unwrap();
    id
}

async fn state(tower: &TaskTower, id: JobId) -> JobState {
    tower.console().job(id).await.unwrap().state
}

#[tokio::test]
async fn a_requeued_job_has_its_key_again() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let id = dead(&tower, 1).await;

    tower.console().requeue(id).await.unwrap();

    assert_eq!(enqueue_sync(&tower.client(), 1).await.id(), id);
}

#[tokio::test]
async fn a_job_whose_key_another_has_is_not_requeued_and_the_error_names_the_other() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let old = dead(&tower, 1).await;
    let new = enqueue_sync(&tower.client(), 1).await.id();

    let error = tower.console().requeue(old).await.unwrap_err();

    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(error.to_string(), format!("requeue job {old}: job {new} lives and has its unique key"));
    assert_eq!(state(&tower, old).await, JobState::Dead);
    tower.console().cancel(new, None).await.unwrap();
    tower.console().requeue(old).await.unwrap();
}

#[tokio::test]
async fn a_selection_is_requeued_but_for_those_whose_keys_are_taken() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let taken = dead(&tower, 1).await;
    enqueue_sync(&tower.client(), 1).await;
    let (older, newer) = (dead(&tower, 2).await, dead(&tower, 2).await);
    let free = dead(&tower, 3).await;
    let plain = tower.client().enqueue(sync(1, "plain")).await.unwrap();
    tower.console().discard(plain, None).await.unwrap();

    let mut done = tower.console().requeue_all(&[taken, older, newer, free, plain]).await.unwrap();

    done.done.sort_unstable();
    assert_eq!((done.done, done.skipped), (vec![newer, free, plain], vec![taken, older]));
    assert_eq!((state(&tower, taken).await, state(&tower, older).await), (JobState::Dead, JobState::Dead));
    let kept = tower.console().job(older).await.unwrap();
    assert!(kept.unique_key.is_some() && kept.events.len() == 1, "it stays as it was: {kept:#?}");
}

/// Requeues users 1 and 2 while an open transaction has just taken the key of user 1.
async fn requeued_while_a_transaction(end: &str) -> (TaskTower, [JobId; 2], task_tower::Done) {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let jobs = [dead(&tower, 1).await, dead(&tower, 2).await];
    let transaction = bed.connect().await;
    transaction.batch_execute("BEGIN").await.unwrap();
    let key = format!(r#"{}.payload_key('{{"user": 1}}', '{{user}}')"#, bed.quoted());
    super::enqueue_by_sql(&bed, &transaction, &format!("'sync', unique_key => {key}")).await;

    let console = tower.console();
    let requeueing = tokio::spawn(async move { console.requeue_all(&jobs).await.unwrap() });
    let condition = format!("wait_event = 'transactionid' AND query LIKE '%{}%'", bed.schema);
    let waiting = format!("SELECT count(*) FROM pg_stat_activity WHERE {condition}");
    until("it waits", async || bed.number(&waiting).await == 1).await;
    transaction.batch_execute(end).await.unwrap();

    let mut done = requeueing.await.unwrap();
    done.done.sort_unstable();
    (tower, jobs, done)
}

#[tokio::test]
async fn an_enqueue_that_commits_in_this_moment_keeps_only_its_own_job_from_being_requeued() {
    let (tower, [one, two], done) = requeued_while_a_transaction("COMMIT").await;

    assert_eq!((done.done, done.skipped), (vec![two], vec![one]));
    assert_eq!((state(&tower, one).await, state(&tower, two).await), (JobState::Dead, JobState::Enqueued));
    let error = tower.console().requeue(one).await.unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
}

#[tokio::test]
async fn an_enqueue_that_rolls_back_in_this_moment_keeps_nothing_from_being_requeued() {
    let (tower, [one, two], done) = requeued_while_a_transaction("ROLLBACK").await;

    assert_eq!((done.done, done.skipped), (vec![one, two], vec![]));
    assert_eq!((state(&tower, one).await, state(&tower, two).await), (JobState::Enqueued, JobState::Enqueued));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_requeue_and_an_enqueue_at_the_same_time_one_is_told_of_the_other() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    for user in 0..100 {
        let old = dead(&tower, user).await;
        let (console, client) = (tower.console(), tower.client());

        let (requeued, enqueued) = tokio::join!(console.requeue(old), enqueue_sync(&client, user));

        match requeued {
            Ok(()) => assert_eq!(enqueued.id(), old),
            Err(error) => {
                assert!(error.is_conflict() && error.to_string().contains(&enqueued.id().to_string()), "{error:?}");
                assert!(enqueued.is_new());
            }
        }
    }
}

//! Jobs that follow others which are there already.

use task_tower::{JobId, JobState, PARENTS_MAX, ParentDeath};
use uuid::Uuid;

use super::{Second, first, tower};
use crate::support::stage::{Stage, step};
use crate::support::{TestBed, in_state};

#[tokio::test]
async fn a_job_awaits_one_that_runs() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let (client, console) = (tower.client(), tower.console());
    let running = tower.start().unwrap();
    let parent = client.enqueue(first("wait")).await.unwrap();
    in_state(&console, parent, JobState::Processing).await;

    let child = client.enqueue(Second {}).following([parent]).await.unwrap();
    assert_eq!(console.job(child).await.unwrap().state, JobState::Awaiting);
    stage.open();

    in_state(&console, child, JobState::Completed).await;
    assert_eq!(stage.begun(), ["first", "second after 7"]);
    running.stop().await;
}

#[tokio::test]
async fn a_job_that_follows_a_completed_one_starts_at_once() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let (client, console) = (tower.client(), tower.console());
    let running = tower.start().unwrap();
    let parent = client.enqueue(first("ok")).await.unwrap();
    in_state(&console, parent, JobState::Completed).await;

    let child = client.enqueue(Second {}).following([parent]).await.unwrap();

    in_state(&console, child, JobState::Completed).await;
    assert_eq!(stage.begun(), ["first", "second after 7"]);
    running.stop().await;
}

#[tokio::test]
async fn a_job_that_follows_several_awaits_all_of_them() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let (client, console) = (tower.client(), tower.console());
    let done = client.enqueue(step("a")).await.unwrap();
    let running = tower.start().unwrap();
    in_state(&console, done, JobState::Completed).await;
    let slow = client.enqueue(first("wait")).await.unwrap();
    let quick = client.enqueue(step("b")).await.unwrap();

    let child = client.enqueue(step("child")).following([done, slow, quick]).await.unwrap();
    in_state(&console, quick, JobState::Completed).await;
    crate::support::until("one is left", async || bed.number("SELECT pending::bigint FROM tower.awaiting").await == 1)
        .await;
    assert_eq!(console.job(child).await.unwrap().state, JobState::Awaiting);
    stage.open();

    in_state(&console, child, JobState::Completed).await;
    assert_eq!(stage.begun().last().unwrap(), "child");
    let relations = console.relations(child).await.unwrap();
    assert_eq!(relations.parents.iter().map(|parent| parent.id).collect::<Vec<_>>(), [done, slow, quick]);
    assert!(relations.parents.iter().all(|parent| parent.outcome == Some(JobState::Completed)));
    assert_eq!(console.relations(slow).await.unwrap().children[0].id, child);
    running.stop().await;
}

#[tokio::test]
async fn one_of_several_that_dies_is_enough() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let (client, console) = (tower.client(), tower.console());
    let (later, bad) =
        (client.schedule(step("a")).in_hours(1).await.unwrap(), client.enqueue(first("discard")).await.unwrap());
    let child = client.enqueue(step("child")).following([later, bad]).await.unwrap();
    let patient =
        client.enqueue(step("patient")).following([later, bad]).if_parent_dies(ParentDeath::RunAnyway).await.unwrap();

    let running = tower.start().unwrap();

    in_state(&console, child, JobState::Cancelled).await;
    assert_eq!(console.job(patient).await.unwrap().state, JobState::Awaiting);
    console.run_now(later).await.unwrap();
    in_state(&console, patient, JobState::Completed).await;
    running.stop().await;
}

#[tokio::test]
async fn its_own_delay_counts_from_when_it_has_nothing_to_await_any_more() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    let ids = tower.client().enqueue(first("ok")).then(Second {}).in_hours(2).await.unwrap();

    let running = tower.start().unwrap();

    let job = in_state(&console, ids[1], JobState::Scheduled).await;
    let parent = console.job(ids[0]).await.unwrap();
    let wait = job.run_at - parent.finished_at.unwrap();
    assert!((7_200..7_230).contains(&wait.num_seconds()), "{wait}");
    running.stop().await;
}

#[tokio::test]
async fn many_follow_one() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    let parent = tower.client().enqueue(step("parent")).await.unwrap();

    let children =
        tower.client().enqueue_all((0..50).map(|number| step(number.to_string()))).following([parent]).await.unwrap();
    let running = tower.start().unwrap();

    for child in &children {
        in_state(&console, *child, JobState::Completed).await;
    }
    assert_eq!(stage.begun()[0], "parent");
    assert_eq!(console.relations(parent).await.unwrap().children.len(), 50);
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused_and_leaves_nothing() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let (client, console) = (tower.client(), tower.console());
    let running = tower.start().unwrap();
    let dead = client.enqueue(first("discard")).await.unwrap();
    in_state(&console, dead, JobState::Dead).await;
    let nobody = JobId::from(Uuid::from_u128(7));
    let parent = client.schedule(step("parent")).in_hours(1).await.unwrap();

    let unknown = client.enqueue(Second {}).following([parent, nobody]).await.unwrap_err();
    let failed = client.enqueue(Second {}).following([dead]).await.unwrap_err();
    let twice = client.enqueue(Second {}).following([parent, parent]).await.unwrap_err();
    let too_many = client
        .enqueue(Second {})
        .following((0..=PARENTS_MAX as u128).map(|n| JobId::from(Uuid::from_u128(n))))
        .await
        .unwrap_err();

    assert!(unknown.is_not_found(), "{unknown:?}");
    assert_eq!(unknown.to_string(), format!("job {nobody} does not exist"));
    assert!(failed.is_conflict(), "{failed:?}");
    assert_eq!(failed.to_string(), format!("job {dead} is dead, so what follows it would be cancelled"));
    assert!(twice.is_invalid() && too_many.is_invalid(), "{twice:?} {too_many:?}");
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 1);
    assert_eq!(
        bed.number("SELECT (SELECT count(*) FROM tower.dependency) + (SELECT count(*) FROM tower.awaiting)").await,
        0
    );
    running.stop().await;
}

#[tokio::test]
async fn a_dead_one_is_followed_by_what_runs_anyway() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let (client, console) = (tower.client(), tower.console());
    let running = tower.start().unwrap();
    let dead = client.enqueue(first("discard")).await.unwrap();
    in_state(&console, dead, JobState::Dead).await;

    let child = client.enqueue(Second {}).following([dead]).if_parent_dies(ParentDeath::RunAnyway).await.unwrap();

    in_state(&console, child, JobState::Completed).await;
    assert_eq!(stage.begun(), ["first", "second without a result"]);
    running.stop().await;
}

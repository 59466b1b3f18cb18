//! A job that gets a follower in the very moment in which it ends.

use futures_util::future::join_all;
use task_tower::JobState;

use super::tower;
use crate::support::stage::{Stage, step};
use crate::support::{TestBed, in_state, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_follower_is_left_behind_whenever_it_comes() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let workers: Vec<_> = (0..3).map(|_| tower.start().unwrap()).collect();
    let client = tower.client();

    // The parents run and end while their followers come.
    let families = (0..200).map(async |number: u64| {
        let parent = client.enqueue(step(format!("parent {number}"))).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_micros(number * 37 % 4_000)).await;
        client.enqueue(step(format!("child {number}"))).following([parent]).await.unwrap()
    });
    let children = join_all(families).await;

    for child in children {
        in_state(&tower.console(), child, JobState::Completed).await;
    }
    assert_eq!(stage.begun().len(), 400);
    for worker in workers {
        worker.stop().await;
    }
}

/// Each of the parents may be the last, and two may be looked at at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_with_many_parents_starts_once() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let workers: Vec<_> = (0..4).map(|_| tower.start().unwrap()).collect();
    let client = tower.client();

    let mut children = Vec::new();
    for family in 0..20 {
        let parents = client.enqueue_all((0..20).map(move |number| step(format!("{family}.{number}")))).await.unwrap();
        children.push(client.enqueue(step(format!("child {family}"))).following(parents).await.unwrap());
    }

    for child in children {
        let job = in_state(&tower.console(), child, JobState::Completed).await;
        assert_eq!(job.attempt, 1);
    }
    until("all is settled", async || bed.number("SELECT count(*) FROM tower.parent_event").await == 0).await;
    for worker in workers {
        worker.stop().await;
    }
}

/// It would hold up all that its worker has to write.
#[tokio::test]
async fn an_open_transaction_with_a_follower_does_not_hold_up_the_end_of_its_parent() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    let parent = tower.client().enqueue(step("parent")).await.unwrap();
    let client = bed.connect().await;
    let follow =
        format!("BEGIN; SELECT {}.enqueue('step', '{{\"name\": \"child\"}}', after => '{{{parent}}}')", bed.quoted());
    client.batch_execute(&follow).await.unwrap();

    let running = tower.start().unwrap();
    in_state(&console, parent, JobState::Completed).await;
    client.batch_execute("COMMIT").await.unwrap();

    until("the child has run", async || stage.begun() == ["parent", "child"]).await;
    running.stop().await;
}

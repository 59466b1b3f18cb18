//! How a job that awaits others shows.

use task_tower::{Count, JobFilter, JobState};

use super::{Second, first, tower};
use crate::support::stage::Stage;
use crate::support::{TestBed, in_state};

#[tokio::test]
async fn it_is_awaiting_in_lists_counts_and_on_its_own() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    let ids = tower.client().schedule(first("ok")).in_hours(1).then(Second {}).await.unwrap();

    let job = console.job(ids[1]).await.unwrap();
    assert_eq!((job.state, job.run_at, job.is_follower), (JobState::Awaiting, job.created_at, true));
    assert_eq!(job.history()[0].state, JobState::Awaiting);
    let counts = console.counts(&JobFilter::new()).await.unwrap();
    assert_eq!((counts[&JobState::Awaiting], counts[&JobState::Scheduled]), (Count::Exact(1), Count::Exact(1)));
    for (filter, wanted) in [("state:awaiting", ids[1]), ("state:scheduled", ids[0])] {
        let found = console.jobs(&filter.parse().unwrap()).await.unwrap().jobs;
        assert_eq!(found.iter().map(|job| job.id).collect::<Vec<_>>(), [wanted], "{filter}");
    }
    assert_eq!(console.queue("default").await.unwrap().scheduled, 1);
    let view = "SELECT count(*) FROM tower.jobs WHERE state = 'awaiting'";
    assert_eq!(bed.number(view).await, 1);
}

#[tokio::test]
async fn its_life_begins_with_its_wait_for_others() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    let running = tower.start().unwrap();
    let ids = tower.client().enqueue(first("ok")).then(Second {}).await.unwrap();

    let job = in_state(&console, ids[1], JobState::Completed).await;

    let states: Vec<JobState> = job.history().iter().map(|step| step.state).collect();
    assert_eq!(states, [JobState::Awaiting, JobState::Processing, JobState::Completed]);
    running.stop().await;
}

#[tokio::test]
async fn a_worker_sleeps_beside_jobs_that_await_others() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = tower(&bed, &stage).await;
    let console = tower.console();
    tower.client().schedule(first("ok")).in_hours(1).then(Second {}).await.unwrap();
    let running = tower.start().unwrap();
    crate::support::until("it sleeps", async || bed.number("SELECT count(*) FROM tower.armed").await > 0).await;

    let id = tower.client().enqueue(Second {}).await.unwrap();

    let job = in_state(&console, id, JobState::Dead).await;
    assert_eq!(job.last_failure().unwrap().message, format!("job {id} follows no other"));
    running.stop().await;
}

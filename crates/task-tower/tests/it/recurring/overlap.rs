//! A time that comes while the job of an earlier one lives.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, JobState, Overlap, State};
use tokio::sync::Semaphore;

use super::bed::{come, outcomes, ticks, yearly};
use crate::support::house::House;
use crate::support::{in_state, until};

#[derive(Serialize, Deserialize)]
struct Slow {}

impl Job for Slow {
    const KIND: &'static str = "slow";
    const MAX_RETRIES: u32 = 0;
}

/// Ends when the test lets it.
async fn slow(_job: Slow, State(doors): State<Arc<Semaphore>>) -> Result<(), JobError> {
    doors.acquire().await.map_err(JobError::new)?.forget();
    Ok(())
}

async fn house(overlap: Overlap) -> (House, Arc<Semaphore>) {
    let doors = Arc::new(Semaphore::new(0));
    let house = House::new(|builder| builder.job(slow).state(doors.clone())).await;
    let mut draft = yearly("slow");
    (draft.kind, draft.payload, draft.overlap) = (Slow::KIND.to_owned(), serde_json::json!({}), overlap);
    house.console.add_recurring(&draft).await.unwrap();
    (house, doors)
}

/// Three times come, each a second after the one before, while the first job runs.
async fn three_times(house: &House) -> Vec<&'static str> {
    come(&house.bed, "slow", 30).await;
    outcomes(&house.console, "slow", 1).await;
    in_state(&house.console, ticks(&house.console, "slow").await[0].job.unwrap(), JobState::Processing).await;
    come(&house.bed, "slow", 20).await;
    outcomes(&house.console, "slow", 2).await;
    come(&house.bed, "slow", 10).await;
    outcomes(&house.console, "slow", 3).await
}

#[tokio::test]
async fn allowed_they_run_side_by_side() {
    let (house, doors) = house(Overlap::Allow).await;

    assert_eq!(three_times(&house).await, ["enqueued", "enqueued", "enqueued"]);

    doors.add_permits(3);
    for tick in ticks(&house.console, "slow").await {
        in_state(&house.console, tick.job.unwrap(), JobState::Completed).await;
    }
    house.stop().await;
}

#[tokio::test]
async fn skipped_they_are_left_out_until_the_job_has_ended() {
    let (house, doors) = house(Overlap::Skip).await;

    assert_eq!(three_times(&house).await, ["enqueued", "overlap", "overlap"]);

    doors.add_permits(2);
    in_state(&house.console, ticks(&house.console, "slow").await[0].job.unwrap(), JobState::Completed).await;
    come(&house.bed, "slow", 0).await;
    assert_eq!(outcomes(&house.console, "slow", 4).await, ["enqueued", "overlap", "overlap", "enqueued"]);
    house.stop().await;
}

#[tokio::test]
async fn queued_one_waits_for_the_end_of_the_job() {
    let (house, doors) = house(Overlap::Queue).await;

    assert_eq!(three_times(&house).await, ["enqueued", "queued", "overlap"]);

    assert_eq!(house.bed.number("SELECT count(*) FROM tower.job").await, 1);
    doors.add_permits(1);
    until("the second has run", async || ticks(&house.console, "slow").await[1].job.is_some()).await;
    assert_eq!(outcomes(&house.console, "slow", 3).await, ["enqueued", "enqueued", "overlap"]);
    doors.add_permits(1);
    in_state(&house.console, ticks(&house.console, "slow").await[1].job.unwrap(), JobState::Completed).await;
    house.stop().await;
}

#[tokio::test]
async fn a_job_that_waits_for_its_retry_still_lives() {
    #[derive(Serialize, Deserialize)]
    struct Broken {}
    impl Job for Broken {
        const KIND: &'static str = "broken";
    }
    async fn broken(_job: Broken) -> Result<(), JobError> {
        Err(JobError::new("no broom"))
    }
    let house = House::new(|builder| builder.job(broken)).await;
    let mut draft = yearly("broken");
    (draft.kind, draft.payload, draft.overlap) = ("broken".to_owned(), serde_json::json!({}), Overlap::Skip);
    house.console.add_recurring(&draft).await.unwrap();
    come(&house.bed, "broken", 20).await;
    outcomes(&house.console, "broken", 1).await;
    in_state(&house.console, ticks(&house.console, "broken").await[0].job.unwrap(), JobState::Failed).await;

    come(&house.bed, "broken", 10).await;

    assert_eq!(outcomes(&house.console, "broken", 2).await, ["enqueued", "overlap"]);
    house.stop().await;
}

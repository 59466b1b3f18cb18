//! What a follower reads of what it followed.

use serde::{Deserialize, Serialize};
use task_tower::{FromContext, Job, JobError, JobState, ParentResult, ParentResults, State, TaskTower, testing};

use super::{Second, first};
use crate::support::stage::Stage;
use crate::support::{TestBed, in_state};

/// Asks for the result of one parent.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ask {}

impl Job for Ask {
    const KIND: &'static str = "ask";
    const MAX_RETRIES: u32 = 0;
}

/// A tower whose `Ask` wants this.
async fn asking_for<T: FromContext + std::fmt::Debug + 'static>(bed: &TestBed, stage: &Stage) -> TaskTower {
    let ask = async |_: Ask, wanted: T, State(stage): State<Stage>| {
        stage.enter(&format!("{wanted:?}")).end();
        Ok::<(), JobError>(())
    };
    super::cast(stage, bed.builder()).job(ask).build().await.unwrap()
}

/// What an `Ask` that follows this says, or what its failure says.
async fn heard<T: FromContext + std::fmt::Debug + 'static>(act: &str) -> String {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = asking_for::<T>(&bed, &stage).await;
    let running = tower.start().unwrap();
    let ids = tower.client().enqueue(first(act)).then(Ask {}).await.unwrap();
    let console = tower.console();
    crate::support::until("it has ended", async || console.job(ids[1]).await.unwrap().state.is_final()).await;
    running.stop().await;
    let job = console.job(ids[1]).await.unwrap();
    match job.last_failure() {
        Some(failure) => failure.message.replace(&ids[0].to_string(), "X"),
        None => stage.begun().last().unwrap().clone(),
    }
}

#[tokio::test]
async fn a_result_is_read_as_what_it_is() {
    assert_eq!(heard::<ParentResult<u32>>("ok").await, "ParentResult(7)");
    assert_eq!(heard::<ParentResult<Option<u32>>>("nothing").await, "ParentResult(None)");
    assert_eq!(heard::<ParentResult<()>>("nothing").await, "ParentResult(())");
    assert_eq!(heard::<Option<ParentResult<u32>>>("ok").await, "Some(ParentResult(7))");
    assert_eq!(heard::<ParentResults<u32>>("ok").await, "ParentResults([7])");
}

#[tokio::test]
async fn a_result_of_another_type_fails_the_run_and_says_so() {
    let message = heard::<ParentResult<String>>("ok").await;

    assert!(
        message.starts_with("the result of job X, which it follows: invalid type: integer `7`, expected a string"),
        "{message}"
    );
}

#[tokio::test]
async fn a_job_that_follows_none_says_so() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = asking_for::<ParentResult<u32>>(&bed, &stage).await;
    let running = tower.start().unwrap();

    let id = tower.client().enqueue(Ask {}).await.unwrap();

    let job = in_state(&tower.console(), id, JobState::Dead).await;
    assert_eq!(job.last_failure().unwrap().message, format!("job {id} follows no other"));
    running.stop().await;
}

#[tokio::test]
async fn several_results_come_in_the_order_of_their_jobs() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = asking_for::<ParentResults<u32>>(&bed, &stage).await;
    let running = tower.start().unwrap();
    let mut parents = Vec::new();
    for number in [3, 1, 2] {
        parents.push(tower.client().enqueue(super::First { act: "ok".to_owned(), number }).await.unwrap());
    }

    let child = tower.client().enqueue(Ask {}).following(parents).await.unwrap();

    in_state(&tower.console(), child, JobState::Completed).await;
    assert_eq!(stage.begun().last().unwrap(), "ParentResults([3, 1, 2])");
    running.stop().await;
}

#[tokio::test]
async fn a_run_without_a_database_has_no_parent_and_says_so() {
    let run = testing::run(super::run_second, Second {}).state(Stage::default());

    assert_eq!(run.await.unwrap_err().message(), "the result of its parent: this run has no database, use a TestBed");
}

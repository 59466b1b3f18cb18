//! Members that add to their own batch.

use serde::{Deserialize, Serialize};
use task_tower::{CurrentBatch, Job, JobError, JobState, TowerBuilder, testing};

use super::{Calls, ended, numbers, open, part};
use crate::support::{TestBed, in_state, until};

/// Adds so many parts, and a batch inside with one more.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Fan {
    parts: usize,
}

impl Job for Fan {
    const KIND: &'static str = "fan";
}

async fn fan(job: Fan, batch: CurrentBatch) -> Result<(), JobError> {
    batch.add_all((0..job.parts).map(|_| part("ok"))).await?;
    batch.add(part("ok")).await?;
    let inner = batch.open_batch("inner").await?;
    inner.add(part("ok")).await?;
    inner.close().await?;
    Ok(())
}

/// Says whether it is in a batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ask {}

impl Job for Ask {
    const KIND: &'static str = "ask";
    const MAX_RETRIES: u32 = 0;
}

fn cast(calls: &Calls, builder: TowerBuilder) -> TowerBuilder {
    calls.cast(builder).job(fan)
}

#[tokio::test]
async fn a_member_that_runs_adds_to_its_batch_although_that_is_closed() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = cast(&calls, bed.builder()).build().await.unwrap();
    let batch = open(&tower).await;
    batch.add(Fan { parts: 10 }).await.unwrap();
    batch.close().await.unwrap();

    let running = tower.start().unwrap();

    let record = ended(&bed, &tower.console(), batch.id()).await;
    assert_eq!(numbers(&record), [13, 13, 0, 0]);
    assert_eq!(calls.of(batch.id()), ["finished", "success"]);
    running.stop().await;
}

#[tokio::test]
async fn a_job_without_a_batch_fails_when_it_asks_for_one_unless_it_need_not_be_there() {
    let bed = TestBed::new().await;
    let strict = bed.builder().job(async |_: Ask, _: CurrentBatch| Ok::<(), JobError>(())).build().await.unwrap();
    let running = strict.start().unwrap();
    let id = strict.client().enqueue(Ask {}).await.unwrap();
    let dead = in_state(&strict.console(), id, JobState::Dead).await;
    running.stop().await;
    assert_eq!(dead.last_failure().unwrap().message, format!("job {id} is not in a batch"));

    let lenient = bed.builder().job(async |_: Ask, batch: Option<CurrentBatch>| match batch {
        None => Ok::<(), JobError>(()),
        Some(_) => Err(JobError::new("there is none")),
    });
    let lenient = lenient.build().await.unwrap();
    let running = lenient.start().unwrap();
    let id = lenient.client().enqueue(Ask {}).await.unwrap();
    in_state(&lenient.console(), id, JobState::Completed).await;
    running.stop().await;
}

#[tokio::test]
async fn a_callback_finds_its_batch_but_cannot_add_to_it_any_more() {
    let bed = TestBed::new().await;
    let late = async |_: Ask, batch: CurrentBatch| Ok::<_, JobError>(batch.add(part("ok")).await.map(drop)?);
    let tower = bed.builder().job(late).build().await.unwrap();
    let batch = tower.client().open_batch("").on_finished(Ask {}).await.unwrap();
    batch.close().await.unwrap();
    let running = tower.start().unwrap();
    let console = tower.console();

    until("it is enqueued", async || console.batch_callbacks(batch.id()).await.unwrap()[0].job.is_some()).await;
    let callback = console.batch_callbacks(batch.id()).await.unwrap()[0].job.unwrap();

    let dead = in_state(&console, callback, JobState::Dead).await;
    assert_eq!(dead.last_failure().unwrap().message, format!("batch {} is closed", batch.id()));
    running.stop().await;
}

#[tokio::test]
async fn a_run_without_a_database_has_no_batch_and_says_so() {
    let error = testing::run(fan, Fan { parts: 1 }).await.unwrap_err();

    assert_eq!(error.message(), "the batch of the job: this run has no database, use a TestBed");
}

/// A stranger who names a job of the batch that has ended gets nowhere.
#[tokio::test]
async fn a_member_that_has_ended_opens_no_door() {
    let (bed, calls) = (TestBed::new().await, Calls::default());
    let tower = cast(&calls, bed.builder()).build().await.unwrap();
    let batch = open(&tower).await;
    let member = batch.add(part("ok")).await.unwrap();
    batch.close().await.unwrap();
    let running = tower.start().unwrap();
    in_state(&tower.console(), member, JobState::Completed).await;

    let call = format!("SELECT {}.enqueue('part', batch_id => '{}', from_job => '{member}')", bed.quoted(), batch.id());
    let error = bed.connect().await.query(&call, &[]).await.unwrap_err();

    assert_eq!(error.as_db_error().unwrap().message(), format!("batch {} is closed", batch.id()));
    running.stop().await;
}

//! What follows when a handler has completed its job by itself: the worker learns of it in no other way
//! than by the database, and makes nothing of it.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, JobState, State};
use tokio_postgres::{Client, NoTls};

use crate::log::Log;
use crate::support::house::House;
use crate::support::stage::{Stage, step};
use crate::support::{TestBed, until};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct PayOut {
    error: Option<String>,
}

impl Job for PayOut {
    const KIND: &'static str = "pay_out";
}

async fn connect(bed: &TestBed) -> Client {
    let (client, connection) = tokio_postgres::connect(&bed.url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Pays and completes the run in one transaction.
async fn pay(bed: &TestBed, run: &JobContext) -> Result<(), JobError> {
    let mut client = connect(bed).await;
    let mut transaction = client.transaction().await?;
    let payment = format!("INSERT INTO {}.payment VALUES ($1)", bed.quoted());
    transaction.execute(&payment, &[&run.job_id().as_uuid()]).await?;
    run.complete().in_transaction(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

async fn pay_out(job: PayOut, run: JobContext, State(bed): State<TestBed>) -> Result<(), JobError> {
    pay(&bed, &run).await?;
    job.error.map_or(Ok(()), |error| Err(JobError::new(error)))
}

async fn bed() -> TestBed {
    let bed = TestBed::new().await;
    bed.execute(&format!("CREATE SCHEMA {0}; CREATE TABLE {0}.payment (job uuid)", bed.quoted())).await;
    bed
}

async fn payments(bed: &TestBed) -> i64 {
    bed.number("SELECT count(*) FROM tower.payment").await
}

#[test]
fn a_run_that_completed_its_job_is_not_taken_for_one_that_lost_it() {
    let log = Log::of("warn", async {
        let bed = bed().await;
        let house = House::on(bed.clone(), |builder| builder.state(bed.clone()).job(pay_out)).await;
        for error in [None, Some("out of luck".to_owned())] {
            house.until(PayOut { error }, JobState::Completed).await;
        }
        house.stop().await;
        assert_eq!(payments(&bed).await, 2);
    });

    assert!(!log.contains("another worker"), "{log}");
    assert!(log.contains("changes nothing if that was committed"), "{log}");
    assert!(!log.contains("will be retried"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_completion_is_told_that_the_first_was_its_own() {
    let bed = bed().await;
    let pay_twice = async |_: PayOut, run: JobContext, State(bed): State<TestBed>| {
        pay(&bed, &run).await?;
        let refusal = pay(&bed, &run).await.unwrap_err();
        bed.execute(&format!("COMMENT ON TABLE {}.payment IS '{}'", bed.quoted(), refusal.message())).await;
        Ok::<_, JobError>(())
    };
    let house = House::on(bed.clone(), |builder| builder.state(bed.clone()).job(pay_twice)).await;

    let job = house.until(PayOut::default(), JobState::Completed).await;
    house.stop().await;

    let told = bed.query("SELECT obj_description('tower.payment'::regclass)", &[]).await;
    assert_eq!(told[0].get::<_, String>(0), format!("complete job {}: this run has completed it already", job.id));
    assert_eq!(payments(&bed).await, 1);
}

/// Whether a run was asked to stop, some heartbeats after its commit.
type Noted = Arc<Mutex<Option<bool>>>;

async fn pay_and_go_on(
    _: PayOut,
    run: JobContext,
    State(bed): State<TestBed>,
    State(noted): State<Noted>,
) -> Result<(), JobError> {
    pay(&bed, &run).await?;
    let now = bed.query("SELECT clock_timestamp()", &[]).await[0].get::<_, chrono::DateTime<chrono::Utc>>(0);
    let beats = "SELECT count(*) FROM tower.worker WHERE heartbeat_at > $1::timestamptz + interval '500 ms'";
    until("the worker has looked after its runs", async || bed.query(beats, &[&now]).await[0].get::<_, i64>(0) == 1)
        .await;
    *noted.lock().unwrap() = Some(run.is_cancelled());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_handler_does_after_the_commit_is_not_cut_short() {
    let (bed, noted) = (bed().await, Noted::default());
    let house = House::on(bed.clone(), |builder| builder.state(bed.clone()).state(noted.clone()).job(pay_and_go_on));
    let house = house.await;

    house.until(PayOut::default(), JobState::Completed).await;
    until("the run has ended", async || noted.lock().unwrap().is_some()).await;

    assert_eq!(*noted.lock().unwrap(), Some(false), "it was asked to stop");
    house.stop().await;
}

async fn pay_and_hang(_: PayOut, run: JobContext, State(bed): State<TestBed>) -> Result<(), JobError> {
    pay(&bed, &run).await?;
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_between_the_commit_and_its_knowing_leaves_a_completed_job() {
    let (bed, stage) = (bed().await, Stage::default());
    let tower = bed.builder().state(bed.clone()).job(pay_and_hang).build().await.unwrap();
    let dying = tower.start().unwrap();
    let id = tower.client().enqueue(PayOut::default()).await.unwrap();
    crate::support::in_state(&tower.console(), id, JobState::Completed).await;

    drop(dying);
    let house = House::on(bed.clone(), |builder| stage.cast(builder).state(bed.clone()).job(pay_out)).await;
    let buried = "SELECT count(*) FROM tower.worker WHERE ended_how = 'silent'";
    until("the dead worker is buried", async || bed.number(buried).await == 1).await;
    house.until(step("afterwards"), JobState::Completed).await;

    let job = house.console.job(id).await.unwrap();
    assert_eq!((job.state, job.attempt, job.crashes), (JobState::Completed, 1, 0));
    assert_eq!(payments(&bed).await, 1);
    house.stop().await;
}

//! Tags that are given to a job while others tag it, claim it, run it and move it: none is lost, and no
//! run.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, JobId, JobState, State};

use crate::support::house::House;
use crate::support::stage::{Stage, step};
use crate::support::{TestBed, in_state, until};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct DoAThing;

impl Job for DoAThing {
    const KIND: &'static str = "do_a_thing";
}

async fn do_a_thing(_: DoAThing) -> Result<(), JobError> {
    Ok(())
}

async fn tags(house: &House, id: JobId) -> Vec<String> {
    house.console.job(id).await.unwrap().tags
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_that_tag_one_job_at_once_lose_no_tag() {
    let house = House::new(|builder| builder.job(do_a_thing).queues(["elsewhere"])).await;
    let id = house.client.enqueue(DoAThing).await.unwrap();

    let taggers = (0..20).map(|number| {
        let client = house.client.clone();
        tokio::spawn(async move { client.tag_job(id, [format!("tag {number}"), "common".to_owned()]).await })
    });
    join_all(taggers).await.into_iter().for_each(|tagged| tagged.unwrap().unwrap());

    let mut all = tags(&house, id).await;
    all.sort();
    let mut expected: Vec<String> =
        (0..20).map(|number| format!("tag {number}")).chain(["common".to_owned()]).collect();
    expected.sort();
    assert_eq!(all, expected);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_tagged_while_it_moves_to_the_history_is_always_found() {
    let house = House::new(|builder| builder.job(do_a_thing)).await;
    for _ in 0..50 {
        let id = house.client.enqueue(DoAThing).await.unwrap();
        for number in 0..20 {
            house.client.tag_job(id, format!("tag {number}")).await.unwrap();
        }

        let job = house.in_state(id, JobState::Completed).await;

        assert_eq!((job.tags.len(), job.attempt), (20, 1));
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_tagged_while_it_is_requeued_again_and_again_is_always_found() {
    let house = House::new(|builder| builder.job(do_a_thing)).await;
    let id = house.client.enqueue(DoAThing).await.unwrap();
    let console = house.console.clone();
    let requeue = tokio::spawn(async move {
        for attempt in 1..=50 {
            until("it has run", async || console.job(id).await.is_ok_and(|job| job.attempt == attempt)).await;
            in_state(&console, id, JobState::Completed).await;
            console.requeue(id).await.unwrap();
        }
    });

    let mut tagged = 0;
    while !requeue.is_finished() {
        house.client.tag_job(id, format!("tag {}", tagged % 20)).await.unwrap();
        tagged += 1;
    }
    requeue.await.unwrap();

    assert!(tagged >= 20, "{tagged}");
    assert_eq!(tags(&house, id).await.len(), 20);
    house.stop().await;
}

async fn count_runs(_: DoAThing, run: JobContext, State(stage): State<Stage>) -> Result<(), JobError> {
    stage.enter(&run.job_id().to_string()).end();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_are_tagged_a_hundred_times_while_workers_claim_run_exactly_once() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let mut houses = Vec::new();
    for _ in 0..2 {
        houses.push(House::on(bed.clone(), |builder| builder.state(stage.clone()).job(count_runs)).await);
    }
    let client = &houses[0].client;

    let ids = join_all((0..20).map(|_| async {
        let id = client.schedule(DoAThing).in_milliseconds(fastrand::u64(0..200)).await.unwrap();
        for number in 0..100 {
            client.tag_job(id, format!("tag {}", number % 20)).await.unwrap();
        }
        id
    }))
    .await;

    for id in &ids {
        let job = houses[1].in_state(*id, JobState::Completed).await;
        assert_eq!((job.attempt, job.tags.len()), (1, 20));
    }
    let (mut begun, mut all) = (stage.begun(), ids.iter().map(JobId::to_string).collect::<Vec<_>>());
    begun.sort();
    all.sort();
    assert_eq!(begun, all);
    for house in houses {
        house.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_being_tagged_while_a_worker_looks_runs_as_soon_as_that_is_done() {
    let stage = Stage::default();
    let long = Duration::from_secs(3_600);
    let house =
        House::new(|builder| stage.cast(builder).job_check_interval(long).queue_announcement_interval(long)).await;
    house.until(step("the worker is awake"), JobState::Completed).await;
    let mut connection = house.bed.connect().await;
    let transaction = connection.transaction().await.unwrap();
    let sql = format!("SELECT {}.tag_job($1, '{{vip}}')", house.bed.quoted());

    let id = house.client.schedule(step("tagged")).in_milliseconds(300).await.unwrap();
    transaction.execute(&sql, &[&id.as_uuid()]).await.unwrap();
    house.in_state(id, JobState::Enqueued).await;
    for name in ["one", "another"] {
        house.until(step(name), JobState::Completed).await;
    }
    assert_eq!(stage.begun().len(), 3, "the worker has looked and found it locked");
    let row = transaction.query_one("SELECT clock_timestamp()", &[]).await.unwrap();
    transaction.commit().await.unwrap();

    let job = house.in_state(id, JobState::Completed).await;
    let waited = job.attempted_at.unwrap() - row.get::<_, DateTime<Utc>>(0);
    // By itself it looks again after four seconds.
    assert!(waited.num_milliseconds() < 2_500, "{waited}");
    house.stop().await;
}

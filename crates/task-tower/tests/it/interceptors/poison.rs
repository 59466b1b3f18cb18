//! Deaths by poison: the rescuer does what the worker that died cannot do any more.

use std::time::{Duration, Instant};

use task_tower::JobError;

use super::{House, Other, mourned};
use crate::support::{TestBed, until};

/// A worker died with this job in its hands for the third time. Nothing runs it here.
async fn takes_its_worker_down(bed: &TestBed) {
    // At once, or the rescuer would find only a part of it.
    let story = "BEGIN;
        INSERT INTO tower.worker
            (id, host, process_id, version, slots, kinds, death_kinds, queues, dead_after, heartbeat_at)
        OVERRIDING SYSTEM VALUE
        VALUES (4711, 'far', 1, '0', 1, '{act}', '{act}', '{}', '1 second', '-infinity');
        SELECT tower.enqueue('act', '\"Succeed\"');
        UPDATE tower.job
        SET state = 1, worker_id = 4711, lease = 7, attempt = 3, attempted_at = now(), crashes = 2, crashed_at = now();
        COMMIT";
    bed.execute(&story.replace("tower.", &format!("{}.", bed.quoted()))).await;
}

const TOLD: [&str; 1] = ["worker 4711 died while running this job"];

async fn other(_: Other) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_told_by_a_worker_that_knows_the_kind_even_if_the_rescuer_does_not() {
    let house = House::idle(mourned).await;
    let rescuer = house.bed.builder().job(other).build().await.unwrap();
    takes_its_worker_down(&house.bed).await;
    let rescuing = rescuer.start().unwrap();
    until("it is noted", async || house.untold().await == 1).await;

    let house = house.start();

    until("it is told", async || house.told() == TOLD).await;
    house.until_all_are_told().await;
    house.stop().await;
    rescuing.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rescuer_that_knows_the_kind_tells_it_at_once() {
    let house = House::with(mourned, |builder| builder.dead_after(Duration::from_secs(15))).await;
    let began = Instant::now();

    takes_its_worker_down(&house.bed).await;

    until("it is told", async || house.told() == TOLD).await;
    assert!(began.elapsed() < Duration::from_secs(5), "after {:?}", began.elapsed());
    house.stop().await;
}

/// Its row says of which deaths it had to tell.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_not_forgotten_before_its_jobs_are_rescued() {
    let house = House::idle(mourned).await;
    let bed = TestBed::at(&house.bed.url, &house.bed.schema);
    takes_its_worker_down(&bed).await;
    let silent = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, heartbeat_at)
                  VALUES ('far', 2, '0', 1, '{}', '{}', '1 second', '-infinity')";
    bed.query(silent, &[]).await;
    bed.query("UPDATE tower.worker SET ended_at = now() - interval '2 days', ended_how = 'silent'", &[]).await;
    // Nobody can rescue the job yet.
    let holder = bed.connect().await;
    holder.batch_execute(&format!("BEGIN; SELECT FROM {}.job FOR UPDATE", bed.quoted())).await.unwrap();

    let house = house.start();
    let second = "SELECT count(*) FROM tower.worker WHERE process_id = 2";
    until("the other one is forgotten", async || bed.number(second).await == 0).await;
    holder.batch_execute("COMMIT").await.unwrap();
    // One more that is silent, so that its jobs are searched for at once.
    bed.query(silent, &[]).await;

    until("it is told", async || house.told() == TOLD).await;
    house.stop().await;
}

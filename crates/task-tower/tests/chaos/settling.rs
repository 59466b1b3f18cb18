//! Handlers that complete their jobs in the transaction of their effect, while workers die at random: each
//! effect happens exactly once, which no order of two commits could promise.

use std::time::{Duration, Instant};

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use task_tower::{Client, Job, JobContext, JobError, State};
use tokio_postgres::NoTls;

use crate::fleet::Fleet;
use crate::ground::Ground;
use crate::seed::seeded;
use crate::support::TestBed;
use crate::turn;
use crate::worker::Settings;

const LENGTH: Duration = Duration::from_secs(6);

/// Pays once, and takes its time before and after the commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    before_ms: u64,
    after_ms: u64,
    /// What it says after the commit does not count.
    fails: bool,
}

impl Job for Payment {
    const KIND: &'static str = "payment";
}

pub async fn pay(job: Payment, run: JobContext, State(settings): State<Settings>) -> Result<(), JobError> {
    let (mut client, connection) = tokio_postgres::connect(&settings.url, NoTls).await?;
    tokio::spawn(connection);
    let mut transaction = client.transaction().await?;
    let paid = format!("INSERT INTO \"{}\".paid (job) VALUES ($1)", settings.schema);
    transaction.execute(&paid, &[&run.job_id().as_uuid()]).await?;
    tokio::time::sleep(Duration::from_millis(job.before_ms)).await;
    run.complete().in_transaction(&mut transaction).await?;
    transaction.commit().await?;
    tokio::time::sleep(Duration::from_millis(job.after_ms)).await;
    if job.fails { Err(JobError::new("told to fail")) } else { Ok(()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_effect_in_the_transaction_of_the_completion_happens_exactly_once() {
    let _turn = turn().await;
    let mut random = seeded("settling");
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    bed.execute(&format!("CREATE TABLE {}.paid (job uuid NOT NULL)", bed.quoted())).await;
    let ground = Ground::new(bed).await;
    let mut fleet = Fleet::new(ground.settings());
    fleet.start_many(3);

    let producer = tokio::spawn(produce(tower.client(), random.fork()));
    let kills = kill_at_random(&mut fleet, &mut random).await;
    let enqueued = producer.await.unwrap();
    ground.until_all_finished().await;
    // One that has just been started would not know yet what to do when it is asked to stop.
    for process in fleet.processes() {
        ground.until_registered(process).await;
    }
    fleet.stop().await;

    let number = async |sql: &str| ground.bed.number(sql).await;
    let completed = number("SELECT count(*) FROM tower.history WHERE state = 3").await;
    let paid = number("SELECT count(*) FROM tower.paid").await;
    let paid_jobs =
        number("SELECT count(DISTINCT paid.job) FROM tower.paid JOIN tower.history ON history.id = paid.job").await;
    let again = number("SELECT count(*) FROM tower.history WHERE crashes > 0").await;
    println!("{enqueued} jobs, {completed} completed, {paid} payments, {kills} kills, {again} jobs ran again");
    assert_eq!((completed, paid, paid_jobs), (enqueued, enqueued, enqueued));
    assert!(kills >= 4 && again > 0, "{kills} kills after which {again} jobs ran again prove nothing");
}

async fn produce(client: Client, mut random: Rng) -> i64 {
    let (began, mut enqueued) = (Instant::now(), 0);
    while began.elapsed() < LENGTH {
        let mut pause = || random.u64(0..10);
        let job = Payment { before_ms: pause(), after_ms: pause(), fails: pause() == 0 };
        client.enqueue(job).await.unwrap();
        enqueued += 1;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    enqueued
}

/// Kills about every second; returns how often.
async fn kill_at_random(fleet: &mut Fleet, random: &mut Rng) -> usize {
    let (began, mut kills) = (Instant::now(), 0);
    while began.elapsed() < LENGTH {
        tokio::time::sleep(Duration::from_millis(random.u64(700..1_300))).await;
        let processes = fleet.processes();
        fleet.kill(processes[random.usize(..processes.len())]);
        fleet.start();
        kills += 1;
    }
    kills
}

//! Failures that look alike are one group, which knows since when, how often and where it occurs.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, JobState, RetryPolicy, TowerBuilder};

use crate::support::TestBed;
use crate::support::house::House;

#[derive(Serialize, Deserialize)]
struct Charge {
    amount: u64,
}

impl Job for Charge {
    const KIND: &'static str = "charge";
}

#[derive(Debug)]
enum Refusal {
    GatewayTimeout,
    TooLarge(u64),
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::GatewayTimeout => out.write_str("the provider did not answer within 30 s"),
            Refusal::TooLarge(amount) => write!(out, "{amount} is more than 1,000"),
        }
    }
}

impl std::error::Error for Refusal {}

async fn charge(job: Charge) -> Result<(), JobError> {
    match job.amount {
        0 => Err(Refusal::GatewayTimeout)?,
        1 => panic!("the till is open"),
        1_000.. => Err(Refusal::TooLarge(job.amount))?,
        _ => Ok(()),
    }
}

fn once(builder: TowerBuilder) -> TowerBuilder {
    builder.app_version("2026.11.24-3").job_with(charge, |config| config.max_retry_count(0))
}

async fn column(bed: &TestBed, sql: &str) -> Vec<String> {
    bed.query(sql, &[]).await.iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_that_differ_by_numbers_are_one_group() {
    let house = House::new(once).await;
    let first = house.until(Charge { amount: 5_000 }, JobState::Dead).await;
    let second = house.until(Charge { amount: 7_000 }, JobState::Dead).await;
    let other = house.until(Charge { amount: 0 }, JobState::Dead).await;

    let bed = house.stop().await;

    assert!(first.error_group.is_some() && first.error_group == second.error_group);
    assert_ne!(first.error_group, other.error_group);
    assert_eq!(first.last_failure().unwrap().class, "TooLarge");
    let groups =
        "SELECT concat_ws(' | ', class, message, occurrences, first_version, queues) FROM tower.error_group ORDER BY 1";
    assert_eq!(
        column(&bed, groups).await,
        [
            "GatewayTimeout | the provider did not answer within <n> s | 1 | 2026.11.24-3 | {default}",
            "TooLarge | <n> is more than <n> | 2 | 2026.11.24-3 | {default}",
        ]
    );
    let sample = "SELECT sample_job::text FROM tower.error_group WHERE class = 'TooLarge'";
    assert_eq!(column(&bed, sample).await, [second.id.to_string()]);
    let tally = "SELECT concat_ws(' ', step, sum(count)) FROM tower.error_tally GROUP BY step ORDER BY 1";
    assert_eq!(column(&bed, tally).await, ["1 3", "60 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_makes_the_same_fingerprint() {
    let house = House::new(once).await;

    let job = house.until(Charge { amount: 5_000 }, JobState::Dead).await;

    let sql = "SELECT tower.fingerprint('charge', 'TooLarge', '<n> is more than <n>')";
    assert_eq!(column(&house.bed, sql).await, [job.error_group.unwrap()]);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_error_of_the_handler_has_a_class_of_its_own() {
    let house = House::new(once).await;
    let panic = house.until(Charge { amount: 1 }, JobState::Dead).await;
    house.bed.query("INSERT INTO tower.job (id, kind, payload) VALUES (tower.new_id(), 'charge', '[]')", &[]).await;
    let undecodable = "SELECT count(*) FROM tower.history WHERE reason = 'decode'";
    crate::support::until("it does not decode", async || house.bed.number(undecodable).await == 1).await;

    let bed = house.stop().await;

    assert_eq!(panic.last_failure().unwrap().class, "Panic");
    assert_eq!(column(&bed, "SELECT class FROM tower.error_group ORDER BY 1").await, ["Decode", "Panic"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_keeps_its_group_through_retries_a_requeue_and_its_completion() {
    let flaky = |builder: TowerBuilder| {
        let handler = async |_: Charge, run: task_tower::JobContext| match run.attempt() {
            1 => Err(JobError::new("at first")),
            2 => Err(JobError::discard("then")),
            _ => Ok(()),
        };
        builder.job_with(handler, |config| config.retry_policy(RetryPolicy::custom(|_| Duration::ZERO)))
    };
    let house = House::new(flaky).await;

    let dead = house.until(Charge { amount: 5 }, JobState::Dead).await;
    house.console.requeue(dead.id).await.unwrap();
    let completed = house.in_state(dead.id, JobState::Completed).await;

    assert!(completed.error_group.is_some());
    assert_eq!(completed.error_group, dead.error_group);
    let untouched = "SELECT count(*) FROM tower.history WHERE error_group IS NULL";
    assert_eq!(house.bed.number(untouched).await, 0);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_never_fails_has_no_group() {
    let house = House::new(once).await;

    let job = house.until(Charge { amount: 5 }, JobState::Completed).await;

    assert_eq!(job.error_group, None);
    house.stop().await;
}

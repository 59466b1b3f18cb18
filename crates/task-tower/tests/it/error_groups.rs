//! Failures that look alike are one group, which knows since when, how often and where it occurs.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Actor, ErrorFilter, ErrorStatus, Job, JobError, JobState, RetryPolicy, TowerBuilder};

use crate::support::house::House;
use crate::support::{TestBed, until};

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
    until("it does not decode", async || house.bed.number(undecodable).await == 1).await;

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

/// Until the group of the job is known.
async fn known(house: &House, fingerprint: &str) {
    until("the group is known", async || house.console.error_group(fingerprint).await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_groups_tells_how_often_they_occurred_and_what_became_of_their_jobs() {
    let retried = |builder: TowerBuilder| {
        let policy = RetryPolicy::custom(|_| Duration::from_secs(3_600));
        builder.job_with(charge, |config| config.max_retry_count(1).retry_policy(policy))
    };
    let house = House::new(retried).await;
    let first = house.until(Charge { amount: 5_000 }, JobState::Failed).await;
    let second = house.until(Charge { amount: 6_000 }, JobState::Failed).await;
    house.console.requeue(second.id).await.unwrap();
    until("it failed again", async || house.console.job(second.id).await.unwrap().attempt == 2).await;
    house.console.discard(first.id, None).await.unwrap();
    let fingerprint = first.error_group.unwrap();
    let bed = house.stop().await;
    let console = bed.builder().build().await.unwrap().console();

    let page = console.error_groups(&ErrorFilter::new()).await.unwrap();
    let details = console.error_group(&fingerprint).await.unwrap();

    assert_eq!((page.groups.len(), page.unresolved, page.muted, page.resolved), (1, 1, 0, 0));
    let group = &page.groups[0];
    assert_eq!((group.fingerprint.as_str(), group.class.as_str(), group.occurrences), (&*fingerprint, "TooLarge", 3));
    assert_eq!((group.counts.hour, group.counts.three_hours, group.counts.week), (3, 3, 3));
    assert_eq!((group.last_hour.len(), group.last_hour.iter().sum::<u64>()), (60, 3));
    assert_eq!((group.dead, group.retrying, details.recovered), (1, 1, 0));
    assert_eq!(details.sample.unwrap().message, "6000 is more than 1,000");
    assert!(console.error_group("nothing").await.unwrap_err().is_not_found());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_resolved_and_occurs_again_is_not_resolved_any_more() {
    let house = House::new(once).await;
    let job = house.until(Charge { amount: 5_000 }, JobState::Dead).await;
    let fingerprint = job.error_group.unwrap();
    known(&house, &fingerprint).await;

    let ana = house.console.acting(Actor::new("ana"));
    assert_eq!(ana.resolve_errors(&[&fingerprint, "nothing"]).await.unwrap(), std::slice::from_ref(&fingerprint));
    let resolved = house.console.error_group(&fingerprint).await.unwrap().group;
    house.until(Charge { amount: 6_000 }, JobState::Dead).await;
    let bed = house.stop().await;

    assert_eq!(resolved.resolved_by.as_deref(), Some("ana"));
    assert!(resolved.regressed_at.is_none());
    let console = bed.builder().build().await.unwrap().console();
    let again = console.error_group(&fingerprint).await.unwrap().group;
    assert_eq!((again.resolved_at, again.resolved_by, again.occurrences), (None, None, 2));
    assert!(again.regressed_at > resolved.resolved_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_occurred_before_a_group_was_resolved_does_not_bring_it_back() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    flush_error(&bed, 1, 0, None).await;
    console.resolve_errors(&["f"]).await.unwrap();

    flush_error(&bed, 2, 60_000, None).await;

    let group = console.error_group("f").await.unwrap().group;
    assert!(group.resolved_at.is_some() && group.regressed_at.is_none());
    assert_eq!(group.occurrences, 2);
}

/// One failure, as a worker flushes it so many milliseconds after it occurred.
async fn flush_error(bed: &TestBed, number: i64, age_ms: i64, version: Option<&str>) {
    let sql =
        include_str!("../../src/store/sql/flush_errors.sql").replace("task_tower.", &format!("{}.", bed.quoted()));
    let text = ["f"];
    let job = "SELECT tower.new_id()::text";
    let job = [column(bed, job).await.remove(0).parse::<task_tower::JobId>().unwrap().as_uuid()];
    let parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)] = &[
        &1_i64,
        &number,
        &&text[..],
        &&text[..],
        &&text[..],
        &&text[..],
        &&[1_i64][..],
        &&[age_ms][..],
        &&job[..],
        &&text[..],
        &&[version][..],
    ];
    bed.connect().await.query(&sql, parameters).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_knows_in_which_versions_it_first_and_last_occurred() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let versions = async || {
        let group = console.error_group("f").await.unwrap().group;
        (group.first_version.unwrap(), group.last_version)
    };

    flush_error(&bed, 1, 0, Some("1.7")).await;
    let first = versions().await;
    flush_error(&bed, 2, 0, Some("1.8")).await;
    let second = versions().await;
    flush_error(&bed, 3, 60_000, Some("1.6")).await;
    let late = versions().await;
    flush_error(&bed, 4, 0, None).await;
    let unknown = versions().await;

    let version = |last: &str| ("1.7".to_owned(), Some(last.to_owned()));
    assert_eq!([first, second, late], [version("1.7"), version("1.8"), version("1.8")]);
    assert_eq!(unknown.1, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_found_by_what_people_said_of_them() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    flush_error(&bed, 1, 0, None).await;
    let listed = async |status| console.error_groups(&ErrorFilter::new().status(status).kind("f")).await.unwrap();
    let later = chrono::Utc::now() + Duration::from_secs(3_600);

    console.mute_errors(&["f"], later).await.unwrap();
    let muted = listed(ErrorStatus::Muted).await;
    console.resolve_errors(&["f"]).await.unwrap();
    let resolved = listed(ErrorStatus::Resolved).await;
    console.unresolve_errors(&["f"]).await.unwrap();
    let unresolved = listed(ErrorStatus::Unresolved).await;

    assert_eq!((muted.groups.len(), muted.unresolved, muted.muted, muted.resolved), (1, 0, 1, 0));
    assert_eq!((resolved.groups.len(), resolved.unresolved, resolved.muted, resolved.resolved), (1, 0, 0, 1));
    assert_eq!((unresolved.groups.len(), unresolved.unresolved, unresolved.groups[0].muted_until), (1, 1, None));
    console.mute_errors(&["f"], chrono::Utc::now() - Duration::from_secs(3_600)).await.unwrap();
    assert_eq!(listed(ErrorStatus::Unresolved).await.groups.len(), 1, "a time that is over hides nothing");
    let audit = "SELECT string_agg(action, ' ' ORDER BY id) FROM tower.audit WHERE target = 'f'";
    assert_eq!(column(&bed, audit).await, ["mute_errors resolve_errors unresolve_errors mute_errors"]);
}

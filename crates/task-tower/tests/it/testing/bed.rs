//! `TestBed`: a schema of the test's own, and time that passes when the test wants it.

use std::process::Command;
use std::time::Duration;

use task_tower::testing::TestBed;
use task_tower::{JobError, JobState, KindConfig, RetryPolicy};

use crate::support::stage::{Stage, Step, step};
use crate::support::{self, server, until};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn two_beds_do_not_see_each_other() {
    let (one, other) = (TestBed::new().await, TestBed::new().await);
    let stage = Stage::default();
    let here = stage.cast(one.builder()).build().await.unwrap();
    let there = stage.cast(other.builder()).build().await.unwrap();

    here.client().enqueue(step("here")).await.unwrap();
    other.advance(MINUTE).await;

    assert!(other.drain(&there).await.is_empty());
    assert!(other.enqueued::<Step>().await.is_empty());
    assert_eq!(one.drain(&here).await.assert_all_completed(), 1);
}

#[tokio::test]
async fn a_scheduled_job_is_due_when_its_time_has_passed_and_not_before() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    let first = tower.client().schedule(step("first")).in_minutes(2).await.unwrap();
    let second = tower.client().schedule(step("second")).in_minutes(4).await.unwrap();

    bed.advance(MINUTE).await;
    assert!(bed.drain(&tower).await.is_empty());
    bed.advance(MINUTE).await;
    assert_eq!(bed.drain(&tower).await.completed, [first]);
    bed.advance(MINUTE).await;
    assert!(bed.drain(&tower).await.is_empty());
    bed.advance(MINUTE).await;
    assert_eq!(bed.drain(&tower).await.completed, [second]);
}

#[tokio::test]
async fn a_retry_is_due_when_its_delay_has_passed() {
    async fn fails(_: Step) -> Result<(), JobError> {
        Err(JobError::new("no luck"))
    }
    let bed = TestBed::new().await;
    let hourly = |config: KindConfig| config.retry_policy(RetryPolicy::custom(|_| MINUTE * 60)).max_retry_count(1);
    let tower = bed.builder().job_with(fails, hourly).build().await.unwrap();
    let id = tower.client().enqueue(step("fails")).await.unwrap();

    assert_eq!(bed.drain(&tower).await.failed, [id]);
    bed.advance(MINUTE * 59).await;
    assert!(bed.drain(&tower).await.is_empty());
    bed.advance(MINUTE).await;
    assert_eq!(bed.drain(&tower).await.dead, [id]);
}

#[tokio::test]
async fn what_was_due_before_still_comes_first() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    tower.client().schedule(step("later")).in_minutes(1).await.unwrap();
    tower.client().enqueue(step("now")).await.unwrap();

    bed.advance(MINUTE * 60).await;
    bed.drain(&tower).await;

    assert_eq!(stage.begun(), ["now", "later"]);
}

#[tokio::test]
async fn a_job_that_was_scheduled_still_looks_so() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let id = tower.client().schedule(step("later")).in_minutes(2).await.unwrap();
    let before = tower.console().job(id).await.unwrap();

    bed.advance(MINUTE).await;

    let job = tower.console().job(id).await.unwrap();
    assert_eq!(job.state, JobState::Scheduled);
    assert_eq!(job.history()[0].state, JobState::Scheduled);
    assert_eq!((before.run_at - job.run_at).to_std().unwrap(), MINUTE);
    assert_eq!((before.created_at - job.created_at).to_std().unwrap(), MINUTE);
}

#[tokio::test]
async fn a_job_that_has_ended_keeps_its_times() {
    let bed = TestBed::new().await;
    let tower = Stage::default().cast(bed.builder()).build().await.unwrap();
    let id = tower.client().enqueue(step("done")).await.unwrap();
    bed.drain(&tower).await;
    let before = tower.console().job(id).await.unwrap();

    bed.advance(MINUTE).await;

    let after = tower.console().job(id).await.unwrap();
    assert_eq!(
        (after.run_at, after.created_at, after.finished_at),
        (before.run_at, before.created_at, before.finished_at)
    );
}

#[tokio::test]
async fn a_worker_that_sleeps_hears_of_an_advance() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let patient = bed.builder().queue_announcement_interval(MINUTE).job_check_interval(MINUTE);
    let tower = stage.cast(patient).build().await.unwrap();
    let running = tower.start().unwrap();
    tower.client().enqueue(step("first")).await.unwrap();
    until("the worker works", async || stage.ended().len() == 1).await;
    tower.client().schedule(step("second")).in_days(30).await.unwrap();

    bed.advance(MINUTE * 60 * 24 * 31).await;

    until("the job of next month has run", async || stage.ended().len() == 2).await;
    running.stop().await;
}

#[tokio::test]
async fn now_is_later_by_what_was_advanced() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let before = bed.now().await;

    bed.advance(MINUTE).await;
    bed.advance(MINUTE).await;

    let passed = (bed.now().await - before).to_std().unwrap();
    assert!((MINUTE * 2..MINUTE * 3).contains(&passed), "{passed:?}");
}

#[tokio::test]
#[should_panic(expected = "it is more than a hundred years")]
async fn time_does_not_pass_without_end() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();

    bed.advance(Duration::MAX).await;
}

#[tokio::test]
#[should_panic(expected = "(is there a tower yet?): advance: relation")]
async fn a_bed_without_a_tower_says_so() {
    TestBed::new().await.advance(MINUTE).await;
}

/// Where the server is named, it stays: so this runs in a process in which it is.
#[test]
fn on_a_server_that_stays_the_schema_goes_with_the_bed_and_its_towers() {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["testing::bed::where_the_server_stays", "--exact", "--ignored", "--nocapture"]);

    let output = child.env("TASK_TOWER_TEST_URL", server()).output().unwrap();

    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by another test, in a process of its own"]
async fn where_the_server_stays() {
    let bed = TestBed::new().await;
    let watch = support::TestBed::at(bed.url(), bed.schema());
    let sql = format!("SELECT count(*) FROM pg_namespace WHERE nspname = '{}'", bed.schema());
    let tower = Stage::default().cast(bed.builder()).build().await.unwrap();
    let running = tower.start().unwrap();
    tower.client().enqueue(step("runs")).await.unwrap();

    drop(bed);
    assert_eq!(watch.number(&sql).await, 1, "the tower is still there");
    running.stop().await;
    drop(tower);
    assert_eq!(watch.number(&sql).await, 0, "the schema is still there");
}

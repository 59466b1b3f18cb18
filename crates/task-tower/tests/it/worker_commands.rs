//! What a person can ask of a worker from afar, and what its row tells.

use std::time::Duration;

use serde_json::json;
use task_tower::{AuditFilter, Console, JobState, WorkerCommand, WorkerId, WorkerRecord};
use tokio::task::JoinHandle;

use crate::support::stage::{Stage, step, stubborn};
use crate::support::{TestBed, in_state, until};

async fn the_worker(console: &Console) -> WorkerRecord {
    until("a worker is registered", async || !console.workers().await.unwrap().is_empty()).await;
    console.workers().await.unwrap().remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_worker_claims_nothing_and_goes_on_with_what_it_runs_until_it_is_resumed() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    let (client, console, running) = (tower.client(), tower.console(), tower.start().unwrap());
    let held = client.enqueue(stubborn("held")).await.unwrap();
    until("it runs", async || stage.begun() == ["held"]).await;
    let worker = the_worker(&console).await;

    console.quiet_worker(worker.id).await.unwrap();
    until("the worker is asleep", async || bed.number("SELECT count(*) FROM tower.armed").await == 0).await;
    let waiting = client.enqueue(step("waiting")).await.unwrap();
    stage.open();
    in_state(&console, held, JobState::Completed).await;

    assert_eq!(the_worker(&console).await.command, Some(WorkerCommand::Quiet));
    assert_eq!(console.job(waiting).await.unwrap().state, JobState::Enqueued);
    console.resume_worker(worker.id).await.unwrap();
    in_state(&console, waiting, JobState::Completed).await;
    assert_eq!(the_worker(&console).await.command, None);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_asked_to_stop_ends_as_on_a_signal() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());
    let process: JoinHandle<_> = tokio::spawn(async move { tower.run_until(std::future::pending()).await });
    let held = client.enqueue(stubborn("held")).await.unwrap();
    until("it runs", async || stage.begun() == ["held"]).await;
    let worker = the_worker(&console).await;

    console.stop_worker(worker.id).await.unwrap();
    console.resume_worker(worker.id).await.unwrap();
    stage.open();
    process.await.unwrap().unwrap();

    assert_eq!(console.job(held).await.unwrap().state, JobState::Completed);
    assert_eq!(the_worker(&console).await.ended_how.as_deref(), Some("stopped"));
}

#[tokio::test]
async fn nothing_can_be_asked_of_a_worker_that_does_not_live() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    bed.query(
        "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, ended_at)
               VALUES ('old', 1, '0', 1, '{}', '{}', '1 s', now())",
        &[],
    )
    .await;
    let ended: WorkerId = console.workers().await.unwrap()[0].id;

    let known = console.worker(ended).await.unwrap();
    let error = console.quiet_worker(ended).await.unwrap_err();
    let unknown = console.worker("999999".parse().unwrap()).await.unwrap_err();

    assert!(error.is_not_found() && error.to_string().contains("does not live"), "{error}");
    assert!(known.ended_at.is_some() && unknown.is_not_found(), "{unknown}");
}

async fn insert_worker(bed: &TestBed, id: i64, dead_after: &str, ended_how: Option<&str>) {
    bed.query(
        "INSERT INTO tower.worker (id, host, process_id, version, slots, kinds, queues, dead_after, ended_at, ended_how)
         OVERRIDING SYSTEM VALUE
         SELECT $1::bigint, 'jobs-' || $1::bigint, 1, '0', 1, '{}', '{}', $2::text::interval, CASE WHEN $3::text <> '' THEN now() END, $3",
        &[&id, &dead_after, &ended_how],
    )
    .await;
}

#[tokio::test]
async fn a_worker_that_no_longer_lives_is_removed_with_an_entry_in_the_audit() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    insert_worker(&bed, 1, "1 h", Some("stopped")).await;
    insert_worker(&bed, 2, "1 h", Some("silent")).await;
    // Nobody lives who could find it dead.
    insert_worker(&bed, 3, "0", None).await;
    bed.query("INSERT INTO tower.armed (queue, worker_id) VALUES ('*', 3)", &[]).await;

    for worker in console.workers().await.unwrap() {
        console.remove_worker(worker.id).await.unwrap();
    }

    assert!(console.workers().await.unwrap().is_empty());
    assert_eq!(bed.number("SELECT count(*) FROM tower.armed").await, 0);
    let audit = console.audit(&AuditFilter::new().action("remove_worker").target("3")).await.unwrap();
    assert_eq!((audit.len(), &audit[0].details), (1, &json!({ "host": "jobs-3" })));
}

#[tokio::test]
async fn one_that_lives_or_whose_jobs_were_not_taken_back_is_not_removed() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let console = tower.console();
    insert_worker(&bed, 1, "1 h", None).await;
    insert_worker(&bed, 2, "1 h", Some("silent")).await;
    tower.client().enqueue(step("held")).await.unwrap();
    bed.query("UPDATE tower.job SET state = 1, worker_id = 2, lease = 1, attempt = 1, attempted_at = now()", &[]).await;
    let why = async |id: &str| console.remove_worker(id.parse().unwrap()).await.unwrap_err();

    let (lives, holds, unknown) = (why("1").await, why("2").await, why("3").await);

    assert!(lives.is_conflict() && lives.to_string().contains("worker 1 lives"), "{lives}");
    assert!(holds.is_conflict() && holds.to_string().contains("not taken back yet"), "{holds}");
    assert!(unknown.is_not_found(), "{unknown}");
    assert_eq!(console.workers().await.unwrap().len(), 2);
    assert!(console.audit(&AuditFilter::new()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_tells_what_runs_and_the_version_of_the_program() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = stage.cast(bed.builder()).app_version("2026.11.24-3").build().await.unwrap();
    let (client, console, running) = (tower.client(), tower.console(), tower.start().unwrap());

    let first = client.enqueue(stubborn("first")).await.unwrap();
    let second = client.enqueue(stubborn("second")).await.unwrap();
    until("both are told", async || the_worker(&console).await.running.len() == 2).await;

    let mut told = the_worker(&console).await.running;
    told.sort_unstable();
    assert_eq!(told, [first, second]);
    assert_eq!(the_worker(&console).await.app_version.as_deref(), Some("2026.11.24-3"));
    stage.open();
    until("nothing is told", async || the_worker(&console).await.running.is_empty()).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_heard_long_before_the_next_heartbeat() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let slow = bed.builder().heartbeat_interval(Duration::from_secs(600)).dead_after(Duration::from_secs(3_600));
    let tower = stage.cast(slow).build().await.unwrap();
    let (console, running) = (tower.console(), tower.start().unwrap());
    let worker = the_worker(&console).await;
    // It listens once it has registered.
    until("it listens", async || bed.number("SELECT count(*) FROM tower.armed").await == 1).await;

    console.stop_worker(worker.id).await.unwrap();

    running.stop_requested().await;
    running.stop().await;
}

//! Workers, and jobs that none of them takes.

use std::time::Duration;

use task_tower::{DoctorLimits, Level, QueuePrioritization, RunningTower, TaskTower};

use super::{check, checks, level, remedy};
use crate::support::stage::{Stage, step};
use crate::support::{TestBed, until};

/// A worker of one queue, once it is heard.
async fn worker(bed: &TestBed, queue: &str) -> (TaskTower, RunningTower) {
    let tower = Stage::default().cast(bed.builder()).queues([queue]).build().await.unwrap();
    let running = tower.start().unwrap();
    let lives = "SELECT count(*) FROM tower.worker WHERE ended_at IS NULL AND $1 = ANY (queues)";
    until("the worker lives", async || bed.query(lives, &[&queue]).await[0].get::<_, i64>(0) > 0).await;
    (tower, running)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_no_worker_serves_is_told_until_one_does() {
    let bed = TestBed::new().await;
    let (tower, mail) = worker(&bed, "mail").await;
    let console = tower.console();
    let before = console.doctor().await.unwrap();
    tower.client().enqueue(step("a")).to_queue("fax").await.unwrap();
    tower.client().schedule(step("b")).to_queue("later").in_hours(1).await.unwrap();

    let unserved = console.doctor().await.unwrap();
    let (_, fax) = worker(&bed, "fax").await;
    let after = console.doctor().await.unwrap();

    assert_eq!((level(&before, "queues"), level(&before, "workers")), (Level::Passed, Level::Passed));
    let warning = check(&unserved, "queues");
    assert_eq!((warning.level, warning.title.to_string()), (Level::Warning, "Queue fax has no worker".to_owned()));
    assert!(warning.reason.to_string().starts_with("1 job waits since "), "{unserved}");
    assert_eq!(remedy(warning), "Start a worker with .queues([\"fax\"]), or move the jobs");
    let names: Vec<&str> = unserved.queues_without_worker.iter().map(|queue| queue.name.as_str()).collect();
    assert_eq!(names, ["fax"]);
    assert_eq!(level(&after, "queues"), Level::Passed);
    mail.stop().await;
    fax.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_no_worker_knows_is_told_until_its_jobs_are_gone() {
    let bed = TestBed::new().await;
    let (tower, running) = worker(&bed, "mail").await;
    let console = tower.console();
    let before = console.doctor().await.unwrap();
    bed.query("SELECT tower.enqueue('send_sms_v1', '{}', queue => 'mail') FROM generate_series(1, 3)", &[]).await;

    let unknown = console.doctor().await.unwrap();
    bed.query("DELETE FROM tower.job", &[]).await;
    let after = console.doctor().await.unwrap();

    assert_eq!(level(&before, "kinds"), Level::Passed);
    let warning = check(&unknown, "kinds");
    assert_eq!(warning.title.to_string(), "Kind send_sms_v1 has no handler");
    assert!(warning.reason.to_string().starts_with("3 jobs wait since "), "{unknown}");
    assert_eq!(unknown.kinds_without_worker[0].jobs, 3);
    assert_eq!(level(&unknown, "queues"), Level::Passed);
    assert_eq!(level(&after, "kinds"), Level::Passed);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_worker_it_is_a_problem_as_soon_as_a_job_is_due() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let console = tower.console();
    let idle = console.doctor().await.unwrap();
    tower.client().enqueue(step("a")).await.unwrap();

    let waiting = console.doctor().await.unwrap();

    assert_eq!(level(&idle, "workers"), Level::Warning);
    assert_eq!(level(&waiting, "workers"), Level::Problem);
    // That nobody serves the queue is said by that.
    assert!(!waiting.checks.iter().any(|check| check.name == "queues"), "{waiting}");
    assert_eq!(waiting.queues_without_worker[0].name, "default");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_fell_silent_is_told_for_an_hour() {
    let bed = TestBed::new().await;
    let (tower, running) = worker(&bed, "mail").await;
    let silent = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, heartbeat_at, ended_at, ended_how)
                  SELECT 'jobs-04', 7, '1', 8, '{}', '{}', '15 s', now() - $1::text::interval, now() - $1::text::interval, 'silent'";
    bed.query(silent, &[&"61 min"]).await;
    let before = tower.console().doctor().await.unwrap();
    bed.query(silent, &[&"11 min"]).await;

    let report = tower.console().doctor().await.unwrap();

    assert_eq!(level(&before, "workers"), Level::Passed);
    let warning = check(&report, "workers");
    assert_eq!((warning.level, warning.title.to_string()), (Level::Warning, "Worker jobs-04:7 fell silent".to_owned()));
    assert!(warning.reason.to_string().contains("11 min 0"), "{report}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_do_not_listen_or_whose_clocks_disagree_are_told() {
    let bed = TestBed::new().await;
    let (tower, running) = worker(&bed, "mail").await;
    let heard = "SELECT count(*) FROM tower.worker WHERE session_pid IS NOT NULL";
    until("a heartbeat tells its session", async || bed.number(heard).await == 1).await;
    let before = tower.console().doctor().await.unwrap();
    let ghost = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, session_pid, clock_skew_ms)
                 VALUES ('jobs-06', 7, '1', 8, '{}', '{mail}', '1 hour', 2147483647, -90000)";
    bed.query(ghost, &[]).await;

    let report = tower.console().doctor().await.unwrap();

    assert_eq!((level(&before, "listeners"), level(&before, "clocks")), (Level::Passed, Level::Passed));
    assert_eq!(check(&before, "listeners").reason.to_string(), "1 listener, which was not notified yet.");
    assert_eq!(check(&report, "listeners").title.to_string(), "Worker jobs-06:7 does not listen");
    let clocks = check(&report, "clocks");
    assert_eq!(clocks.level, Level::Warning);
    assert!(clocks.reason.to_string().ends_with(": 1 min 30 s (jobs-06:7)."), "{report}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_jobs_wait_for_their_start_is_told_once_some_have_started() {
    let bed = TestBed::new().await;
    let (tower, running) = worker(&bed, "mail").await;
    let before = tower.console().doctor().await.unwrap();
    tower.client().enqueue(step("a")).to_queue("mail").await.unwrap();
    until("the start is counted", async || tower.console().doctor().await.unwrap().start_latency.is_some()).await;

    let latency = tower.console().doctor().await.unwrap().start_latency.unwrap();

    assert!(before.start_latency.is_none());
    assert_eq!((latency.starts, latency.buckets.iter().map(|(_, count)| count).sum::<u64>()), (1, 1));
    assert!(latency.p50_ms > 0.0 && latency.p50_ms <= latency.p99_ms, "{latency:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_start_late_are_told() {
    let bed = TestBed::new().await;
    let (tower, running) = worker(&bed, "mail").await;
    let before = tower.console().doctor().await.unwrap();
    tower.client().enqueue(step("a")).to_queue("mail").await.unwrap();
    until("the start is counted", async || tower.console().doctor().await.unwrap().start_latency.is_some()).await;
    let mut limits = DoctorLimits::default();
    limits.start_wait = Duration::ZERO;

    let patient = tower.console().doctor().await.unwrap();
    let impatient = tower.console().doctor_with(&limits).await.unwrap();

    assert!(!before.checks.iter().any(|check| check.name == "starts"), "{before}");
    assert_eq!(level(&patient, "starts"), Level::Passed);
    assert_eq!(level(&impatient, "starts"), Level::Warning);
    assert!(check(&impatient, "starts").reason.to_string().starts_with("95 of 100 jobs that were due waited up to "));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_listener_was_last_notified_is_told_with_its_next_heartbeat() {
    let bed = TestBed::new().await;
    let builder = Stage::default().cast(bed.builder()).queues(["mail"]).heartbeat_interval(Duration::from_millis(100));
    let tower = builder.build().await.unwrap();
    let running = tower.start().unwrap();
    let lives = "SELECT count(*) FROM tower.worker WHERE session_pid IS NOT NULL";
    until("the worker beats", async || bed.number(lives).await == 1).await;
    let before = tower.console().doctor().await.unwrap();

    let id = tower.console().workers().await.unwrap()[0].id;
    tower.console().quiet_worker(id).await.unwrap();

    let heard = "SELECT count(*) FROM tower.worker WHERE notified_at > now() - interval '1 minute'";
    until("the notification is told", async || bed.number(heard).await == 1).await;
    let after = tower.console().doctor().await.unwrap();
    assert_eq!(check(&before, "listeners").reason.to_string(), "1 listener, which was not notified yet.");
    assert!(check(&after, "listeners").reason.to_string().starts_with("1 listener, notified last "), "{after}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_without_a_priority_is_told_while_only_strict_workers_live() {
    let bed = TestBed::new().await;
    let builder = Stage::default().cast(bed.builder()).queue_prioritization(QueuePrioritization::Strict);
    let tower = builder.queue_priorities([("mail", 1)]).build().await.unwrap();
    let strict = tower.start().unwrap();
    until("the worker lives", async || bed.number("SELECT count(*) FROM tower.worker").await == 1).await;
    tower.client().enqueue(step("a")).to_queue("mail").await.unwrap();
    let before = tower.console().doctor().await.unwrap();
    tower.client().enqueue(step("b")).to_queue("fax").await.unwrap();

    let orphaned = tower.console().doctor().await.unwrap();
    let (_, fax) = worker(&bed, "fax").await;
    let after = tower.console().doctor().await.unwrap();

    assert_eq!((level(&before, "queues"), level(&after, "queues")), (Level::Passed, Level::Passed));
    let warning = check(&orphaned, "queues");
    assert_eq!(
        (warning.level, warning.title.to_string()),
        (Level::Warning, "Queue fax has no priority".to_owned()),
        "{orphaned}"
    );
    assert_eq!(remedy(warning), "Give it one with .queue_priorities([(\"fax\", 1)]), or move the jobs");
    assert!(orphaned.queues_without_worker[0].is_unlisted);
    strict.stop().await;
    fax.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_worker_serves_nothing() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let worker = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, command)
                  VALUES ('jobs-07', 7, '1', 8, '{step}', '{}', '1 hour', 'quiet')";
    bed.query(worker, &[]).await;
    tower.client().enqueue(step("a")).await.unwrap();

    let quiet = tower.console().doctor().await.unwrap();
    bed.query("UPDATE tower.worker SET command = NULL", &[]).await;
    let resumed = tower.console().doctor().await.unwrap();

    assert_eq!((level(&quiet, "queues"), level(&quiet, "kinds")), (Level::Warning, Level::Warning));
    assert_eq!((level(&resumed, "queues"), level(&resumed, "kinds")), (Level::Passed, Level::Passed));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_queues_without_a_worker_do_not_hide_the_rest() {
    let bed = TestBed::new().await;
    let (tower, running) = worker(&bed, "mail").await;
    bed.query("SELECT tower.enqueue('step', '{}', queue => 'q' || n) FROM generate_series(1, 12) AS n", &[]).await;

    let report = tower.console().doctor().await.unwrap();

    assert_eq!((checks(&report, "queues").len(), report.queues_without_worker.len()), (5, 12));
    running.stop().await;
}

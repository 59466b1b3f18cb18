//! Workers are asked to stop by SIGTERM, one after the other, as when a new version is rolled out.

use std::time::Duration;

use task_tower::JobId;

use crate::fleet::Fleet;
use crate::flow::flow;
use crate::ground::Ground;
use crate::record::How;
use crate::seed::seeded;
use crate::support::{TestBed, until};
use crate::timeline::Timeline;
use crate::turn;
use crate::worker::{Settings, Task};

/// From the moment at which a run was given back to the next one.
const RESTART_MAX: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_deploy_repeats_no_short_job_and_gives_long_ones_to_others_without_counting() {
    let _turn = turn().await;
    let mut random = seeded("deploys");
    let ground = Ground::new(TestBed::new().await).await;
    let mut fleet = Fleet::new(ground.settings());
    let long = enqueue_long(&ground).await;
    fleet.start_many(3);

    let (pause, length) = (Duration::from_millis(10), Duration::from_secs(8));
    let producer = tokio::spawn(flow(ground.clone(), random.fork(), pause, length));
    roll(&ground, &mut fleet, &long).await;
    producer.await.unwrap();
    long.iter().for_each(|(number, _)| ground.open_gate(*number, 1));
    ground.until_all_finished().await;

    let evidence = ground.verdict(&mut fleet).await;
    let timeline = Timeline::new(&evidence.entries);
    let long: Vec<JobId> = long.into_iter().map(|(_, job)| job).collect();
    assert_only_long_jobs_were_given_back(&timeline, &long);
    long.iter().for_each(|job| assert_moved_without_counting(&timeline, *job));
}

/// Longer than any grace; one of them does not listen.
async fn enqueue_long(ground: &Ground) -> Vec<(u64, JobId)> {
    let mut jobs = Vec::new();
    for stubborn in [false, false, false, true] {
        jobs.push(ground.enqueue(Task { gated: true, stubborn, ..Task::default() }).await);
    }
    jobs
}

/// Each of the first workers goes as soon as its successor works.
async fn roll(ground: &Ground, fleet: &mut Fleet, long: &[(u64, JobId)]) {
    for (_, job) in long {
        ground.started(*job, 1).await;
    }
    for process in fleet.processes() {
        let successor = fleet.start();
        ground.until_registered(successor).await;
        fleet.terminate(process);
        assert!(fleet.ended(process).await.success());
    }
}

fn assert_only_long_jobs_were_given_back(timeline: &Timeline, long: &[JobId]) {
    for (run, (_, how)) in &timeline.ends {
        let is_given_back = matches!(how, How::Stopped | How::Dropped);
        assert!(!is_given_back || long.contains(&run.job), "{run:?} was shorter than the grace, and was {how:?}");
    }
}

fn assert_moved_without_counting(timeline: &Timeline, job: JobId) {
    let runs = &timeline.runs[&job];
    assert!(runs.len() > 1, "job {job} was never given back");
    for pair in runs.windows(2) {
        let (ended, _) = timeline.ends[&pair[0].start.run];
        let wait = timeline.time(pair[1].place) - timeline.time(ended);
        assert_ne!(pair[0].start.process, pair[1].start.process);
        assert!(wait < RESTART_MAX.as_nanos(), "job {job} waited {wait} ns to run elsewhere");
    }
    assert!(runs.iter().all(|run| run.start.attempt == 1), "runs that were given back were counted: {runs:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_a_worker_at_once_and_its_job_runs_elsewhere() {
    let _turn = turn().await;
    let ground = Ground::new(TestBed::new().await).await;
    // Nobody here would wait for so long.
    let mut fleet = Fleet::new(Settings { shutdown_grace_ms: 600_000, ..ground.settings() });
    let (number, job) = ground.enqueue(Task { gated: true, stubborn: true, ..Task::default() }).await;
    let process = fleet.start();
    assert_eq!(ground.started(job, 1).await, process);

    fleet.terminate(process);
    until("the worker stops", async || fleet.log(process).contains("worker stops")).await;
    fleet.terminate(process);

    assert!(fleet.ended(process).await.success());
    let other = fleet.start();
    assert_eq!(ground.started(job, 2).await, other);
    ground.open_gate(number, 1);
    ground.until_all_finished().await;
    let evidence = ground.verdict(&mut fleet).await;
    assert_eq!(evidence.finished[0].attempt, 1);
}

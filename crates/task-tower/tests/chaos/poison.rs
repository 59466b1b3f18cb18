//! A job that takes its process down, each time it runs, and others that happen to be there.

use task_tower::JobId;

use crate::fleet::Fleet;
use crate::ground::Ground;
use crate::support::{PATIENCE, TestBed};
use crate::timeline::Timeline;
use crate::turn;
use crate::worker::{Act, Settings, Task};

const INNOCENT: usize = 10;
const CRASHES: u32 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_takes_three_processes_down_is_dead_and_those_beside_it_complete() {
    let _turn = turn().await;
    let ground = Ground::new(TestBed::new().await).await;
    let mut fleet = Fleet::new(Settings { slots: INNOCENT + 1, poison_after: CRASHES, ..ground.settings() });
    let guilty = Task { gated: true, acts: vec![Act::Abort; 10], ..Task::default() };
    let (number, guilty) = ground.enqueue(guilty).await;
    let innocent = enqueue_innocent(&ground).await;

    for crash in 1..CRASHES {
        crash_together(&ground, &mut fleet, number, guilty, &innocent, crash).await;
    }
    innocent.iter().for_each(|(number, _)| ground.open_gate(*number, CRASHES));
    ground.open_gate(number, CRASHES);
    run_to_the_end(&ground, &mut fleet).await;

    let evidence = ground.verdict(&mut fleet).await;
    assert_eq!(Timeline::new(&evidence.entries).runs[&guilty].len(), CRASHES as usize);
    assert_eq!(ground.ended_as(guilty).await, (4, Some("poison".to_owned())));
    for (_, job) in innocent {
        assert_eq!(ground.ended_as(job).await, (3, None));
    }
}

/// They run until the third time at the least, so that they are there at each crash.
async fn enqueue_innocent(ground: &Ground) -> Vec<(u64, JobId)> {
    let mut jobs = Vec::new();
    for _ in 0..INNOCENT {
        jobs.push(ground.enqueue(Task { gated: true, work_ms: 50, ..Task::default() }).await);
    }
    jobs
}

/// All of them run in one process, which then goes down.
async fn crash_together(
    ground: &Ground,
    fleet: &mut Fleet,
    number: u64,
    guilty: JobId,
    innocent: &[(u64, JobId)],
    crash: u32,
) {
    let process = fleet.start();
    for job in innocent.iter().map(|(_, job)| *job).chain([guilty]) {
        assert_eq!(ground.started(job, crash as usize).await, process);
    }

    ground.open_gate(number, crash);

    assert!(!fleet.ended(process).await.success());
}

/// Starts a process whenever there is none, until no job is left.
async fn run_to_the_end(ground: &Ground, fleet: &mut Fleet) {
    let ending = async {
        while ground.bed.number("SELECT count(*) FROM tower.job").await > 0 {
            if fleet.processes().is_empty() {
                fleet.start();
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE * 2, ending).await.expect("no job is left");
}

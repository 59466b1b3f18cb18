//! Workers freeze in the middle of their jobs, others take those, and then the frozen ones wake up
//! and want to report.

use task_tower::JobId;

use crate::fleet::Fleet;
use crate::ground::Ground;
use crate::support::{TestBed, until};
use crate::turn;
use crate::worker::{Act, Task};

/// Every way in which a handler can report.
const REPORTS: [Act; 6] = [Act::Succeed, Act::Fail, Act::Panic, Act::Snooze, Act::Discard, Act::Cancel];
const CYCLES: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_wakes_up_after_its_jobs_were_taken_reports_in_vain_and_works_again() {
    let _turn = turn().await;
    let ground = Ground::new(TestBed::new().await).await;
    let mut fleet = Fleet::new(ground.settings());
    let zombie = fleet.start();

    for cycle in 0..CYCLES {
        // Most report while the second run goes on; only the lease tells the two apart.
        let is_over = cycle % 3 == 2;
        haunt(&ground, &mut fleet, zombie, is_over).await;
    }

    let evidence = ground.verdict(&mut fleet).await;
    assert_eq!(evidence.finished.len(), CYCLES * REPORTS.len());
    for row in evidence.finished {
        assert!(row.state == 3 && row.attempt == 2, "{row:?} is not what its second run did");
    }
}

/// One freeze: the zombie runs a job of each kind, alone; another worker comes, takes them and
/// goes.
async fn haunt(ground: &Ground, fleet: &mut Fleet, zombie: u32, is_over: bool) {
    let jobs = enqueue_reports(ground).await;
    for (_, job) in &jobs {
        assert_eq!(ground.started(*job, 1).await, zombie);
    }
    let heir = fleet.start();
    ground.until_registered(heir).await;

    fleet.freeze(zombie);
    for (_, job) in &jobs {
        assert_eq!(ground.started(*job, 2).await, heir);
    }
    if is_over {
        finish(ground, &jobs).await;
    }
    wake(ground, fleet, zombie, &jobs).await;
    finish(ground, &jobs).await;

    fleet.terminate(heir);
    assert!(fleet.ended(heir).await.success());
}

/// The jobs do not listen when they are asked to stop: each reports, whatever its worker knows.
async fn enqueue_reports(ground: &Ground) -> Vec<(u64, JobId)> {
    let mut jobs = Vec::new();
    for act in REPORTS {
        let task = Task { gated: true, stubborn: true, acts: vec![act], ..Task::default() };
        jobs.push(ground.enqueue(task).await);
    }
    jobs
}

/// Lets the first runs end at the very moment at which their worker wakes up, and waits until it
/// has tried to report and was refused, and has registered anew.
async fn wake(ground: &Ground, fleet: &Fleet, zombie: u32, jobs: &[(u64, JobId)]) {
    let refused = || fleet.log(zombie).matches("refused results").count();
    let before = refused();
    jobs.iter().for_each(|(number, _)| ground.open_gate(*number, 1));
    fleet.resume(zombie);

    until("the zombie was refused", async || refused() > before).await;
    ground.until_registered(zombie).await;
}

async fn finish(ground: &Ground, jobs: &[(u64, JobId)]) {
    jobs.iter().for_each(|(number, _)| ground.open_gate(*number, 2));
    ground.until_finished(&jobs.iter().map(|(_, job)| *job).collect::<Vec<_>>()).await;
}

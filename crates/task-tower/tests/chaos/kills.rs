//! Workers die at random, by SIGKILL, while jobs flow; each is replaced at once.

use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::checker::ChangeKind;
use crate::fleet::Fleet;
use crate::flow::flow;
use crate::ground::Ground;
use crate::seed::seeded;
use crate::support::TestBed;
use crate::turn;

const LENGTH: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_lose_no_job_and_repeat_only_what_they_were_running() {
    let _turn = turn().await;
    let mut random = seeded("kills");
    let ground = Ground::new(TestBed::new().await).await;
    let mut fleet = Fleet::new(ground.settings());
    fleet.start_many(3);

    let producer = tokio::spawn(flow(ground.clone(), random.fork(), Duration::from_millis(4), LENGTH));
    let kills = kill_at_random(&mut fleet, &mut random).await;
    let taken = producer.await.unwrap();
    ground.until_all_finished().await;

    let evidence = ground.verdict(&mut fleet).await;
    let rescues = evidence.changes.iter().filter(|change| change.kind == ChangeKind::Rescued).count();
    assert!(taken >= 2_000, "only {taken} jobs were enqueued");
    assert!(kills >= 5 && rescues > 0, "{kills} kills and {rescues} rescues prove nothing");
}

/// Kills about every second and a half for as long as jobs come; returns how often.
async fn kill_at_random(fleet: &mut Fleet, random: &mut Rng) -> usize {
    let began = Instant::now();
    let mut kills = 0;
    while began.elapsed() < LENGTH {
        tokio::time::sleep(Duration::from_millis(random.u64(1_000..2_000))).await;
        let processes = fleet.processes();
        fleet.kill(processes[random.usize(..processes.len())]);
        fleet.start();
        kills += 1;
    }
    kills
}

//! Workers are killed and frozen around the full seconds, at each of which a recurring job comes. Each time has to make one job,
//! and each job has to have run, as the outside record shows it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use task_tower::{JobId, MissedRuns, RecurringJob};

use crate::fleet::Fleet;
use crate::ground::Ground;
use crate::record::Event;
use crate::seed::seeded;
use crate::support::TestBed;
use crate::turn;
use crate::worker::Task;

const LENGTH: Duration = Duration::from_secs(15);
/// So often is somebody killed, and so often frozen, at least.
const STRIKES_MIN: usize = 3;
const NAME: &str = "every-second";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_time_makes_one_job_whoever_is_killed_or_frozen_around_it() {
    let _turn = turn().await;
    let mut random = seeded("recurring");
    let ground = Ground::new(TestBed::new().await).await;
    let mut fleet = Fleet::new(ground.settings());
    fleet.start_many(4);
    for process in fleet.processes() {
        ground.until_registered(process).await;
    }
    let every_second = RecurringJob::new(NAME, "* * * * * *", Task { work_ms: 5, ..Task::default() });
    ground.client().set_recurring(every_second.missed(MissedRuns::All(100))).await.unwrap();

    strike_around_full_seconds(&mut fleet, &mut random).await;
    ground.client().pause_recurring(NAME, None, None).await.unwrap();
    ground.until_all_finished().await;
    fleet.stop().await;

    let ticks = ticks(&ground).await;
    let seconds: Vec<TimeDelta> = ticks.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(
        seconds.iter().all(|second| *second == TimeDelta::seconds(1)),
        "a time is missing or there twice: {ticks:#?}"
    );
    assert!(ticks.len() >= 12, "{} times", ticks.len());
    let of_times: BTreeSet<JobId> = ticks.iter().map(|(_, job)| *job).collect();
    let on_record: BTreeSet<JobId> = effects(&ground);
    assert_eq!(of_times.len(), ticks.len(), "two times have the same job");
    assert_eq!(on_record, of_times, "what ran is not what came");
    let completed = ground.bed.number("SELECT count(*) FROM tower.history WHERE state = 3").await;
    assert_eq!(completed as usize, ticks.len(), "a job was made twice, or did not complete");
}

/// A little before or after a full second, somebody is killed and replaced, or frozen over the next one or two.
async fn strike_around_full_seconds(fleet: &mut Fleet, random: &mut Rng) {
    let (began, mut kills, mut freezes) = (Instant::now(), 0, 0);
    while began.elapsed() < LENGTH || kills.min(freezes) < STRIKES_MIN {
        until_full_second(random.u64(960..1_060)).await;
        let processes = fleet.processes();
        let victim = processes[random.usize(..processes.len())];
        if random.bool() {
            fleet.kill(victim);
            fleet.start();
            kills += 1;
        } else {
            fleet.freeze(victim);
            tokio::time::sleep(Duration::from_millis(random.u64(100..2_500))).await;
            fleet.resume(victim);
            freezes += 1;
        }
    }
}

/// Returns so many milliseconds after the full second that has passed; 1,000 are the next one.
async fn until_full_second(milliseconds: u64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let passed = now.subsec_millis().into();
    tokio::time::sleep(Duration::from_millis(milliseconds.saturating_sub(passed))).await;
}

/// The times that have come, each with its job.
async fn ticks(ground: &Ground) -> Vec<(DateTime<Utc>, JobId)> {
    let sql = "SELECT tick_at, job_id FROM tower.tick WHERE recurring = $1 ORDER BY tick_at";
    let rows = ground.bed.query(sql, &[&NAME]).await;
    rows.iter().map(|row| (row.get(0), JobId::from(row.get::<_, uuid::Uuid>(1)))).collect()
}

/// The jobs that did their work, as their handlers wrote it down.
fn effects(ground: &Ground) -> BTreeSet<JobId> {
    let events = ground.record.read().into_iter();
    events.filter_map(|entry| if let Event::Effect(run) = entry.event { Some(run.job) } else { None }).collect()
}

//! Transports are switched while jobs come and run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use task_tower::{JobError, RunningTower, State, TaskTower};

use super::Errand;
use super::server::Redis;
use crate::support::{TestBed, until};

const JOBS: u64 = 400;
/// A worker is followed by one of the other kind after so many jobs.
const SHIFT: u64 = 50;

/// How often each errand was run.
#[derive(Clone, Default)]
struct Runs(Arc<Mutex<BTreeMap<u64, u64>>>);

async fn run_errand(errand: Errand, State(runs): State<Runs>) -> Result<(), JobError> {
    *runs.0.lock().unwrap().entry(errand.number).or_default() += 1;
    Ok(())
}

async fn tower(bed: &TestBed, runs: &Runs, redis: Option<&Redis>) -> TaskTower {
    let builder = bed.builder().state(runs.clone()).job(run_errand);
    let builder = match redis {
        Some(redis) => builder.redis_url(redis.url()),
        None => builder,
    };
    builder.build().await.unwrap()
}

/// Workers and clients change from one to the other and back, and Redis dies meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn switching_on_a_live_system_loses_nothing() {
    let (bed, mut redis, runs) = (TestBed::new().await, Redis::start().await, Runs::default());
    let towers = [tower(&bed, &runs, Some(&redis)).await, tower(&bed, &runs, None).await];
    let start = |shift: u64| -> RunningTower { towers[(shift % 2) as usize].start().unwrap() };
    let mut worker = start(0);

    for number in 0..JOBS {
        towers[(number % 2) as usize].client().enqueue(Errand { number }).await.unwrap();
        if number % SHIFT == SHIFT - 1 {
            let next = start(number / SHIFT + 1);
            worker.stop().await;
            worker = next;
        }
        match number {
            120 => redis.kill(),
            240 => redis.restart().await,
            _ => {}
        }
    }

    until("all have run", async || bed.number("SELECT count(*) FROM tower.job").await == 0).await;
    let runs = runs.0.lock().unwrap().clone();
    assert_eq!((runs.len() as u64, runs.values().sum::<u64>()), (JOBS, JOBS), "each once");
    worker.stop().await;
}

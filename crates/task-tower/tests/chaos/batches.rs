//! Workers are killed and frozen at random while batches end: the outside record shows each callback by one job and no
//! more, and each follower after what it followed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use task_tower::{BatchId, Client, CurrentBatch, Job, JobContext, JobError, JobId, ParentResult, State};

use crate::fleet::Fleet;
use crate::ground::Ground;
use crate::seed::seeded;
use crate::support::{TestBed, until};
use crate::turn;
use crate::worker::Settings;

const LENGTH: Duration = Duration::from_secs(10);
/// Longer than the second after which a silent worker counts as dead.
const FROZEN: Duration = Duration::from_millis(1_500);

/// A member: takes its time, and returns its number or gives up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    work_ms: u64,
    number: u64,
    dies: bool,
}

impl Job for Part {
    const KIND: &'static str = "part";
}

pub async fn work(part: Part) -> Result<task_tower::Outcome, JobError> {
    tokio::time::sleep(Duration::from_millis(part.work_ms)).await;
    match part.dies {
        true => Err(JobError::discard("told to die")),
        false => task_tower::Outcome::done_with(&part.number),
    }
}

/// Follows a part, and is a member, too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Next {
    number: u64,
}

impl Job for Next {
    const KIND: &'static str = "next";
}

pub async fn follow(next: Next, ParentResult(number): ParentResult<u64>) -> Result<(), JobError> {
    match number == next.number {
        true => Ok(()),
        false => Err(JobError::discard("it ran after another one")),
    }
}

/// A callback: writes down for which batch it runs, and by which job.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    event: String,
}

impl Job for Told {
    const KIND: &'static str = "told";
}

pub async fn tell(
    told: Told,
    batch: CurrentBatch,
    run: JobContext,
    State(settings): State<Settings>,
) -> Result<(), JobError> {
    let line = format!("{} {} {}\n", batch.id(), told.event, run.job_id());
    let record = OpenOptions::new().append(true).create(true).open(settings.directory.join("callbacks"));
    record?.write_all(line.as_bytes())?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_callback_of_a_batch_is_one_job_however_workers_die_and_freeze() {
    let _turn = turn().await;
    let mut random = seeded("batches");
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let ground = Ground::new(bed).await;
    let settings = ground.settings();
    let mut fleet = Fleet::new(settings.clone());
    fleet.start_many(3);

    let producer = tokio::spawn(produce(tower.client(), random.fork()));
    let (kills, freezes) = strike(&mut fleet, &mut random).await;
    let batches = producer.await.unwrap();
    let console = tower.console();
    for batch in batches.keys() {
        until("the batch has ended", async || console.batch(*batch).await.unwrap().ended_at.is_some()).await;
    }
    ground.until_all_finished().await;
    fleet.stop().await;

    assert!(
        batches.len() >= 100 && kills >= 2 && freezes >= 2,
        "{} batches, {kills} kills, {freezes} freezes",
        batches.len()
    );
    let calls = calls(&settings.directory);
    assert_eq!(calls.len(), batches.len(), "batches with callbacks");
    for (batch, dies) in &batches {
        let wanted = if *dies { ["death", "finished"] } else { ["finished", "success"] };
        let events = &calls[batch];
        assert_eq!(events.keys().map(String::as_str).collect::<Vec<_>>(), wanted, "of batch {batch}");
        for (event, jobs) in events {
            assert_eq!(jobs.len(), 1, "{event} of batch {batch} was called by {jobs:?}");
        }
        let record = console.batch(*batch).await.unwrap();
        let wanted = if *dies { [6, 4, 1, 1] } else { [6, 6, 0, 0] };
        assert_eq!([record.total, record.completed, record.dead, record.cancelled], wanted, "of batch {batch}");
    }
    std::fs::remove_dir_all(&settings.directory).unwrap();
}

/// Opens, fills and closes one batch after the other; returns each with whether a member of it dies.
async fn produce(client: Client, mut random: Rng) -> BTreeMap<BatchId, bool> {
    let (began, mut batches) = (Instant::now(), BTreeMap::new());
    while began.elapsed() < LENGTH {
        let dies = random.u8(..4) == 0;
        let told = |event: &str| Told { event: event.to_owned() };
        let batch = client.open_batch("").on_finished(told("finished")).on_success(told("success"));
        let batch = batch.on_death(told("death")).await.unwrap();
        let number = random.u64(..);
        let mut part = |dies| Part { work_ms: random.u64(1..60), number, dies };
        batch.add_all([part(false), part(false), part(false), part(false)]).await.unwrap();
        batch.add(part(dies)).then(Next { number }).await.unwrap();
        batch.close().await.unwrap();
        batches.insert(batch.id(), dies);
        tokio::time::sleep(Duration::from_millis(random.u64(10..60))).await;
    }
    batches
}

/// Kills a worker, or freezes one until others have taken its jobs, in turn, for as long as batches come.
async fn strike(fleet: &mut Fleet, random: &mut Rng) -> (usize, usize) {
    let (began, mut kills, mut freezes) = (Instant::now(), 0, 0);
    while began.elapsed() < LENGTH {
        tokio::time::sleep(Duration::from_millis(random.u64(400..900))).await;
        let processes = fleet.processes();
        let victim = processes[random.usize(..processes.len())];
        if kills <= freezes {
            fleet.kill(victim);
            fleet.start();
            kills += 1;
        } else {
            fleet.freeze(victim);
            tokio::time::sleep(FROZEN).await;
            fleet.resume(victim);
            freezes += 1;
        }
    }
    (kills, freezes)
}

/// What was written down: for each batch and event, the jobs that ran for it.
fn calls(directory: &Path) -> BTreeMap<BatchId, BTreeMap<String, BTreeSet<JobId>>> {
    let mut calls: BTreeMap<BatchId, BTreeMap<String, BTreeSet<JobId>>> = BTreeMap::new();
    let text = std::fs::read_to_string(directory.join("callbacks")).unwrap();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [batch, event, job] = words[..] else { panic!("not a call: {line:?}") };
        let jobs = calls.entry(batch.parse().unwrap()).or_default().entry(event.to_owned()).or_default();
        jobs.insert(job.parse().unwrap());
    }
    calls
}

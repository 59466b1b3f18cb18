//! The database goes away and comes back while jobs flow: its server is killed, and its
//! connections are.

use std::time::{Duration, Instant};

use fastrand::Rng;
use task_tower::JobError;
use task_tower::embedded::Cluster;

use crate::fleet::Fleet;
use crate::flow::flow;
use crate::ground::Ground;
use crate::record::Event;
use crate::seed::seeded;
use crate::support::{TestBed, until};
use crate::turn;
use crate::worker::Task;

/// From the moment at which the server answers to a job that was enqueued, run and completed.
const RECOVERY_MAX: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_and_workers_survive_a_server_that_is_killed() {
    let _turn = turn().await;
    let mut random = seeded("outages");
    let mut cluster = Cluster::builder().durable(true).start().await.unwrap();
    let ground = Ground::new(bed(&cluster, "killed")).await;
    let mut fleet = Fleet::new(ground.settings());
    fleet.start_many(3);
    let processes = fleet.processes();

    let (pause, length) = (Duration::from_millis(10), Duration::from_secs(9));
    let producer = tokio::spawn(flow(ground.clone(), random.fork(), pause, length));
    // Shorter and longer than a worker may be silent.
    for away in [0, 2_000] {
        tokio::time::sleep(Duration::from_millis(random.u64(1_000..2_000))).await;
        interrupt(&ground, &mut cluster, &processes, Duration::from_millis(away)).await;
    }
    producer.await.unwrap();
    ground.until_all_finished().await;

    assert_eq!(fleet.processes(), processes, "workers ended with the server");
    ground.verdict(&mut fleet).await;
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_and_workers_survive_connections_that_are_cut() {
    let _turn = turn().await;
    let mut random = seeded("cuts");
    let cluster = Cluster::builder().durable(true).start().await.unwrap();
    let ground = Ground::new(bed(&cluster, "cut")).await;
    let mut fleet = Fleet::new(ground.settings());
    fleet.start_many(3);
    let processes = fleet.processes();

    let (pause, length) = (Duration::from_millis(5), Duration::from_secs(6));
    let producer = tokio::spawn(flow(ground.clone(), random.fork(), pause, length));
    let cuts = cut_connections(&ground, &mut random, length).await;
    producer.await.unwrap();
    ground.until_all_finished().await;

    assert!(cuts > 20, "{cuts} cuts prove nothing");
    assert_eq!(fleet.processes(), processes, "workers ended with their connections");
    ground.verdict(&mut fleet).await;
    cluster.stop().await.unwrap();
}

/// What nobody could hear is not silence.
#[tokio::test]
async fn a_server_that_has_just_started_gives_every_worker_its_time_to_be_heard() {
    let cluster = Cluster::start().await.unwrap();
    let bed = bed(&cluster, "started");
    let tower = bed.builder().job(idle).build().await.unwrap();
    bed.execute(&include_str!("silent_workers.sql").replace("tower.", "started.")).await;

    let running = tower.start().unwrap();
    let buried = "SELECT count(*) FROM tower.worker WHERE host = 'impatient' AND ended_at IS NOT NULL";
    until("the impatient one is dead", async || bed.number(buried).await == 1).await;

    let patient = "SELECT count(*) FROM tower.worker WHERE host = 'patient' AND ended_at IS NULL";
    assert_eq!(bed.number(patient).await, 1);
    running.stop().await;
    cluster.stop().await.unwrap();
}

async fn idle(_task: Task) -> Result<(), JobError> {
    Ok(())
}

fn bed(cluster: &Cluster, schema: &str) -> TestBed {
    TestBed::at(cluster.url(), schema)
}

/// Kills the server and starts it again after a while.
async fn interrupt(ground: &Ground, cluster: &mut Cluster, processes: &[u32], away: Duration) {
    ground.record.write(Event::OutageBegan);
    cluster.kill().await.unwrap();
    tokio::time::sleep(away).await;
    cluster.restart().await.unwrap();

    let back = Instant::now();
    let (_, probe) = ground.enqueue(Task::default()).await;
    ground.until_finished(&[probe]).await;
    let recovery = back.elapsed();
    println!("a job was done {recovery:?} after the server was back");
    assert!(recovery < RECOVERY_MAX, "a job was done only {recovery:?} after the server was back");
    until_heard(ground, processes).await;
    ground.record.write(Event::OutageEnded);
}

/// Waits until every worker was heard since the server is back.
async fn until_heard(ground: &Ground, processes: &[u32]) {
    let heard = "SELECT count(DISTINCT process_id) FROM tower.worker \
                 WHERE ended_at IS NULL AND heartbeat_at > pg_postmaster_start_time()";
    until("every worker was heard", async || ground.bed.number(heard).await == processes.len() as i64).await;
}

/// Ends connections of others, one at a time, several in a second.
async fn cut_connections(ground: &Ground, random: &mut Rng, length: Duration) -> usize {
    let client = ground.bed.connect().await;
    let began = Instant::now();
    let mut cuts = 0;
    while began.elapsed() < length {
        tokio::time::sleep(Duration::from_millis(random.u64(50..250))).await;
        let cut = client.execute(include_str!("cut.sql"), &[&random.f64()]).await.unwrap();
        cuts += cut as usize;
    }
    cuts
}

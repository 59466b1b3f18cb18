//! The database goes away and comes back: nothing is lost, nobody exits, nobody spins, and the log
//! says it once.

mod logged;

use std::time::{Duration, Instant};

use task_tower::embedded::Cluster;
use task_tower::{Job, JobId, JobState, RunningTower, TaskTower, TowerBuilder};
use tokio::net::TcpListener;

use crate::support::address::Address;
use crate::support::proxy::Proxy;
use crate::support::stage::{Stage, patient, step, stubborn};
use crate::support::{PATIENCE, TestBed, in_state, until};

/// What counts as "at once" after the database has come back: the longest pause between two tries
/// to connect, and some more.
const SOON: Duration = Duration::from_secs(8);

/// One of several workers of a schema, with a stage of its own.
struct Worker {
    tower: TaskTower,
    stage: Stage,
    running: RunningTower,
}

impl Worker {
    async fn start(bed: &TestBed, options: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Self {
        let stage = Stage::default();
        let tower = options(stage.cast(bed.builder())).build().await.unwrap();
        let running = tower.start().unwrap();
        Self { tower, stage, running }
    }

    /// Enqueues a job that waits for its cue, and waits until it runs here.
    async fn hold<J: Job>(&self, job: J) -> JobId {
        let begun = self.stage.begun().len();
        let id = self.tower.client().enqueue(job).await.unwrap();
        until("the job runs", async || self.stage.begun().len() > begun).await;
        id
    }

    async fn completes(&self, id: JobId) -> i32 {
        in_state(&self.tower.console(), id, JobState::Completed).await.attempt
    }
}

/// Patient enough that an outage of some seconds takes no job from a worker.
fn steadfast(builder: TowerBuilder) -> TowerBuilder {
    builder.heartbeat_interval(Duration::from_millis(500)).dead_after(PATIENCE)
}

/// Polls once a minute.
fn sleepy(builder: TowerBuilder) -> TowerBuilder {
    let minute = Duration::from_secs(60);
    steadfast(builder).queue_announcement_interval(minute).job_check_interval(minute)
}

async fn own_server() -> (Cluster, TestBed) {
    let cluster = Cluster::builder().durable(true).start().await.unwrap();
    let bed = TestBed::at(cluster.url(), "outage");
    (cluster, bed)
}

/// A schema that one worker reaches by a proxy; the test itself goes past it.
async fn behind_proxy() -> (Proxy, TestBed) {
    let bed = TestBed::new().await;
    (Proxy::start(&bed.url).await, bed)
}

fn through(proxy: &Proxy) -> impl FnOnce(TowerBuilder) -> TowerBuilder + use<> {
    let address = proxy.address().text();
    move |builder| steadfast(builder).connection_string(address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_starts_without_a_database_begins_when_there_is_one() {
    let (mut proxy, bed) = behind_proxy().await;
    let stage = Stage::default();
    let tower = through(&proxy)(stage.cast(bed.builder())).build().await.unwrap();
    let caller = bed.builder().build().await.unwrap();
    proxy.cut().await;

    let running = tower.start().unwrap();
    let id = caller.client().enqueue(step("job")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(stage.begun().is_empty());
    proxy.mend().await;

    in_state(&caller.console(), id, JobState::Completed).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_while_the_server_restarts_is_recorded_afterwards() {
    let (mut cluster, bed) = own_server().await;
    let worker = Worker::start(&bed, steadfast).await;
    let ids = [worker.hold(stubborn("a")).await, worker.hold(stubborn("b")).await];

    cluster.halt().await.unwrap();
    worker.stage.open();
    until("both have ended", async || worker.stage.ended().len() == 2).await;
    cluster.restart().await.unwrap();

    for id in ids {
        until("the server is back", async || worker.tower.console().job(id).await.is_ok()).await;
        assert_eq!(worker.completes(id).await, 1);
    }
    assert_eq!(worker.stage.begun().len(), 2, "nothing runs twice");
    worker.running.stop().await;
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_the_server_is_killed() {
    let (mut cluster, bed) = own_server().await;
    let worker = Worker::start(&bed, sleepy).await;
    let held = worker.hold(stubborn("held")).await;
    worker.tower.client().enqueue_all((0..5_000).map(|name| step(name.to_string()))).await.unwrap();

    for _ in 0..2 {
        let before = worker.stage.ended().len();
        until("jobs run", async || worker.stage.ended().len() > before + 300).await;
        cluster.kill().await.unwrap();
        cluster.restart().await.unwrap();
    }
    worker.stage.open();
    until("all have run", async || worker.stage.ended().len() > 5_000).await;

    until("the server answers", async || worker.tower.console().job(held).await.is_ok()).await;
    assert_eq!(worker.completes(held).await, 1);
    let left = "SELECT count(*) FROM tower.job";
    until("everything is recorded", async || bed.number(left).await == 0).await;
    let completed = "SELECT count(*) FROM tower.history WHERE state = 3 AND attempt = 1";
    assert_eq!(bed.number(completed).await, 5_001);
    assert_eq!(worker.stage.begun().len(), 5_001, "nothing runs twice");
    worker.running.stop().await;
    cluster.stop().await.unwrap();
}

/// A crash empties the table of those who want to be woken.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_asks_again_to_be_woken_after_the_server_was_killed() {
    let (mut cluster, bed) = own_server().await;
    let worker = Worker::start(&bed, sleepy).await;
    let armed = "SELECT count(*) FROM tower.armed";
    until("it sleeps", async || bed.number(armed).await == 1).await;

    cluster.kill().await.unwrap();
    cluster.restart().await.unwrap();
    until("it sleeps again", async || bed.number(armed).await == 1).await;
    let enqueued = Instant::now();
    worker.hold(step("job")).await;

    assert!(enqueued.elapsed() < SOON, "it began after {:?}", enqueued.elapsed());
    worker.running.stop().await;
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_runs_once_while_connections_are_terminated() {
    let bed = TestBed::new().await;
    let name = format!("cut-{}", bed.schema);
    let address = Address::of(&bed.url).named(&name).text();
    let worker = Worker::start(&bed, |builder| steadfast(builder).connection_string(address)).await;
    let count = 6_000;
    let jobs = (0..count).map(|name| step(name.to_string()));
    worker.tower.client().enqueue_all(jobs).await.unwrap();

    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1";
    for _ in 0..15 {
        bed.query(cut, &[&name]).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    until("all have run", async || worker.stage.ended().len() >= count).await;
    worker.running.stop().await;

    assert_eq!(worker.stage.begun().len(), count, "nothing runs twice");
    let completed = "SELECT count(*) FROM tower.history WHERE state = 3 AND attempt = 1";
    assert_eq!(bed.number(completed).await, count as i64);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_announced_while_nobody_listened_begins_when_the_worker_is_back() {
    let (mut proxy, bed) = behind_proxy().await;
    let address = proxy.address().text();
    let worker = Worker::start(&bed, |builder| sleepy(builder).connection_string(address)).await;
    let caller = bed.builder().build().await.unwrap();
    worker.completes(worker.hold(step("first")).await).await;
    until("it sleeps", async || bed.number("SELECT count(*) FROM tower.armed").await == 1).await;
    // Past the gate: nothing but an announcement makes it look.
    tokio::time::sleep(Duration::from_secs(1)).await;

    proxy.cut().await;
    let id = caller.client().enqueue(step("unheard")).await.unwrap();
    proxy.mend().await;

    let mended = Instant::now();
    in_state(&caller.console(), id, JobState::Completed).await;
    // Without being told, it would look after some seconds.
    assert!(mended.elapsed() < Duration::from_secs(2), "it ended {:?} after the network was back", mended.elapsed());
    worker.running.stop().await;
}

/// The claim takes effect, and the worker does not hear of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_claim_was_lost_on_the_way_back_runs_once() {
    let (mut proxy, bed) = behind_proxy().await;
    let worker = Worker::start(&bed, through(&proxy)).await;
    let caller = bed.builder().build().await.unwrap();
    worker.completes(worker.hold(step("first")).await).await;
    // A busy worker would already wait with a claim that is older than the job.
    until("it sleeps", async || bed.number("SELECT count(*) FROM tower.armed").await == 1).await;
    // Claims ask whether the queue is paused, and wait here.
    let blocker = bed.connect().await;
    let lock = format!("BEGIN; LOCK TABLE {}.queue IN ACCESS EXCLUSIVE MODE", bed.quoted());
    blocker.batch_execute(&lock).await.unwrap();

    let id = caller.client().enqueue(step("job")).await.unwrap();
    let waiting =
        format!("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{}.queue'::regclass", bed.quoted());
    until("the claim waits", async || bed.number(&waiting).await > 0).await;
    proxy.lose_answers();
    blocker.batch_execute("COMMIT").await.unwrap();
    until("it is claimed", async || bed.number("SELECT count(*) FROM tower.job WHERE state = 1").await == 1).await;
    assert_eq!(worker.stage.begun(), ["first"]);
    proxy.mend().await;

    let job = in_state(&caller.console(), id, JobState::Completed).await;
    assert_eq!((job.attempt, job.crashes), (1, 0), "a run that never began does not count");
    assert_eq!(worker.stage.begun(), ["first", "job"]);
    worker.running.stop().await;
}

/// The completion takes effect, and the worker does not hear of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_answer_was_lost_counts() {
    let (mut proxy, bed) = behind_proxy().await;
    let worker = Worker::start(&bed, through(&proxy)).await;
    let caller = bed.builder().build().await.unwrap();
    let id = worker.hold(stubborn("job")).await;

    proxy.lose_answers();
    worker.stage.open();
    // The worker has to connect to write it, so it learns of it only by trying again.
    until("it has ended", async || worker.stage.ended() == ["job"]).await;
    proxy.mend().await;

    let job = in_state(&caller.console(), id, JobState::Completed).await;
    assert_eq!((job.attempt, job.crashes), (1, 0));
    worker.hold(step("afterwards")).await;
    assert_eq!(worker.stage.begun(), ["job", "afterwards"]);
    worker.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_survives_a_network_that_comes_and_goes() {
    let (mut proxy, bed) = behind_proxy().await;
    let worker = Worker::start(&bed, through(&proxy)).await;
    let caller = bed.builder().build().await.unwrap();
    let count = 3_000;
    caller.client().enqueue_all((0..count).map(|name| step(name.to_string()))).await.unwrap();

    for round in 0..8 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if round % 3 == 2 {
            proxy.fall_silent().await;
        } else {
            proxy.cut().await;
        }
        tokio::time::sleep(Duration::from_millis(50 * round)).await;
        proxy.mend().await;
    }

    until("all have run", async || worker.stage.ended().len() >= count).await;
    let left = "SELECT count(*) FROM tower.job";
    until("everything is recorded", async || bed.number(left).await == 0).await;
    assert_eq!(worker.stage.begun().len(), count, "nothing runs twice");
    worker.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_waits_while_there_is_only_a_standby_and_goes_on_when_that_is_promoted() {
    let (mut primary, bed) = own_server().await;
    let mut standby = primary.start_standby(Cluster::builder()).await.unwrap();
    let (first, second) = (Address::of(primary.url()), Address::of(standby.url()));
    let both = format!(
        "host={},{} port={},{} user={} dbname={}",
        first.host, second.host, first.port, second.port, first.user, first.database
    );
    let worker = Worker::start(&bed, |builder| steadfast(builder).connection_string(both)).await;
    let running = worker.hold(stubborn("running")).await;
    let later = worker.tower.client().schedule(step("later")).in_seconds(3).await.unwrap();
    let copy = TestBed::at(standby.url(), &bed.schema);
    let arrived = "SELECT count(to_regclass('tower.job')::oid)";
    until("the standby has the schema", async || copy.number(arrived).await == 1).await;
    let copied = "SELECT count(*) FROM tower.job WHERE state = 1 OR run_at > created_at";
    until("the standby knows both", async || copy.number(copied).await == 2).await;

    primary.kill().await.unwrap();
    worker.stage.open();
    until("the first has ended", async || worker.stage.ended() == ["running"]).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(worker.stage.begun().len(), 1, "nothing begins on a standby");
    standby.promote().await.unwrap();

    until("the standby answers", async || worker.tower.console().job(running).await.is_ok()).await;
    assert_eq!(worker.completes(running).await, 1);
    assert_eq!(worker.completes(later).await, 1);
    worker.running.stop().await;
    standby.halt().await.unwrap();
    standby.stop().await.unwrap();
    primary.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tower_cannot_be_built_on_a_standby_and_says_why() {
    let (primary, bed) = own_server().await;
    let standby = primary.start_standby(Cluster::builder()).await.unwrap();

    let error = bed.builder().connection_string(standby.url()).build().await.unwrap_err();

    assert!(error.is_unavailable(), "{error}");
    assert!(error.to_string().contains("does not allow writes"), "{error}");
    standby.stop().await.unwrap();
    primary.stop().await.unwrap();
}

/// Whoever cannot say that it lives must have stopped before others begin.
async fn stops_before_others_begin(silent: bool) {
    let (mut proxy, bed) = behind_proxy().await;
    let mortal = |builder: TowerBuilder| {
        builder.heartbeat_interval(Duration::from_millis(500)).dead_after(Duration::from_secs(3))
    };
    let address = proxy.address().text();
    let lonely = Worker::start(&bed, |builder| mortal(builder).connection_string(address)).await;
    let id = lonely.hold(patient("job")).await;
    let other = Worker::start(&bed, mortal).await;

    if silent {
        proxy.fall_silent().await;
    } else {
        proxy.cut().await;
    }
    until("it stops by itself", async || lonely.stage.asked() == ["job"]).await;
    assert!(other.stage.begun().is_empty(), "nobody else has begun before");
    until("another one begins", async || other.stage.begun() == ["job"]).await;

    proxy.mend().await;
    other.stage.open();
    let job = in_state(&other.tower.console(), id, JobState::Completed).await;
    assert_eq!((job.attempt, job.crashes), (2, 1));
    let anew = "SELECT count(*) FROM tower.worker WHERE ended_at IS NULL";
    until("it has registered anew", async || bed.number(anew).await == 2).await;
    lonely.running.stop().await;
    other.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_cut_off_stops_its_jobs_before_others_begin_them() {
    stops_before_others_begin(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_gets_no_answer_stops_its_jobs_before_others_begin_them() {
    stops_before_others_begin(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_whose_heartbeats_hang_stops_its_jobs() {
    let bed = TestBed::new().await;
    let worker = Worker::start(&bed, |builder| {
        builder.heartbeat_interval(Duration::from_millis(500)).dead_after(Duration::from_secs(2))
    })
    .await;
    worker.hold(patient("job")).await;

    let blocker = bed.connect().await;
    let lock = format!("BEGIN; LOCK TABLE {}.worker IN ACCESS EXCLUSIVE MODE", bed.quoted());
    blocker.batch_execute(&lock).await.unwrap();

    until("it stops by itself", async || worker.stage.asked() == ["job"]).await;
    blocker.batch_execute("COMMIT").await.unwrap();
    worker.stage.open();
    until("it goes on", async || !worker.stage.ended().is_empty()).await;
    worker.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_can_be_stopped_while_the_database_is_away() {
    for silent in [false, true] {
        let (mut proxy, bed) = behind_proxy().await;
        let worker = Worker::start(&bed, through(&proxy)).await;
        let id = worker.hold(step("job")).await;
        worker.completes(id).await;
        if silent {
            proxy.fall_silent().await;
        } else {
            proxy.cut().await;
        }

        let asked = Instant::now();
        worker.running.stop().await;

        // The longest that it waits for a connection, and for its own name to be signed off.
        println!("silent: {silent}, an idle worker stopped within {:?}", asked.elapsed());
        assert!(asked.elapsed() < Duration::from_secs(20), "silent: {silent}, it took {:?}", asked.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopping_worker_could_not_record_runs_again_elsewhere() {
    let (mut proxy, bed) = behind_proxy().await;
    let address = proxy.address().text();
    let impatient =
        |builder: TowerBuilder| builder.shutdown_grace(Duration::from_millis(100)).connection_string(address);
    let worker = Worker::start(&bed, impatient).await;
    let id = worker.hold(stubborn("job")).await;
    proxy.cut().await;
    worker.stage.open();
    until("it has ended", async || worker.stage.ended() == ["job"]).await;

    let asked = Instant::now();
    worker.running.stop().await;

    assert!(asked.elapsed() < Duration::from_secs(20), "it took {:?}", asked.elapsed());
    let other = Worker::start(&bed, |builder| builder).await;
    other.stage.open();
    assert_eq!(other.completes(id).await, 2);
    other.running.stop().await;
}

/// When connections were tried within so long: by a worker whose database takes each and closes it.
async fn tries(listener: TcpListener, length: Duration) -> Vec<Duration> {
    let began = Instant::now();
    let mut moments = Vec::new();
    while let Some(left) = length.checked_sub(began.elapsed()) {
        if let Ok(Ok(connection)) = tokio::time::timeout(left, listener.accept()).await {
            moments.push(began.elapsed());
            drop(connection);
        }
    }
    moments
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_does_not_spin_while_the_database_is_away() {
    let (mut proxy, bed) = behind_proxy().await;
    let address = proxy.address();
    let defaults = |builder: TowerBuilder| {
        builder
            .connection_string(address.text())
            .dead_after(Duration::from_secs(15))
            .heartbeat_interval(Duration::from_secs(5))
    };
    let worker = Worker::start(&bed, defaults).await;
    worker.hold(step("job")).await;
    proxy.cut().await;

    let listener = TcpListener::bind(("127.0.0.1", address.port)).await.unwrap();
    let moments = tries(listener, Duration::from_secs(6)).await;

    let late = moments.iter().filter(|moment| **moment > Duration::from_secs(3)).count();
    println!("connections tried in 6 s of an outage: {}, {late} of them in the last 3 s", moments.len());
    assert!(!moments.is_empty(), "it tries again");
    assert!(moments.len() < 60, "{} tries", moments.len());
    assert!(late < moments.len() - late, "the tries get rarer: {moments:?}");
    proxy.mend().await;
    worker.hold(step("afterwards")).await;
    worker.running.stop().await;
}

//! What is wrong at the moment, by the list and by events; and whether a process can work.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    Console, Events, Job, JobError, JobId, JobState, KindConfig, RunningTower, State, TaskTower, TowerBuilder,
    TowerEvent, Trouble, Window,
};
use tokio::sync::watch;

use crate::support::proxy::Proxy;
use crate::support::{PATIENCE, TestBed, in_state, until};

/// Runs until the gate opens, or not at all long.
#[derive(Serialize, Deserialize)]
struct Dig {
    deep: bool,
}

impl Job for Dig {
    const KIND: &'static str = "dig";
}

#[derive(Clone)]
struct Gate(Arc<watch::Sender<bool>>);

async fn dig(job: Dig, State(gate): State<Gate>) -> Result<(), JobError> {
    if job.deep {
        gate.0.subscribe().wait_for(|open| *open).await?;
    }
    Ok(())
}

/// A worker that digs, and a listener.
struct Site {
    bed: TestBed,
    tower: TaskTower,
    console: Console,
    gate: Gate,
    running: RunningTower,
}

impl Site {
    async fn new(configure: impl FnOnce(KindConfig) -> KindConfig) -> Self {
        Self::with(configure, |builder| builder).await
    }

    async fn with(
        configure: impl FnOnce(KindConfig) -> KindConfig,
        options: impl FnOnce(TowerBuilder) -> TowerBuilder,
    ) -> Self {
        let (bed, gate) = (TestBed::new().await, Gate(Arc::new(watch::Sender::new(false))));
        let builder = options(bed.builder()).state(gate.clone()).job_with(dig, configure);
        let tower = builder.build().await.unwrap();
        Self { console: tower.console(), running: tower.start().unwrap(), tower, gate, bed }
    }

    async fn dig_deep(&self) -> JobId {
        let id = self.tower.client().enqueue(Dig { deep: true }).await.unwrap();
        in_state(&self.console, id, JobState::Processing).await;
        let is_told = async || self.console.workers().await.unwrap().iter().any(|worker| worker.running.contains(&id));
        until("a heartbeat tells of the run", is_told).await;
        id
    }

    /// As if what runs had begun so long ago.
    async fn began_before(&self, interval: &str) {
        let moved = format!("UPDATE tower.job SET attempted_at = now() - interval '{interval}' WHERE state = 1");
        self.bed.query(&moved, &[]).await;
    }

    async fn stop(self) {
        self.gate.0.send_replace(true);
        self.running.stop().await;
    }
}

async fn next(events: &mut Events) -> TowerEvent {
    tokio::time::timeout(PATIENCE, events.recv()).await.expect("an event comes").expect("the watch goes on")
}

async fn began(events: &mut Events) -> Trouble {
    match next(events).await {
        TowerEvent::Began(trouble) => trouble,
        other => panic!("{other:?}"),
    }
}

async fn ended(events: &mut Events) -> Trouble {
    match next(events).await {
        TowerEvent::Ended(trouble) => trouble,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_longer_than_expected_is_told_once_and_once_more_when_it_ends() {
    let site = Site::new(|kind| kind.expected(Duration::from_millis(300))).await;
    let mut events = site.tower.events();

    let id = site.dig_deep().await;
    let trouble = began(&mut events).await;
    site.gate.0.send_replace(true);
    let over = ended(&mut events).await;

    let Trouble::RunOverdue { job, kind, queue, expected, .. } = &trouble else { panic!("{trouble:?}") };
    assert_eq!((*job, kind.as_str(), queue.as_str(), *expected), (id, "dig", "default", Duration::from_millis(300)));
    assert_eq!(over, trouble);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_overdue_by_what_runs_of_its_kind_usually_take() {
    let site = Site::new(|kind| kind).await;
    site.dig_deep().await;
    site.began_before("2 minutes").await;

    let too_few = site.console.troubles().await.unwrap();
    site.tower.client().enqueue_all((0..30).map(|_| Dig { deep: false })).await.unwrap();
    until("they are counted", async || {
        let kinds = site.console.kinds(Window::Day).await.unwrap();
        kinds.iter().any(|kind| kind.counts.completed == 30)
    })
    .await;
    let enough = site.bed.builder().build().await.unwrap().console().troubles().await.unwrap();
    site.began_before("50 seconds").await;
    let not_yet = site.console.troubles().await.unwrap();

    assert!(too_few.is_empty(), "{too_few:?}");
    let [Trouble::RunOverdue { kind, expected, .. }] = &enough[..] else { panic!("{enough:?}") };
    assert_eq!((kind.as_str(), *expected), ("dig", Duration::from_secs(60)), "it is never less than a minute");
    assert!(not_yet.is_empty(), "{not_yet:?}");
    site.stop().await;
}

fn second(builder: TowerBuilder) -> TowerBuilder {
    builder.stalled_after(Duration::from_secs(1))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_stands_still_while_it_runs_jobs_and_none_of_them_ends() {
    let site = Site::with(|kind| kind, second).await;
    let mut events = site.tower.events();

    for _ in 0..2 {
        site.dig_deep().await;
    }
    let trouble = began(&mut events).await;
    site.gate.0.send_replace(true);
    let over = ended(&mut events).await;

    let Trouble::QueueStandsStill { queue, .. } = &trouble else { panic!("{trouble:?}") };
    assert_eq!(queue, "default");
    assert!(matches!(over, Trouble::QueueStandsStill { running: 1..=2, .. }), "{over:?}");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_moves_or_whose_runs_are_expected_to_take_long_does_not_stand_still() {
    let moves = Site::with(|kind| kind, second).await;
    let expected = Site::with(|kind| kind.expected(Duration::from_secs(3600)), second).await;
    for site in [&moves, &expected] {
        site.dig_deep().await;
        site.began_before("10 minutes").await;
    }
    let (stands, is_expected) = (moves.console.troubles().await.unwrap(), expected.console.troubles().await.unwrap());

    moves.tower.client().enqueue(Dig { deep: false }).await.unwrap();

    until("the end of another run is counted", async || moves.console.troubles().await.unwrap().is_empty()).await;
    assert!(matches!(stands[..], [Trouble::QueueStandsStill { running: 1, .. }]), "{stands:?}");
    assert!(is_expected.is_empty(), "{is_expected:?}");
    moves.stop().await;
    expected.stop().await;
}

/// A worker of another machine: heard so long ago, at most since the server is up, and dead so long after.
async fn far_worker(bed: &TestBed, heard_before: &str, dead_after: &str) {
    let worker = format!(
        "INSERT INTO tower.worker
            (id, host, process_id, version, slots, kinds, queues, dead_after, heartbeat_at)
        OVERRIDING SYSTEM VALUE
        VALUES (4711, 'far', 7, '0', 1, '{{dig}}', '{{}}', '{dead_after}', clock_timestamp() - interval '{heard_before}')"
    );
    bed.query(&worker, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_not_heard_is_silent_until_it_is_heard_again() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    far_worker(&bed, "0 s", "2 s").await;
    let mut events = tower.events();

    let trouble = began(&mut events).await;
    bed.query("UPDATE tower.worker SET heartbeat_at = clock_timestamp() + interval '1 hour'", &[]).await;
    let over = ended(&mut events).await;

    let Trouble::WorkerSilent { worker, host, process_id, .. } = &trouble else { panic!("{trouble:?}") };
    assert_eq!((worker.as_i64(), host.as_str(), *process_id), (4711, "far", 7));
    assert_eq!(over, trouble);
}

/// Twenty-one that live, with a hundred jobs each that have run for long.
const FLEET: &str = "
    INSERT INTO tower.worker (id, host, process_id, version, slots, kinds, queues, dead_after)
    OVERRIDING SYSTEM VALUE
    SELECT id, 'near', id, '0', 100, '{}', '{}', '1 h' FROM generate_series(1, 21) AS id;
    INSERT INTO tower.kind (name, expected_ms) VALUES ('dig', 1000);
    SELECT tower.enqueue('dig') FROM generate_series(1, 2100);
    UPDATE tower.job
    SET state = 1, worker_id = place % 21 + 1, lease = 1, attempt = 1, attempted_at = now() - interval '1 min'
    FROM (SELECT id, row_number() OVER () AS place FROM tower.job) AS one
    WHERE job.id = one.id;
    UPDATE tower.worker SET running = ARRAY(SELECT job.id FROM tower.job WHERE job.worker_id = worker.id);";

#[tokio::test(flavor = "multi_thread")]
async fn however_many_runs_take_long_they_hide_no_worker() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    bed.execute(&FLEET.replace("tower.", &format!("{}.", bed.quoted()))).await;
    far_worker(&bed, "1 h", "100 ms").await;

    let troubles = tower.console().troubles().await.unwrap();

    let (runs, others): (Vec<_>, Vec<_>) =
        troubles.into_iter().partition(|trouble| matches!(trouble, Trouble::RunOverdue { .. }));
    assert_eq!(runs.len(), 1_999);
    // It depends on how long the server has been up.
    assert!(matches!(others[..], [Trouble::WorkerSilent { .. } | Trouble::WorkerDied { .. }]), "{others:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_runtime_ends_that_looked_listeners_are_told_and_can_begin_anew() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let brief = tokio::runtime::Runtime::new().unwrap();
    let mut events = {
        let _within = brief.enter();
        tower.events()
    };

    brief.shutdown_background();

    assert_eq!(tokio::time::timeout(PATIENCE, events.recv()).await.unwrap(), None);
    far_worker(&bed, "0 s", "2 s").await;
    assert!(matches!(began(&mut tower.events()).await, Trouble::WorkerSilent { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_died_is_told_with_the_number_of_jobs_that_were_taken_from_it() {
    let site = Site::new(|kind| kind).await;
    let mut events = site.tower.events();
    site.console.pause_queue("default", None).await.unwrap();
    let jobs = (0..3).map(|_| Dig { deep: false });
    site.tower.client().enqueue_all(jobs).await.unwrap();

    far_worker(&site.bed, "0 s", "2 s").await;
    let held = "UPDATE tower.job SET state = 1, worker_id = 4711, lease = 7, attempt = 1, attempted_at = now()";
    site.bed.query(held, &[]).await;

    assert!(matches!(began(&mut events).await, Trouble::WorkerSilent { .. }));
    assert!(matches!(ended(&mut events).await, Trouble::WorkerSilent { .. }));
    let trouble = began(&mut events).await;
    let Trouble::WorkerDied { worker, host, rescued, .. } = &trouble else { panic!("{trouble:?}") };
    assert_eq!((worker.as_i64(), host.as_str(), *rescued), (4711, "far", 3));
    assert_eq!(site.console.troubles().await.unwrap(), [trouble], "the list has it for an hour");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_later_hears_first_what_goes_on() {
    let site = Site::new(|kind| kind.expected(Duration::from_millis(100))).await;
    let mut first = site.tower.events();
    site.dig_deep().await;
    let trouble = began(&mut first).await;

    let mut second = site.console.events();

    assert_eq!(began(&mut second).await, trouble);
    site.gate.0.send_replace(true);
    assert_eq!((ended(&mut first).await, ended(&mut second).await), (trouble.clone(), trouble));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_hears_nothing_while_the_database_is_away_and_goes_on_afterwards() {
    let site = Site::new(|kind| kind.expected(Duration::from_millis(100))).await;
    let mut way = Proxy::start(&site.bed.url).await;
    let elsewhere = site.bed.builder().connection_string(way.address().text()).build().await.unwrap();
    let mut events = elsewhere.events();
    site.dig_deep().await;
    let trouble = began(&mut events).await;

    way.cut().await;
    way.mend().await;
    site.gate.0.send_replace(true);

    assert_eq!(ended(&mut events).await, trouble);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_is_ready_when_the_database_answers_and_its_workers_work() {
    let site = Site::new(|kind| kind).await;
    until("its worker listens", async || site.tower.readiness().await.is_ready()).await;
    let asks_only = site.bed.builder().build().await.unwrap().readiness().await;
    until("it has looked", async || site.console.readiness().await.workers[0].looked_ago.is_some()).await;
    let worker = site.console.workers().await.unwrap()[0].id;

    site.console.quiet_worker(worker).await.unwrap();

    until("it is quiet", async || site.console.readiness().await.workers[0].looked_ago.is_none()).await;
    assert!(site.console.readiness().await.is_ready(), "a worker that was asked to be quiet is well");
    assert!(asks_only.is_ready() && asks_only.workers.is_empty(), "{asks_only:?}");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_whose_slots_are_all_in_use_is_ready_and_one_that_stops_is_not() {
    let site = Site::with(|kind| kind, |builder| builder.backend_concurrency(1)).await;
    site.dig_deep().await;
    until("it rests", async || {
        let readiness = site.console.readiness().await;
        readiness.is_ready() && readiness.workers[0].looked_ago.is_none()
    })
    .await;

    let (console, gate) = (site.console.clone(), site.gate.clone());
    let stopping = tokio::spawn(site.running.stop());

    until("it stops", async || console.readiness().await.workers.iter().any(|worker| worker.stopping)).await;
    assert!(!console.readiness().await.is_ready());
    gate.0.send_replace(true);
    stopping.await.unwrap();
    until("it is gone", async || console.readiness().await.workers.is_empty()).await;
    assert!(console.readiness().await.is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_it_is_not_ready_until_that_is_back() {
    let bed = TestBed::new().await;
    let mut way = Proxy::start(&bed.url).await;
    let tower = bed.builder().connection_string(way.address().text()).build().await.unwrap();
    assert!(tower.readiness().await.is_ready());

    way.cut().await;
    until("it is not ready", async || !tower.readiness().await.database).await;
    way.mend().await;

    until("it is ready again", async || tower.readiness().await.is_ready()).await;
}

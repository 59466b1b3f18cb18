//! How soon a job begins after its commit, and what that costs. The workers here poll as rarely as
//! they can, so that a lost wake-up costs seconds and shows.

mod cost;
mod gate;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use task_tower::{
    Client, Console, Job, JobError, JobState, KindConfig, RetryPolicy, RunningTower, State, TaskTower, TowerBuilder,
};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, NoTls};

use crate::support::stage::{Stage, step};
use crate::support::{PATIENCE, TestBed, in_state, until};

const MINUTE: Duration = Duration::from_secs(60);
/// What counts as "at once" on a machine that does other things too.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Tells the test when it began.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bell {}

impl Job for Bell {
    const KIND: &'static str = "bell";
}

type Rings = mpsc::UnboundedSender<Instant>;

async fn ring(_: Bell, State(rings): State<Rings>) -> Result<(), JobError> {
    rings.send(Instant::now())?;
    Ok(())
}

/// A worker that polls once a minute, and its bell.
struct House {
    bed: TestBed,
    client: Client,
    console: Console,
    running: RunningTower,
    rings: mpsc::UnboundedReceiver<Instant>,
    stage: Stage,
}

impl House {
    async fn new() -> Self {
        let bed = TestBed::new().await;
        let (tower, rings, stage) = build(&bed, rare_polls).await;
        Self::start(bed, &tower, rings, stage).await
    }

    async fn with(options: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Self {
        let bed = TestBed::new().await;
        let (tower, rings, stage) = build(&bed, |builder| options(rare_polls(builder))).await;
        Self::start(bed, &tower, rings, stage).await
    }

    async fn start(bed: TestBed, tower: &TaskTower, rings: mpsc::UnboundedReceiver<Instant>, stage: Stage) -> Self {
        let (client, console, running) = (tower.client(), tower.console(), tower.start().unwrap());
        Self { bed, client, console, running, rings, stage }
    }

    /// When the next bell rings.
    async fn rings(&mut self) -> Instant {
        tokio::time::timeout(PATIENCE, self.rings.recv()).await.expect("the bell rings").unwrap()
    }

    /// How long after this moment the next bell rings.
    async fn rings_after(&mut self, moment: Instant) -> Duration {
        self.rings().await.saturating_duration_since(moment)
    }

    async fn armed(&self) -> bool {
        self.bed.number("SELECT count(*) FROM tower.armed").await > 0
    }

    async fn asleep(&self) {
        until("the worker is armed", async || self.armed().await).await;
    }

    /// Makes the lane of the bells known to the worker, so that it needs no announcement.
    async fn know_the_lane(&mut self) {
        self.client.enqueue(Bell {}).await.unwrap();
        self.rings().await;
        self.asleep().await;
    }
}

fn rare_polls(builder: TowerBuilder) -> TowerBuilder {
    builder.queue_announcement_interval(MINUTE).job_check_interval(MINUTE)
}

async fn build(
    bed: &TestBed,
    options: impl FnOnce(TowerBuilder) -> TowerBuilder,
) -> (TaskTower, mpsc::UnboundedReceiver<Instant>, Stage) {
    let ((rings, heard), stage) = (mpsc::unbounded_channel(), Stage::default());
    let builder = stage.cast(options(bed.builder())).state(rings).job(ring);
    (builder.build().await.unwrap(), heard, stage)
}

/// Begins a transaction that has enqueued a bell, by one message, so that the server sees no time
/// pass between the two.
async fn hold_a_bell(bed: &TestBed) -> tokio_postgres::Client {
    let caller = bed.connect().await;
    caller.batch_execute(&format!("BEGIN; SELECT {}.enqueue('bell')", bed.quoted())).await.unwrap();
    caller
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_starts_a_job_within_milliseconds() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let mut delays = Vec::new();

    for _ in 0..50 {
        let enqueued = Instant::now();
        house.client.enqueue(Bell {}).await.unwrap();
        delays.push(house.rings_after(enqueued).await);
    }

    delays.sort_unstable();
    println!("from before the enqueue to the handler: median {:?}, longest {:?}", delays[25], delays[49]);
    assert!(delays[25] < Duration::from_millis(100), "the median is {:?}", delays[25]);
    assert!(delays[49] < AT_ONCE, "the longest is {:?}", delays[49]);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_starts_scheduled_jobs_when_they_are_due() {
    let mut house = House::new().await;
    house.know_the_lane().await;

    for _ in 0..3 {
        let scheduled = Instant::now();
        house.client.schedule(Bell {}).in_milliseconds(200).await.unwrap();
        let delay = house.rings_after(scheduled).await;

        assert!(delay >= Duration::from_millis(200), "too early: {delay:?}");
        assert!(delay < Duration::from_millis(200) + AT_ONCE, "too late: {delay:?}");
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_due_sooner_than_the_one_waited_for_is_not_late() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let scheduled = Instant::now();
    house.client.schedule(Bell {}).in_seconds(4).await.unwrap();

    house.client.schedule(Bell {}).in_milliseconds(300).await.unwrap();

    assert!(house.rings_after(scheduled).await < Duration::from_millis(300) + AT_ONCE);
    let later = house.rings_after(scheduled).await;
    assert!(later >= Duration::from_secs(4) && later < Duration::from_secs(4) + AT_ONCE, "{later:?}");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_job_is_not_late_because_others_wait_that_cannot_run() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let foreign = "SELECT tower.enqueue('foreign') FROM generate_series(1, 10)";
    house.bed.query(foreign, &[]).await;
    house.console.pause_queue("paused", None).await.unwrap();
    house.client.enqueue(step("paused")).to_queue("paused").await.unwrap();

    for _ in 0..3 {
        let scheduled = Instant::now();
        house.client.schedule(Bell {}).in_milliseconds(300).await.unwrap();

        let delay = house.rings_after(scheduled).await;
        assert!(delay < Duration::from_millis(300) + AT_ONCE, "it began after {delay:?}");
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_starts_a_retry_when_it_is_due() {
    let bed = TestBed::new().await;
    let (rings, heard) = mpsc::unbounded_channel();
    let handler = |_: Bell, context: task_tower::JobContext, State(rings): State<Rings>| async move {
        rings.send(Instant::now())?;
        if context.attempt() == 1 { Err(JobError::new("once")) } else { Ok(()) }
    };
    let configure = |config: KindConfig| config.retry_policy(RetryPolicy::custom(|_| Duration::from_millis(200)));
    let tower = rare_polls(bed.builder()).state(rings).job_with(handler, configure).build().await.unwrap();
    let mut house = House::start(bed, &tower, heard, Stage::default()).await;
    house.asleep().await;

    house.client.enqueue(Bell {}).await.unwrap();
    let first = house.rings().await;
    let pause = house.rings_after(first).await;

    assert!(pause >= Duration::from_millis(200) && pause < Duration::from_millis(200) + AT_ONCE, "{pause:?}");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_starts_a_requeued_job_at_once() {
    let mut house = House::new().await;
    let id = house.client.enqueue(Bell {}).await.unwrap();
    house.rings().await;

    for _ in 0..3 {
        in_state(&house.console, id, JobState::Completed).await;
        house.asleep().await;
        let requeued = Instant::now();
        house.console.requeue(id).await.unwrap();

        assert!(house.rings_after(requeued).await < AT_ONCE);
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_that_is_requeued_runs_at_once_and_not_when_it_was_scheduled() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let id = house.client.schedule(Bell {}).in_days(1).await.unwrap();

    let requeued = Instant::now();
    house.console.requeue(id).await.unwrap();

    assert!(house.rings_after(requeued).await < AT_ONCE);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_starts_the_jobs_of_a_resumed_queue_at_once() {
    let mut house = House::new().await;
    house.know_the_lane().await;

    for _ in 0..3 {
        house.console.pause_queue("default", None).await.unwrap();
        house.client.enqueue(Bell {}).await.unwrap();
        house.client.enqueue(step("other")).to_queue("other").await.unwrap();
        until("the other queue was served", async || !house.stage.ended().is_empty()).await;
        assert!(house.rings.try_recv().is_err(), "a paused queue is not served");

        let resumed = Instant::now();
        house.console.resume_queue("default").await.unwrap();
        assert!(house.rings_after(resumed).await < AT_ONCE);
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_and_a_priority_never_seen_start_at_once() {
    let mut house = House::new().await;
    house.know_the_lane().await;

    for number in 0..5 {
        let enqueued = Instant::now();
        house.client.enqueue(Bell {}).to_queue(format!("new-{number}")).await.unwrap();
        assert!(house.rings_after(enqueued).await < AT_ONCE);

        let enqueued = Instant::now();
        house.client.enqueue(Bell {}).priority(number + 1).await.unwrap();
        assert!(house.rings_after(enqueued).await < AT_ONCE);
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_never_seen_starts_at_once_while_the_worker_is_busy() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let feeder = tokio::spawn(feed(house.client.clone()));
    until("the worker is busy", async || !house.armed().await).await;

    for number in 0..3 {
        let enqueued = Instant::now();
        house.client.enqueue(Bell {}).to_queue(format!("new-{number}")).await.unwrap();

        assert!(house.rings_after(enqueued).await < AT_ONCE * 2);
    }
    feeder.abort();
    house.running.stop().await;
}

/// So many that the worker does not look into each of them.
#[tokio::test(flavor = "multi_thread")]
async fn among_a_thousand_queues_each_job_starts_at_once() {
    let mut house = House::with(|builder| builder.queue_priorities([("express", 1)])).await;
    let lanes = "INSERT INTO tower.lane SELECT 'one-of-' || number, 0 FROM generate_series(1, 1000) AS number";
    house.bed.query(lanes, &[]).await;
    house.know_the_lane().await;

    for queue in ["one-of-7", "express", "never-seen", "one-of-1000", "default"] {
        let enqueued = Instant::now();
        house.client.enqueue(Bell {}).to_queue(queue).await.unwrap();
        assert!(house.rings_after(enqueued).await < AT_ONCE, "{queue}");
    }
    let due = Instant::now() + Duration::from_millis(700);
    house.client.schedule(Bell {}).to_queue("one-of-8").after(Duration::from_millis(700)).await.unwrap();
    assert!(house.rings_after(due).await < AT_ONCE);

    let feeder = tokio::spawn(feed(house.client.clone()));
    until("the worker is busy", async || !house.armed().await).await;
    for queue in ["one-of-9", "never-seen-either"] {
        let enqueued = Instant::now();
        house.client.enqueue(Bell {}).to_queue(queue).await.unwrap();
        assert!(house.rings_after(enqueued).await < AT_ONCE * 2, "{queue}");
    }
    feeder.abort();
    house.running.stop().await;
}

/// Counts the notifications of the schema's channel.
async fn eavesdrop(bed: &TestBed) -> Arc<AtomicUsize> {
    let (client, mut connection) = tokio_postgres::connect(&bed.url, NoTls).await.unwrap();
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = heard.clone();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
            if matches!(message, AsyncMessage::Notification(_)) {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    let channel: String = bed.query("SELECT tower.channel()", &[]).await[0].get(0);
    client.batch_execute(&format!("LISTEN \"{channel}\"")).await.unwrap();
    // It lives as long as the test's runtime.
    std::mem::forget(client);
    heard
}

/// Keeps a worker busy until it is aborted.
async fn feed(client: Client) {
    loop {
        let steps = (0..16).map(|_| client.enqueue(step("load")).into_future());
        futures_util::future::try_join_all(steps).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_is_cut_off_listens_again_and_misses_nothing() {
    let bed = TestBed::new().await;
    let name = format!("listener-{}", bed.schema);
    let separator = if bed.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}application_name={name}", bed.url);
    let (caller, ..) = build(&bed, rare_polls).await;
    let (tower, rings, stage) = build(&bed, |builder| rare_polls(builder).connection_string(url)).await;
    let mut house = House::start(bed, &tower, rings, stage).await;
    house.client = caller.client();
    house.know_the_lane().await;

    for round in 0..10 {
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1";
        house.bed.query(cut, &[&name]).await;
        tokio::time::sleep(Duration::from_millis(10 * round)).await;
        let enqueued = Instant::now();
        house.client.enqueue(Bell {}).await.unwrap();

        let delay = house.rings_after(enqueued).await;
        assert!(delay < AT_ONCE * 3, "in round {round}, it began after {delay:?}");
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_announcement_jobs_run_by_the_poll() {
    let mut house = House::with(|builder| builder.job_check_interval(Duration::from_millis(500))).await;
    house.know_the_lane().await;
    house.bed.query("ALTER TABLE tower.job DISABLE TRIGGER announce", &[]).await;

    for _ in 0..3 {
        let enqueued = Instant::now();
        house.client.enqueue(Bell {}).await.unwrap();

        let delay = house.rings_after(enqueued).await;
        assert!(delay < Duration::from_millis(500) + AT_ONCE, "it began after {delay:?}");
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_random_traffic_no_job_waits_for_the_poll() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let committed = Arc::new(Mutex::new(0));
    let callers =
        (0..4).map(|seed| tokio::spawn(disturb(house.bed.url.clone(), house.bed.quoted(), seed, committed.clone())));

    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }

    let total = *committed.lock().unwrap();
    let last = Instant::now();
    for _ in 0..total {
        house.rings().await;
    }
    assert!(last.elapsed() < AT_ONCE, "the last of {total} began {:?} after the last commit", last.elapsed());
    house.running.stop().await;
}

/// Enqueues at random moments, in transactions of random length, some of which roll back.
async fn disturb(url: String, schema: String, seed: u64, committed: Arc<Mutex<usize>>) {
    let mut random = fastrand::Rng::with_seed(seed);
    let (caller, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..12 {
        tokio::time::sleep(Duration::from_millis(random.u64(0..150))).await;
        caller.batch_execute(&format!("BEGIN; SELECT {schema}.enqueue('bell')")).await.unwrap();
        if random.bool() {
            tokio::time::sleep(Duration::from_millis(random.u64(0..600))).await;
        }
        let commits = random.u8(0..10) > 0;
        caller.batch_execute(if commits { "COMMIT" } else { "ROLLBACK" }).await.unwrap();
        *committed.lock().unwrap() += usize::from(commits);
    }
}

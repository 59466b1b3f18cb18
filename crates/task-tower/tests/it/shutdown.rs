//! How a worker stops: what it finishes, what it gives back, and what the others make of that.

use std::time::{Duration, Instant};

use task_tower::{EventKind, Job, JobId, JobState, RunningTower, TaskTower, TowerBuilder};

use crate::support::stage::{Stage, patient, step, stubborn};
use crate::support::{PATIENCE, TestBed, in_state, until};

/// What counts as "at once" on a machine that does other things too.
const AT_ONCE: Duration = Duration::from_secs(1);

/// One of several workers of a schema, with a stage of its own.
struct Worker {
    tower: TaskTower,
    stage: Stage,
    running: RunningTower,
}

impl Worker {
    async fn start(bed: &TestBed) -> Self {
        Self::start_with(bed, |builder| builder).await
    }

    async fn start_with(bed: &TestBed, options: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Self {
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
}

fn impatient(builder: TowerBuilder) -> TowerBuilder {
    builder.shutdown_grace(Duration::from_millis(100))
}

/// Sleeps for a minute when there is nothing to do and nobody wakes it.
fn sleepy(builder: TowerBuilder) -> TowerBuilder {
    let minute = Duration::from_secs(60);
    builder.queue_announcement_interval(minute).job_check_interval(minute)
}

async fn asleep(bed: &TestBed, workers: i64) {
    until("the others sleep", async || bed.number("SELECT count(*) FROM tower.armed").await == workers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_worker_lets_its_jobs_end_and_begins_no_others() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, |builder| builder.shutdown_grace(PATIENCE)).await;
    let (client, console) = (worker.tower.client(), worker.tower.console());
    let running = worker.hold(stubborn("running")).await;

    let stopping = tokio::spawn(worker.running.stop());
    // It has let go of its sleep, so it has heard that it should stop.
    asleep(&bed, 0).await;
    let late = client.enqueue(step("late")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!stopping.is_finished());
    assert!(worker.stage.asked().is_empty(), "nobody is asked to stop within the grace");
    worker.stage.open();
    stopping.await.unwrap();

    let running = console.job(running).await.unwrap();
    let late = console.job(late).await.unwrap();
    assert_eq!((running.state, running.attempt), (JobState::Completed, 1));
    assert_eq!((late.state, late.attempt), (JobState::Enqueued, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_grace_a_job_is_asked_to_stop_and_runs_elsewhere_at_once() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, impatient).await;
    let id = worker.hold(patient("job")).await;
    let other = Worker::start_with(&bed, sleepy).await;
    asleep(&bed, 2).await;

    worker.running.stop().await;
    let stopped = Instant::now();
    until("it runs elsewhere", async || other.stage.begun() == ["job"]).await;

    assert!(stopped.elapsed() < AT_ONCE, "it began after {:?}", stopped.elapsed());
    assert_eq!(worker.stage.asked(), ["job"]);
    other.stage.open();
    let job = in_state(&other.tower.console(), id, JobState::Completed).await;
    assert_eq!((job.attempt, job.failures, job.crashes), (1, 0, 0), "the first run does not count");
    assert_eq!(job.events.len(), 1);
    assert_eq!(job.events[0].event, EventKind::Released);
    other.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_stop_when_asked_is_dropped_and_given_back() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, impatient).await;
    let id = worker.hold(stubborn("job")).await;

    let asked = Instant::now();
    worker.running.stop().await;

    assert!(asked.elapsed() >= Duration::from_secs(3), "it had three seconds, not {:?}", asked.elapsed());
    assert!(asked.elapsed() < Duration::from_secs(6), "it had three seconds, not {:?}", asked.elapsed());
    assert_eq!(worker.stage.dropped(), ["job"]);
    let job = worker.tower.console().job(id).await.unwrap();
    assert_eq!((job.state, job.attempt, job.failures), (JobState::Enqueued, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_well_after_it_was_asked_to_stop_is_completed() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, impatient).await;
    let heedful = worker.hold(patient("heedful")).await;
    let id = worker.hold(stubborn("job")).await;

    let stopping = tokio::spawn(worker.running.stop());
    until("they are asked to stop", async || worker.stage.asked() == ["heedful"]).await;
    worker.stage.open();
    stopping.await.unwrap();

    let console = worker.tower.console();
    assert_eq!(console.job(id).await.unwrap().state, JobState::Completed);
    assert_eq!(console.job(heedful).await.unwrap().state, JobState::Enqueued);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_shutdowns_takes_no_retry_from_a_job() {
    let bed = TestBed::new().await;
    let setup = Stage::default().cast(bed.builder()).build().await.unwrap();
    let id = setup.client().enqueue(patient("job")).max_retries(0).await.unwrap();

    for _ in 0..5 {
        let worker = Worker::start_with(&bed, impatient).await;
        until("the job runs", async || worker.stage.present() == 1).await;
        worker.running.stop().await;
    }

    let last = Worker::start(&bed).await;
    last.stage.open();
    let job = in_state(&last.tower.console(), id, JobState::Completed).await;
    assert_eq!((job.attempt, job.failures, job.events.len()), (1, 0, 5));
    last.running.stop().await;
}

/// Short jobs make the worker claim ahead; then one holds the only slot, and the others stand
/// behind it.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_no_slot_has_begun_go_back_before_the_others_end() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, |builder| builder.backend_concurrency(1).shutdown_grace(PATIENCE)).await;
    let client = worker.tower.client();
    client.enqueue_all(vec![step("short"); 300]).await.unwrap();
    until("run times are known", async || worker.stage.ended().len() == 300).await;
    let mut transaction = bed.connect().await;
    let transaction = transaction.transaction().await.unwrap();
    let enqueue = |kind: &str, count: i32| {
        format!(
            "SELECT {}.enqueue('{kind}', '{{\"name\": \"{kind}\"}}') FROM generate_series(1, {count})",
            bed.quoted()
        )
    };
    transaction.batch_execute(&enqueue("stubborn", 1)).await.unwrap();
    transaction.batch_execute(&enqueue("step", 200)).await.unwrap();
    transaction.commit().await.unwrap();
    until("the slot is taken", async || worker.stage.present() == 1).await;

    let stopping = tokio::spawn(worker.running.stop());
    let back = "SELECT count(*) FROM tower.job WHERE kind = 'step' AND state = 0 AND attempt = 0";
    until("all of them are back", async || bed.number(back).await == 200).await;

    assert!(!stopping.is_finished(), "the slot is still taken");
    worker.stage.open();
    stopping.await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM tower.history WHERE kind = 'stubborn'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_a_stop_at_once_and_gives_back() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, |builder| builder.shutdown_grace(PATIENCE)).await;
    let id = worker.hold(stubborn("job")).await;
    let heedful = worker.hold(patient("heedful")).await;

    let asked = Instant::now();
    worker.running.stop_or(async {}).await;

    assert!(asked.elapsed() < AT_ONCE, "it took {:?}", asked.elapsed());
    for id in [id, heedful] {
        let job = worker.tower.console().job(id).await.unwrap();
        assert_eq!((job.state, job.attempt, job.failures), (JobState::Enqueued, 0, 0));
    }
    assert_eq!(worker.stage.present(), 0, "nothing runs on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_may_come_while_the_worker_waits() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, |builder| builder.shutdown_grace(PATIENCE)).await;
    let id = worker.hold(stubborn("job")).await;
    let (hurry, hurried) = tokio::sync::oneshot::channel::<()>();

    let stopping = tokio::spawn(worker.running.stop_or(async { drop(hurried.await) }));
    asleep(&bed, 0).await;
    assert!(!stopping.is_finished());
    hurry.send(()).unwrap();
    stopping.await.unwrap();

    let job = worker.tower.console().job(id).await.unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Enqueued, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_ended_before_the_stop_is_recorded_and_nothing_else() {
    let bed = TestBed::new().await;
    let worker = Worker::start(&bed).await;
    worker.tower.client().enqueue_all(vec![step("job"); 8_000]).await.unwrap();
    until("some have run", async || worker.stage.ended().len() > 1_000).await;

    worker.running.stop().await;

    let ended = worker.stage.ended().len() as i64;
    println!("{ended} of 8,000 had ended when the worker was stopped");
    assert_eq!(worker.stage.begun().len() as i64, ended);
    assert_eq!(bed.number("SELECT count(*) FROM tower.history WHERE state = 3 AND attempt = 1").await, ended);
    assert_eq!(bed.number("SELECT count(*) FROM tower.job WHERE state = 0 AND attempt = 0").await, 8_000 - ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_worker_has_signed_off() {
    let bed = TestBed::new().await;
    let worker = Worker::start(&bed).await;
    asleep(&bed, 1).await;

    worker.running.stop().await;

    let workers = worker.tower.console().workers().await.unwrap();
    assert_eq!(workers.len(), 1);
    assert_eq!(workers[0].ended_how.as_deref(), Some("stopped"));
    assert!(workers[0].ended_at.is_some());
    assert_eq!(workers[0].busy, 0);
    asleep(&bed, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_stops_at_once() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, sleepy).await;
    asleep(&bed, 1).await;

    let asked = Instant::now();
    worker.running.stop().await;

    assert!(asked.elapsed() < AT_ONCE, "it took {:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_has_just_started_can_be_stopped() {
    let bed = TestBed::new().await;
    let tower = sleepy(Stage::default().cast(bed.builder())).build().await.unwrap();

    for milliseconds in 0..15 {
        let running = tower.start().unwrap();
        tokio::time::sleep(Duration::from_millis(milliseconds * 2)).await;
        let asked = Instant::now();
        running.stop().await;

        assert!(asked.elapsed() < AT_ONCE, "it took {:?}", asked.elapsed());
        let alive = "SELECT count(*) FROM tower.worker WHERE ended_at IS NULL";
        assert_eq!(bed.number(alive).await, 0, "a row stays behind, stopped after {milliseconds} x 2 ms");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tower_runs_until_its_future_is_there() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    tower.client().enqueue(step("job")).await.unwrap();

    tower.run_until(async { until("the job has run", async || stage.ended() == ["job"]).await }).await.unwrap();

    assert_eq!(bed.number("SELECT count(*) FROM tower.history WHERE state = 3").await, 1);
    assert_eq!(bed.number("SELECT count(*) FROM tower.worker WHERE ended_how = 'stopped'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_worker_that_was_dropped_are_rescued_by_others() {
    let bed = TestBed::new().await;
    let worker = Worker::start(&bed).await;
    let id = worker.hold(stubborn("job")).await;
    let other = Worker::start(&bed).await;

    drop(worker.running);
    until("its run is dropped", async || worker.stage.dropped() == ["job"]).await;
    until("it runs elsewhere", async || other.stage.begun() == ["job"]).await;
    other.stage.open();

    let job = in_state(&other.tower.console(), id, JobState::Completed).await;
    assert_eq!((job.attempt, job.crashes), (2, 1));
    assert_eq!(bed.number("SELECT count(*) FROM tower.worker WHERE ended_how = 'silent'").await, 1);
    other.running.stop().await;
}

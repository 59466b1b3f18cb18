//! Handlers that block their thread: they hold up nobody else, and everything that holds for the others
//! holds for them.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, JobState, KindConfig, Output, RetryPolicy, State, blocking};

use crate::support::house::House;
use crate::support::stage::{Stage, step};
use crate::support::{PATIENCE, until};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Resize {
    path: String,
}

impl Job for Resize {
    const KIND: &'static str = "resize";
}

fn resize() -> Resize {
    Resize { path: "cat.png".to_owned() }
}

/// What a thread waits for without a runtime.
#[derive(Clone, Debug, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    fn wait(&self) {
        let (open, bell) = &*self.0;
        let (_open, waited) = bell.wait_timeout_while(open.lock().unwrap(), PATIENCE, |open| !*open).unwrap();
        assert!(!waited.timed_out(), "waited in vain for the gate");
    }
}

/// Asks for everything that a handler can ask for, and waits at the gate.
fn resize_at_the_gate(
    job: Resize,
    State(stage): State<Stage>,
    run: JobContext,
    State(gate): State<Gate>,
) -> Result<Output<String>, JobError> {
    let presence = stage.enter(&job.path);
    gate.wait();
    presence.end();
    Ok(Output(format!("{} by run {}", job.path, run.attempt())))
}

/// Goes on until it is asked to stop.
fn resize_for_ever(job: Resize, run: JobContext, State(stage): State<Stage>) -> Result<(), JobError> {
    let presence = stage.enter(&job.path);
    while !run.is_cancelled() {
        std::thread::sleep(Duration::from_millis(1));
    }
    presence.ask();
    presence.end();
    Err(JobError::new("asked to stop"))
}

async fn at_the_gate(slots: usize) -> (House, Stage, Gate) {
    let (stage, gate) = (Stage::default(), Gate::default());
    let house = House::new(|builder| {
        let builder = stage.cast(builder).state(gate.clone()).backend_concurrency(slots);
        builder.job(blocking(resize_at_the_gate))
    });
    (house.await, stage.clone(), gate)
}

async fn for_ever(configure: impl FnOnce(KindConfig) -> KindConfig) -> (House, Stage) {
    let stage = Stage::default();
    let builder = House::new(|builder| builder.state(stage.clone()).job_with(blocking(resize_for_ever), configure));
    (builder.await, stage)
}

/// On the only thread of the runtime.
#[tokio::test]
async fn a_handler_that_blocks_does_not_hold_up_the_others() {
    let (house, stage, gate) = at_the_gate(2).await;
    let blocked = house.until(resize(), JobState::Processing).await.id;

    house.until(step("the other"), JobState::Completed).await;

    assert_eq!(stage.ended(), ["the other"]);
    gate.open();
    let job = house.in_state(blocked, JobState::Completed).await;
    assert_eq!(job.result, Some(serde_json::json!("cat.png by run 1")));
    house.stop().await;
}

/// On the only thread of the runtime, with every slot taken.
#[tokio::test]
async fn the_worker_lives_while_all_its_handlers_block() {
    let (house, stage, gate) = at_the_gate(4).await;
    let ids = house.client.enqueue_all(vec![resize(); 4]).await.unwrap();
    until("all of them block", async || stage.present() == 4).await;

    let beats = "SELECT count(*) FROM tower.worker WHERE heartbeat_at - started_at > 2 * dead_after";
    until("it has beaten for longer than the silence that kills", async || house.bed.number(beats).await == 1).await;
    gate.open();

    for id in ids {
        assert_eq!(house.in_state(id, JobState::Completed).await.attempt, 1);
    }
    assert_eq!(house.bed.number("SELECT count(*) FROM tower.worker").await, 1);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_a_handler_that_blocks_fails_its_run() {
    let read = |job: Resize| std::fs::read(job.path).map(drop).map_err(|error| error.kind().to_string());
    let soon = |config: KindConfig| config.max_retry_count(1).retry_policy(RetryPolicy::custom(|_| Duration::ZERO));
    let house = House::new(|builder| builder.job_with(blocking(read), soon)).await;

    let job = house.until(resize(), JobState::Dead).await;

    assert_eq!((job.attempt, job.failures), (2, 2));
    let failure = job.last_failure().unwrap();
    assert_eq!((failure.kind.as_str(), failure.message.as_str()), ("error", "entity not found"));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_a_handler_that_blocks_is_recorded_with_its_place() {
    let place = Arc::new(Mutex::new(0));
    let noted = place.clone();
    let explode = move |job: Resize| -> Result<(), JobError> {
        *noted.lock().unwrap() = line!() + 1;
        panic!("{} is no picture", job.path);
    };
    let house = House::new(|builder| builder.job_with(blocking(explode), |config| config.max_retry_count(0))).await;

    let job = house.until(resize(), JobState::Dead).await;

    let failure = job.last_failure().unwrap();
    assert_eq!((failure.kind.as_str(), failure.message.as_str()), ("panic", "cat.png is no picture"));
    let place = format!("tests/it/blocking.rs:{}:", place.lock().unwrap());
    assert!(failure.details.as_ref().unwrap().contains(&place), "{place} is not in {failure:?}");
    house.until(resize(), JobState::Dead).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_its_time_is_over_the_run_has_failed_and_its_thread_is_told() {
    let (house, stage) = for_ever(|config| config.timeout(Duration::from_millis(50)).max_retry_count(0)).await;

    let job = house.until(resize(), JobState::Dead).await;

    let failure = job.last_failure().unwrap();
    assert_eq!((failure.kind.as_str(), failure.message.as_str()), ("timeout", "took longer than its limit of 50ms"));
    until("the thread has heard", async || stage.asked() == ["cat.png"]).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_blocks_hears_that_its_job_was_cancelled() {
    let (house, stage) = for_ever(|config| config).await;
    let id = house.until(resize(), JobState::Processing).await.id;
    until("the thread runs", async || stage.present() == 1).await;

    house.console.cancel(id, Some("the cat has gone")).await.unwrap();

    let job = house.in_state(id, JobState::Cancelled).await;
    assert_eq!((job.reason.as_deref(), job.failures), (Some("the cat has gone"), 0));
    assert_eq!(stage.asked(), ["cat.png"]);
    house.stop().await;
}

#[tokio::test]
async fn a_graceful_stop_waits_for_a_handler_that_blocks() {
    let (house, stage, gate) = at_the_gate(2).await;
    let id = house.until(resize(), JobState::Processing).await.id;
    until("the thread runs", async || stage.present() == 1).await;
    let (client, console) = (house.client.clone(), house.console.clone());
    let during_the_stop = async {
        let late = client.enqueue(step("late")).await.unwrap();
        gate.open();
        late
    };

    let (_bed, late) = tokio::join!(house.stop(), during_the_stop);

    let (job, late) = (console.job(id).await.unwrap(), console.job(late).await.unwrap());
    assert_eq!((job.state, job.attempt), (JobState::Completed, 1));
    assert_eq!((late.state, late.attempt), (JobState::Enqueued, 0), "it came after the stop had begun");
    assert_eq!((stage.ended(), stage.dropped().len()), (vec!["cat.png".to_owned()], 0));
}

#[tokio::test]
async fn a_stop_asks_a_handler_that_blocks_when_the_grace_is_over() {
    let stage = Stage::default();
    let house = House::new(|builder| {
        let builder = builder.state(stage.clone()).shutdown_grace(Duration::from_millis(20));
        builder.job(blocking(resize_for_ever))
    });
    let house = house.await;
    let id = house.until(resize(), JobState::Processing).await.id;
    until("the thread runs", async || stage.present() == 1).await;
    let console = house.console.clone();

    let _bed = house.stop().await;

    let job = console.job(id).await.unwrap();
    assert_eq!((job.state, job.attempt, job.failures), (JobState::Enqueued, 0, 0));
    assert_eq!(stage.asked(), ["cat.png"]);
}

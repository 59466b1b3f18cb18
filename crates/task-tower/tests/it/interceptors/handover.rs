//! Deaths that change hands while they are told: another worker takes them, or this one stops.

use std::time::{Duration, Instant};

use task_tower::{Interceptor, InterceptorContext, JobError};
use tokio::sync::watch;

use super::{Act, House, Log, mourned};
use crate::support::{PATIENCE, until};

/// Notes how long an interceptor is at work.
struct Presence(Log, &'static str);

impl Presence {
    fn begin(log: &Log) -> Self {
        log.note("begins");
        Self(log.clone(), "is dropped")
    }

    fn end(mut self) {
        self.1 = "ends";
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}

/// An interceptor that ends when the gate is open.
fn waits(log: &Log, gate: &watch::Sender<bool>) -> impl Interceptor + use<> {
    let (log, gate) = (log.clone(), gate.subscribe());
    move |_: InterceptorContext| {
        let (presence, mut gate) = (Presence::begin(&log), gate.clone());
        async move {
            gate.wait_for(|open| *open).await?;
            presence.end();
            Ok::<(), JobError>(())
        }
    }
}

/// A worker that tells a death, and waits at the gate.
async fn telling(gate: &watch::Sender<bool>, grace: Duration) -> House {
    let house = House::with(
        |config, log| {
            let config = config.death_interceptor(waits(log, gate));
            config.death_interceptor(log.notes_that("second"))
        },
        |builder| builder.shutdown_grace(grace),
    )
    .await;
    house.client.enqueue(Act::Discard).await.unwrap();
    until("it is being told", async || house.log.notes() == ["handler", "begins"]).await;
    house
}

async fn notes(house: &House, expected: &[&str]) {
    until(&format!("the log is {expected:?}"), async || house.log.notes() == expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_declared_dead_drops_what_it_tells_and_begins_anew() {
    let (gate, _) = watch::channel(false);
    let house = telling(&gate, PATIENCE).await;

    house.bed.query("UPDATE tower.worker SET ended_at = now(), ended_how = 'silent'", &[]).await;

    notes(&house, &["handler", "begins", "is dropped", "begins"]).await;
    gate.send_replace(true);
    house.until_all_are_told().await;
    assert_eq!(house.stop().await, ["handler", "begins", "is dropped", "begins", "ends", "second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_from_which_it_was_taken_does_not_go_on() {
    let (gate, _) = watch::channel(false);
    let house = telling(&gate, PATIENCE).await;

    // Another worker has taken it, and given it up again.
    house.bed.query("UPDATE tower.untold SET lease = lease + 2, worker_id = 0, due_at = 'infinity'", &[]).await;
    gate.send_replace(true);
    notes(&house, &["handler", "begins", "ends"]).await;
    house.bed.query("UPDATE tower.untold SET due_at = now()", &[]).await;

    house.until_all_are_told().await;
    let expected = ["handler", "begins", "ends", "begins", "ends", "second"];
    assert_eq!(house.stop().await, expected, "nothing was written by the one that had lost it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_living_worker_tells_is_not_taken_from_it() {
    let (gate, _) = watch::channel(false);
    let house = telling(&gate, PATIENCE).await;

    let other = house.beside(mourned).await;
    house.client.enqueue(Act::Discard).await.unwrap();
    until("the second death is told by one of them", async || house.log.notes().len() + other.log.notes().len() == 4)
        .await;
    // It has looked again since, after its time to count others as dead.
    tokio::time::sleep(Duration::from_millis(1_500)).await;

    assert_eq!(house.bed.number("SELECT max(attempt)::bigint FROM tower.untold").await, 1);
    gate.send_replace(true);
    house.until_all_are_told().await;
    house.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_waits_for_it_within_the_grace() {
    let (gate, _) = watch::channel(false);
    let mut house = telling(&gate, PATIENCE).await;

    let stopping = tokio::spawn(house.worker().stop());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!stopping.is_finished());
    gate.send_replace(true);
    stopping.await.unwrap();

    assert_eq!(house.log.notes(), ["handler", "begins", "ends", "second"]);
    assert_eq!(house.untold().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_grace_it_is_told_by_another_worker() {
    let (gate, _) = watch::channel(false);
    let mut house = telling(&gate, Duration::from_millis(100)).await;
    let other = house.beside(mourned).await;
    let began = Instant::now();

    house.worker().stop().await;

    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    until("it is told", async || other.told() == ["no use"]).await;
    other.until_all_are_told().await;
    assert_eq!(house.log.notes(), ["handler", "begins", "is dropped"]);
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_does_not_wait_for_it() {
    let (gate, _) = watch::channel(false);
    let mut house = telling(&gate, PATIENCE).await;
    let began = Instant::now();

    house.worker().stop_or(std::future::ready(())).await;

    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert_eq!(house.untold().await, 1);
}

//! That no transaction is missed which is older than a worker's sleep, or which others know nothing of.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio_postgres::NoTls;

use super::{AT_ONCE, Bell, House, build, eavesdrop, feed, hold_a_bell, rare_polls};
use crate::support::stage::step;
use crate::support::{TestBed, until};

/// The gate: whoever inserted before the worker asked to be woken, and commits long afterwards, wakes
/// nobody, so the worker must not sleep before that transaction has ended.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_older_than_the_sleep_is_not_missed() {
    let bed = TestBed::new().await;
    let (tower, rings, stage) = build(&bed, rare_polls).await;
    // The lane exists before, or its announcement would wake the worker.
    bed.query("SELECT tower.enqueue('foreign')", &[]).await;
    let caller = hold_a_bell(&bed).await;
    let mut house = House::start(bed, &tower, rings, stage).await;
    house.asleep().await;
    tokio::time::sleep(Duration::from_millis(600)).await;

    let committed = Instant::now();
    caller.batch_execute("COMMIT").await.unwrap();

    let delay = house.rings_after(committed).await;
    assert!(delay < AT_ONCE, "it began {delay:?} after its commit");
    house.running.stop().await;
}

/// The same from a worker that was busy: it asks to be woken while the transaction is under way.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_inserted_while_the_worker_was_busy_is_not_missed() {
    let mut house = House::new().await;
    house.know_the_lane().await;

    for round in 0..5 {
        let feeder = tokio::spawn(feed(house.client.clone()));
        until("the worker is busy", async || !house.armed().await).await;
        let caller = hold_a_bell(&house.bed).await;
        feeder.abort();
        house.asleep().await;
        tokio::time::sleep(Duration::from_millis(600)).await;

        let committed = Instant::now();
        caller.batch_execute("COMMIT").await.unwrap();
        let delay = house.rings_after(committed).await;
        assert!(delay < AT_ONCE, "in round {round}, it began {delay:?} after its commit");
    }
    house.running.stop().await;
}

/// One caller wakes the worker; another inserts at that moment, and commits when all is silent.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_inserts_while_another_wakes_the_worker_is_not_missed() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let mut delays = Vec::new();

    for _ in 0..8 {
        let client = house.client.clone();
        let (woken, caller) = tokio::join!(client.enqueue(Bell {}).into_future(), hold_a_bell(&house.bed));
        woken.unwrap();
        house.rings().await;
        tokio::time::sleep(Duration::from_millis(600)).await;

        let committed = Instant::now();
        caller.batch_execute("COMMIT").await.unwrap();
        delays.push(house.rings_after(committed).await);
    }

    delays.sort_unstable();
    println!("from the late commit to the handler: median {:?}, longest {:?}", delays[4], delays[7]);
    assert!(delays[7] < AT_ONCE, "{delays:?}");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_snapshot_is_older_than_the_sleep_is_heard() {
    let bed = TestBed::new().await;
    let (tower, rings, _) = build(&bed, rare_polls).await;
    bed.query("SELECT tower.enqueue('foreign')", &[]).await;
    for isolation in ["REPEATABLE READ", "SERIALIZABLE"] {
        let caller = bed.connect().await;
        let look = format!("SELECT count(*) FROM {}.armed", bed.quoted());
        caller.batch_execute(&format!("BEGIN ISOLATION LEVEL {isolation}; {look}")).await.unwrap();
        let running = tower.start().unwrap();
        until("the worker is armed", async || bed.number("SELECT count(*) FROM tower.armed").await > 0).await;
        // Past the gate: the caller has no transaction number yet.
        tokio::time::sleep(Duration::from_millis(500)).await;

        let committed = Instant::now();
        caller.batch_execute(&format!("SELECT {}.enqueue('bell'); COMMIT", bed.quoted())).await.unwrap();

        let job = until_rung(&bed).await;
        assert!(committed.elapsed() < AT_ONCE, "{isolation}: {job} began after {:?}", committed.elapsed());
        running.stop().await;
    }
    drop(rings);
}

/// Waits until every bell has rung.
async fn until_rung(bed: &TestBed) -> i64 {
    let waiting = "SELECT count(*) FROM tower.job WHERE kind = 'bell' AND attempt = 0";
    until("the bell has rung", async || bed.number(waiting).await == 0).await;
    bed.number("SELECT count(*) FROM tower.history").await
}

/// Callers in higher isolation levels must not fail because of somebody's sleep.
#[tokio::test(flavor = "multi_thread")]
async fn no_caller_fails_because_workers_fall_asleep_and_wake() {
    let house = House::new().await;
    let callers = (0..4).map(|_| {
        let (url, schema) = (house.bed.url.clone(), house.bed.quoted());
        tokio::spawn(async move {
            let (caller, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
            tokio::spawn(connection);
            for number in 0..100 {
                let enqueue = format!(
                    "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM {schema}.armed;
                     SELECT {schema}.enqueue('bell', queue => 'q{}'); COMMIT",
                    number % 10
                );
                caller.batch_execute(&enqueue).await.unwrap();
            }
        })
    });

    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }

    until_rung(&house.bed).await;
    house.running.stop().await;
}

/// A caller who was told that nobody sleeps relies on it for some milliseconds. A worker that falls asleep within them
/// must not miss its jobs.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_relies_on_an_older_answer_is_not_missed() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let mut slowest = Duration::ZERO;

    for _ in 0..60 {
        // A burst makes the worker busy; single jobs at every distance from it meet the moment when it falls asleep.
        let burst = (0..150).map(|_| house.client.enqueue(step("burst")).into_future());
        futures_util::future::try_join_all(burst).await.unwrap();
        until("the worker is about to sleep", async || house.armed().await).await;
        for _ in 0..12 {
            let enqueued = Instant::now();
            house.client.enqueue(Bell {}).await.unwrap();
            slowest = slowest.max(house.rings_after(enqueued).await);
        }
    }

    assert!(slowest < AT_ONCE, "one of them began {slowest:?} after its enqueue");
    house.running.stop().await;
}

/// One that just heard of a sleeper must ask again with the next job: the sleeper may be asleep again by then.
#[tokio::test(flavor = "multi_thread")]
async fn each_job_wakes_a_worker_that_sleeps_however_close_they_come() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let heard = eavesdrop(&house.bed).await;

    for _ in 0..20 {
        house.client.enqueue(Bell {}).await.unwrap();
        assert!(house.armed().await, "twenty jobs do not make it busy");
    }

    house.bed.query("SELECT pg_notify(tower.channel(), 'the last')", &[]).await;
    until("each was announced", async || heard.load(Ordering::SeqCst) == 21).await;
    house.running.stop().await;
}

//! What waking costs: notifications, and what an idle worker asks.

use std::sync::atomic::Ordering;
use std::time::Duration;

use task_tower::Options;
use task_tower::embedded::Cluster;

use super::{Bell, House, eavesdrop, feed};
use crate::support::stage::{Stage, step, stubborn};
use crate::support::{TestBed, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_eavesdropper_hears_notifications() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let heard = eavesdrop(&house.bed).await;

    house.client.enqueue(Bell {}).await.unwrap();

    until("it hears one", async || heard.load(Ordering::SeqCst) > 0).await;
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_announced_while_all_slots_are_taken() {
    let house = House::with(|builder| builder.backend_concurrency(1)).await;
    house.asleep().await;
    house.client.enqueue(stubborn("holder")).await.unwrap();
    until("the slot is taken", async || house.stage.present() == 1).await;
    house.client.enqueue(step("in vain")).await.unwrap();
    until("the worker no longer asks to be woken", async || !house.armed().await).await;
    let heard = eavesdrop(&house.bed).await;

    for number in 0..500 {
        house.client.enqueue(step(number.to_string())).await.unwrap();
    }

    assert!(!house.armed().await);
    house.bed.query("SELECT pg_notify(tower.channel(), 'the last')", &[]).await;
    until("the last notification comes", async || heard.load(Ordering::SeqCst) > 0).await;
    assert_eq!(heard.load(Ordering::SeqCst), 1, "only that of the test itself");
    house.stage.open();
    until("all have run", async || house.stage.ended().len() == 502).await;
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nearly_nothing_is_announced_while_the_worker_is_busy() {
    let mut house = House::new().await;
    house.know_the_lane().await;
    let feeders: Vec<_> = (0..4).map(|_| tokio::spawn(feed(house.client.clone()))).collect();
    until("the worker is busy", async || !house.armed().await).await;
    tokio::time::sleep(Duration::from_millis(200)).await;

    let heard = eavesdrop(&house.bed).await;
    let before = house.stage.begun().len();
    until("some thousand more have run", async || house.stage.begun().len() > before + 5_000).await;
    let announced = heard.load(Ordering::SeqCst);
    let ran = house.stage.begun().len() - before;
    let armed = house.armed().await;
    feeders.iter().for_each(|feeder| feeder.abort());

    println!("notifications under load: {announced} for {ran} jobs");
    assert!(announced * 100 < ran, "{announced} notifications for {ran} jobs");
    assert!(!armed, "nobody asks to be woken under load");
    house.running.stop().await;
}

/// A database of its own, whose transactions can be counted.
async fn transactions(bed: &TestBed, database: &str) -> i64 {
    let count = "SELECT (xact_commit + xact_rollback)::bigint FROM pg_stat_database WHERE datname = $1";
    bed.query(count, &[&database]).await[0].get(0)
}

/// Transactions in five seconds: one a second, and room for one of what comes seldom.
const IDLE_MAX: i64 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_costs_the_database_next_to_nothing() {
    // A server of its own: a transaction that stays open in another test would keep the worker awake.
    let cluster = Cluster::start().await.unwrap();
    let bed = TestBed::at(cluster.url(), "idle");
    let default_polls = Options::default().job_check_interval;
    let builder = bed.builder().queue_announcement_interval(default_polls).job_check_interval(default_polls);
    let builder = builder.dead_after(Duration::from_secs(15)).heartbeat_interval(Duration::from_secs(5));
    let tower = Stage::default().cast(builder).build().await.unwrap();
    let running = tower.start().unwrap();
    // The questions of this test are not counted, since they are asked elsewhere.
    let elsewhere = TestBed::at(&cluster.create_database("elsewhere").await.unwrap(), "idle");

    // The server writes its statistics down with some delay, so that the first seconds may still
    // tell of the start: the quietest five of up to twenty count.
    let mut quietest = i64::MAX;
    for _ in 0..4 {
        let before = transactions(&elsewhere, "postgres").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        quietest = quietest.min(transactions(&elsewhere, "postgres").await - before);
        if quietest <= IDLE_MAX {
            break;
        }
    }

    println!("transactions of an idle worker in 5 s: {quietest}");
    assert!(quietest <= IDLE_MAX, "{quietest} transactions in 5 s");
    running.stop().await;
}

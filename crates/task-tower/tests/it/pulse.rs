//! The marks by which a page knows that something changed.

use std::time::Duration;

use task_tower::{Console, Pulse};

use crate::support::stage::{Stage, step, stubborn};
use crate::support::{TestBed, until};

async fn pulse(console: &Console) -> Pulse {
    console.pulse().await.unwrap()
}

#[tokio::test]
async fn what_nobody_changes_keeps_its_marks() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    tower.client().enqueue(step("one")).await.unwrap();

    let (first, second) = (pulse(&tower.console()).await, pulse(&tower.console()).await);

    assert_eq!(first, second);
    assert!(!first.is_active, "nobody works");
}

#[tokio::test]
async fn a_job_that_comes_or_is_changed_by_hand_makes_another_mark_of_jobs_alone() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let console = tower.console();

    let before = pulse(&console).await;
    let id = tower.client().enqueue(step("one")).await.unwrap();
    let come = pulse(&console).await;
    console.cancel(id, None).await.unwrap();
    let gone = pulse(&console).await;

    let others = |pulse: &Pulse| [pulse.queues.clone(), pulse.workers.clone(), pulse.operations.clone()];
    assert_eq!(others(&come), others(&before));
    assert_ne!(come.jobs, before.jobs);
    assert_ne!(gone.jobs, come.jobs);
}

#[tokio::test]
async fn a_queue_that_is_paused_makes_another_mark_of_queues_and_is_not_active() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    let console = tower.console();
    let running = tower.start().unwrap();
    let before = pulse(&console).await;

    console.pause_queue("default", None).await.unwrap();
    tower.client().enqueue(step("one")).await.unwrap();
    let paused = pulse(&console).await;
    console.resume_queue("default").await.unwrap();
    let resumed = pulse(&console).await;

    assert_ne!(paused.queues, before.queues);
    assert_ne!(resumed.queues, paused.queues);
    assert!(!paused.is_active);
    running.stop().await;
}

#[tokio::test]
async fn workers_make_marks_as_they_come_work_and_go_but_not_by_their_heartbeat() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).heartbeat_interval(Duration::from_millis(100)).build().await.unwrap();
    let console = tower.console();
    let before = pulse(&console).await;

    let running = tower.start().unwrap();
    until("the worker is there", async || pulse(&console).await.workers != before.workers).await;
    let idle = pulse(&console).await;
    let heard = heartbeat(&console).await;
    until("its heart beat", async || heartbeat(&console).await != heard).await;
    assert_eq!(pulse(&console).await, idle);
    tower.client().enqueue(stubborn("long")).await.unwrap();
    until("it tells of work", async || pulse(&console).await.workers != idle.workers).await;
    let busy = pulse(&console).await;
    stage.open();
    running.stop().await;

    assert!(busy.is_active);
    assert_ne!(pulse(&console).await.workers, busy.workers);
}

async fn heartbeat(console: &Console) -> chrono::DateTime<chrono::Utc> {
    console.workers().await.unwrap()[0].heartbeat_at
}

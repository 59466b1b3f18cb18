//! Requeue and cancel interceptors: a worker is told of what people do in other processes.

use std::time::Duration;

use task_tower::{Action, Console, JobError, JobId, JobState, KindConfig};
use uuid::Uuid;

use super::{Act, House, Log, Other, complaints};
use crate::support::{TestBed, in_state, until};

/// With interceptors that note of what they are told.
fn told(config: KindConfig, log: &Log) -> KindConfig {
    let (requeues, cancels) = (log.clone(), log.clone());
    let config = config.requeue_interceptor(log.tells(move |context| {
        assert!(context.error().is_none());
        requeues.note(format!("requeued after {} runs", context.run().attempt()));
        Ok(())
    }));
    config.cancel_interceptor(log.tells(move |context| {
        assert!(context.error().is_none());
        cancels.note(format!("cancelled: {}", context.reason().unwrap()));
        Ok(())
    }))
}

/// A desk in another process: it knows no kind.
async fn desk(bed: &TestBed) -> Console {
    bed.builder().build().await.unwrap().console()
}

/// A job that waits for long, or for a retry. What is done to it is noted from when a worker has said of what it is to be told.
async fn waiting(house: &House) -> JobId {
    let wishes = "SELECT count(*) FROM tower.kind WHERE stages <> '{}'";
    until("a worker wants to know", async || house.bed.number(wishes).await > 0).await;
    house.client.schedule(Act::Hang).in_days(1).await.unwrap()
}

async fn ids(house: &House) -> Vec<JobId> {
    let jobs = house.bed.query("SELECT id FROM tower.job", &[]).await;
    jobs.iter().map(|row| JobId::from(row.get::<_, Uuid>(0))).collect()
}

/// What was told, without what handlers noted.
fn heard(house: &House) -> Vec<String> {
    house.log.notes().into_iter().filter(|note| note != "handler").collect()
}

async fn until_heard(house: &House, expected: &[&str]) {
    until("it is told", async || heard(house).len() >= expected.len()).await;
    house.until_all_are_told().await;
    assert_eq!(heard(house), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requeue_is_told_whether_the_job_was_dead_or_waited() {
    let house = House::new(told).await;
    let desk = desk(&house.bed).await;
    let dead = house.run(Act::Discard).await.id;

    desk.requeue(dead).await.unwrap();
    until_heard(&house, &["requeued after 1 runs"]).await;
    let waits = house.client.schedule(Act::Succeed).in_days(1).await.unwrap();
    desk.requeue(waits).await.unwrap();
    in_state(&desk, waits, JobState::Completed).await;

    // It may have run before it was told.
    until("it is told", async || heard(&house).len() == 2).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requeues_of_a_job_are_told_twice() {
    let house = House::new(told).await;
    house.console.pause_queue("default", None).await.unwrap();
    let id = waiting(&house).await;

    house.console.requeue(id).await.unwrap();
    house.console.requeue(id).await.unwrap();

    until_heard(&house, &["requeued after 0 runs"; 2]).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_of_a_job_that_waits_is_told_with_its_reason() {
    let house = House::new(told).await;
    let desk = desk(&house.bed).await;
    let (one, other) = (waiting(&house).await, waiting(&house).await);

    desk.cancel(one, Some("not needed")).await.unwrap();
    until_heard(&house, &["cancelled: not needed"]).await;
    desk.cancel(other, None).await.unwrap();

    until_heard(&house, &["cancelled: not needed", "cancelled: cancelled"]).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_that_is_cancelled_is_told_when_it_has_stopped() {
    let house = House::new(told).await;
    let id = house.client.enqueue(Act::Hang).await.unwrap();
    until("it runs", async || !house.log.notes().is_empty()).await;

    desk(&house.bed).await.cancel(id, Some("too slow")).await.unwrap();

    until_heard(&house, &["cancelled: too slow"]).await;
    assert_eq!(house.console.job(id).await.unwrap().state, JobState::Cancelled);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cancels_itself_is_told_like_one_that_was_cancelled() {
    let house = House::new(told).await;

    house.run(Act::Cancel).await;

    until_heard(&house, &["cancelled: no need"]).await;
    house.stop().await;
}

/// Its worker died before it could stop it: the rescuer ends it.
#[tokio::test(flavor = "multi_thread")]
async fn one_whose_worker_died_is_told_by_another() {
    let house = House::idle(told).await;
    let story = "BEGIN;
        INSERT INTO tower.worker
            (id, host, process_id, version, slots, kinds, cancel_kinds, queues, dead_after, heartbeat_at)
        OVERRIDING SYSTEM VALUE
        VALUES (4711, 'far', 1, '0', 1, '{act}', '{act}', '{}', '1 second', '-infinity');
        SELECT tower.enqueue('act', '\"Succeed\"');
        UPDATE tower.job SET state = 1, worker_id = 4711, lease = 7, attempt = 1, attempted_at = now();
        COMMIT";
    house.bed.execute(&story.replace("tower.", &format!("{}.", house.bed.quoted()))).await;
    house.console.cancel(ids(&house).await[0], Some("too late")).await.unwrap();

    let house = house.start();

    until_heard(&house, &["cancelled: too late"]).await;
    house.stop().await;
}

/// It fails while it is asked to stop, and would be retried otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_would_have_been_retried_is_told_as_cancelled() {
    let (gate, opened) = tokio::sync::watch::channel(false);
    let house = House::new(|config, log| {
        let opened = opened.clone();
        // It does not listen to its cancellation.
        let holds = move |_, _| {
            let mut opened = opened.clone();
            async move {
                let held = tokio::spawn(async move { opened.wait_for(|open| *open).await.map(drop) });
                let _ = held.await;
                Err(JobError::new("no luck"))
            }
        };
        told(config.around_interceptor(holds), log)
    })
    .await;
    let id = house.client.enqueue(Act::Succeed).await.unwrap();
    in_state(&house.console, id, JobState::Processing).await;

    // The statement that would put it off finds that it was asked to stop.
    house.bed.query("UPDATE tower.job SET cancel_requested = true", &[]).await;
    gate.send_replace(true);

    until("it is told", async || !heard(&house).is_empty()).await;
    assert_eq!(in_state(&house.console, id, JobState::Cancelled).await.id, id);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_on_many_jobs_tells_each_of_them() {
    let house = House::new(told).await;
    house.client.enqueue_all((0..40).map(|_| Act::Hang)).in_days(1).await.unwrap();

    let cancel = Action::Cancel { reason: Some("all".to_owned()) };
    desk(&house.bed).await.act(&cancel, &ids(&house).await).await.unwrap();

    until_heard(&house, &["cancelled: all"; 40]).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_while_no_worker_runs_is_told_by_the_next_one() {
    let house = House::new(told).await;
    let id = waiting(&house).await;
    let (desk, bed) = (desk(&house.bed).await, house.bed.clone());
    house.stop().await;

    desk.cancel(id, Some("at night")).await.unwrap();
    desk.requeue(id).await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM tower.untold").await, 2);
    let house = House::build(bed, told, |builder| builder.queues(["none"])).await.start();

    house.until_all_are_told().await;
    let mut all = heard(&house);
    all.sort();
    assert_eq!(all, ["cancelled: at night", "requeued after 0 runs"]);
    house.stop().await;
}

async fn other(_: Other) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_without_them_is_noted_nowhere_and_a_worker_that_lacks_them_takes_none() {
    let house = House::new(told).await;
    let stranger = house.bed.builder().job(other).build().await.unwrap();
    let running = stranger.start().unwrap();
    until("both are there", async || house.bed.number("SELECT count(*) FROM tower.worker").await == 2).await;
    let mine = waiting(&house).await;
    let theirs = stranger.client().schedule(Other).in_days(1).await.unwrap();

    for id in [theirs, mine] {
        house.console.cancel(id, Some("both")).await.unwrap();
    }

    until_heard(&house, &["cancelled: both"]).await;
    assert_eq!(house.bed.number("SELECT last_value FROM tower.untold_id_seq").await, 1, "one note was ever made");
    running.stop().await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_told_in_order_and_one_that_fails_or_panics_is_told_again() {
    let house = House::new(|config, log| {
        let grows = log.clone();
        let second = move || match grows.notes().iter().filter(|note| *note == "second").count() {
            1 => Err(JobError::new("the line is busy")),
            2 => panic!("the line is dead"),
            _ => Ok(()),
        };
        let config = config.cancel_interceptor(log.notes_that("first"));
        config.cancel_interceptor(log.then("second", second)).cancel_interceptor(log.notes_that("third"))
    })
    .await;
    let id = waiting(&house).await;

    house.console.cancel(id, None).await.unwrap();
    for tries in [1, 2] {
        let waits =
            format!("SELECT count(*) FROM tower.untold WHERE attempt = {tries} AND worker_id = 0 AND due_at > now()");
        until("it waits for its next try", async || house.bed.number(&waits).await == 1).await;
        house.bed.query("UPDATE tower.untold SET due_at = now()", &[]).await;
    }
    house.until_all_are_told().await;

    let job = house.console.job(id).await.unwrap();
    let shown = complaints(&job);
    let kinds: Vec<_> = shown.iter().map(|(_, kind, message)| (kind.as_str(), message.as_str())).collect();
    assert_eq!(kinds, [("error", "the line is busy"), ("panic", "the line is dead")]);
    assert!(shown[0].0.starts_with("cancel interceptor "), "{shown:?}");
    assert_eq!(job.state, JobState::Cancelled, "it changes nothing");
    assert_eq!(house.stop().await, ["first", "second", "third", "second", "second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_hears_nothing_of_it_and_need_not_wait() {
    let house =
        House::new(|config, log| config.cancel_interceptor(log.then("told", || Err(JobError::new("busy"))))).await;
    let id = waiting(&house).await;

    let ended = tokio::time::timeout(Duration::from_secs(5), house.console.cancel(id, None)).await;

    assert!(ended.unwrap().unwrap(), "it has ended");
    until("it was tried", async || !house.log.notes().is_empty()).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_told_that_its_parent_did_not_complete() {
    let house = House::new(told).await;

    house.client.enqueue(Act::Discard).then(Act::Succeed).await.unwrap();

    until_heard(&house, &["cancelled: parent"]).await;
}

//! How long a job has its key: as long as it lives, retries included, and not longer.

use std::time::Duration;

use futures_util::future::join_all;
use task_tower::{Console, Enqueued, JobError, JobId, JobState, RetryPolicy, State, TaskTower};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::{Sync, enqueue_sync, live, sync};
use crate::support::proxy::Proxy;
use crate::support::stage::{Stage, stubborn};
use crate::support::{TestBed, in_state, until};

async fn work(job: Sync) -> Result<(), JobError> {
    match job.reason.as_str() {
        "fail" => Err(JobError::new("not yet")),
        "discard" => Err(JobError::discard("never")),
        "cancel" => Err(JobError::cancel("enough")),
        "snooze" => Err(JobError::snooze(Duration::from_secs(3_600))),
        _ => Ok(()),
    }
}

async fn build(bed: &TestBed) -> TaskTower {
    let hour = RetryPolicy::custom(|_| Duration::from_secs(3_600));
    bed.builder().job_with(work, |kind| kind.retry_policy(hour)).build().await.unwrap()
}

/// Runs a job for this reason until it is in this state, and enqueues it again.
async fn enqueued_after(reason: &str, state: JobState) -> (JobId, Enqueued) {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let running = tower.start().unwrap();
    let first = tower.client().enqueue(sync(1, reason)).unique_key("x").await.unwrap();
    in_state(&tower.console(), first, state).await;

    let again = tower.client().schedule(sync(1, reason)).in_hours(1).unique_key("x").or_find().await.unwrap();

    running.stop().await;
    (first, again)
}

#[tokio::test]
async fn a_job_that_waits_for_a_retry_keeps_its_key() {
    let (first, again) = enqueued_after("fail", JobState::Failed).await;

    assert_eq!(again, Enqueued::Existing(first));
}

#[tokio::test]
async fn a_job_that_was_snoozed_keeps_its_key() {
    let (first, again) = enqueued_after("snooze", JobState::Scheduled).await;

    assert_eq!(again, Enqueued::Existing(first));
}

#[tokio::test]
async fn a_job_that_has_ended_in_whatever_way_gives_its_key_back() {
    let ends = [("", JobState::Completed), ("discard", JobState::Dead), ("cancel", JobState::Cancelled)];
    for (reason, state) in ends {
        let (first, again) = enqueued_after(reason, state).await;

        assert!(again.is_new() && again.id() != first, "after {state}");
    }
}

#[tokio::test]
async fn a_scheduled_job_keeps_its_key_and_its_time() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let later = tower.client().schedule(sync(1, "a")).in_hours(1).unique_key("x").await.unwrap();

    let now = tower.client().enqueue(sync(1, "a")).unique_key("x").await.unwrap();

    assert_eq!(now, later);
    assert_eq!(tower.console().job(later).await.unwrap().state, JobState::Scheduled);
}

#[tokio::test]
async fn a_running_job_keeps_its_key_also_when_it_was_asked_to_stop() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());
    let running = tower.start().unwrap();
    let first = client.enqueue(stubborn("first")).unique_key("x").await.unwrap();
    in_state(&console, first, JobState::Processing).await;

    assert_eq!(client.enqueue(stubborn("second")).unique_key("x").await.unwrap(), first);
    assert!(!console.cancel(first, None).await.unwrap(), "it has not ended yet");
    assert_eq!(client.enqueue(stubborn("third")).unique_key("x").await.unwrap(), first);
    in_state(&console, first, JobState::Cancelled).await;
    let fourth = client.enqueue(stubborn("fourth")).unique_key("x").or_find().await.unwrap();

    assert!(fourth.is_new());
    stage.open();
    running.stop().await;
}

/// Makes a waiting job with the key 1, lets a person do this to it, and tells whether the key is free.
async fn is_free_after(deed: impl AsyncFn(&Console, JobId)) -> bool {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let id = enqueue_sync(&tower.client(), 1).await.id();

    deed(&tower.console(), id).await;

    enqueue_sync(&tower.client(), 1).await.is_new()
}

#[tokio::test]
async fn a_person_who_ends_a_job_frees_its_key_and_one_who_tags_or_requeues_it_does_not() {
    assert!(is_free_after(async |console, id| assert!(console.cancel(id, None).await.unwrap())).await);
    assert!(is_free_after(async |console, id| console.discard(id, None).await.unwrap()).await);
    assert!(is_free_after(async |console, id| console.delete(id).await.unwrap()).await);
    assert!(!is_free_after(async |console, id| console.requeue(id).await.unwrap()).await);
}

/// Makes a job whose worker has died, lets another find it, and enqueues it again.
async fn enqueued_after_a_crash(poison_after: u32, state: JobState) -> (JobId, Enqueued) {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = stage.cast(bed.builder().poison_after(poison_after)).build().await.unwrap();
    let first = tower.client().enqueue(stubborn("job")).unique_key("x").await.unwrap();
    bed.query("UPDATE tower.job SET state = 1, worker_id = 4711, lease = 1, attempt = 1", &[]).await;
    let running = tower.start().unwrap();
    until("it is rescued", async || tower.console().job(first).await.unwrap().crashes == 1).await;
    in_state(&tower.console(), first, state).await;

    let again = tower.client().enqueue(stubborn("again")).unique_key("x").or_find().await.unwrap();

    stage.open();
    running.stop().await;
    (first, again)
}

#[tokio::test]
async fn a_job_of_a_dead_worker_keeps_its_key_unless_it_is_poison() {
    let (first, again) = enqueued_after_a_crash(3, JobState::Processing).await;
    assert_eq!(again, Enqueued::Existing(first));

    let (_, again) = enqueued_after_a_crash(1, JobState::Dead).await;
    assert!(again.is_new());
}

async fn count(job: Sync, State(runs): State<UnboundedSender<i64>>) -> Result<(), JobError> {
    runs.send(job.user).map_err(JobError::new)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_towers_agree_on_one_job_and_it_runs_once() {
    let bed = TestBed::new().await;
    let (sender, mut runs) = unbounded_channel::<i64>();
    let (one, other) = (bed.builder().build().await.unwrap(), bed.builder().build().await.unwrap());
    let clients = [one.client(), other.client()];

    let answers = join_all((0..20).map(|number| enqueue_sync(&clients[number % 2], 1))).await;

    assert_eq!(answers.iter().filter(|answer| answer.is_new()).count(), 1);
    assert!(answers.iter().all(|answer| answer.id() == answers[0].id()));
    let worker = bed.builder().state(sender).job(count).build().await.unwrap();
    let running = worker.start().unwrap();
    in_state(&worker.console(), answers[0].id(), JobState::Completed).await;
    running.stop().await;
    assert_eq!((runs.try_recv(), runs.try_recv().is_err()), (Ok(1), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_job_whose_answer_was_lost_on_the_way_back_is_new() {
    let bed = TestBed::new().await;
    let mut proxy = Proxy::start(&bed.url).await;
    let tower = bed.builder().connection_string(proxy.address().text()).build().await.unwrap();
    let client = tower.client();
    enqueue_sync(&client, 1).await;

    proxy.lose_answers();
    let enqueueing = tokio::spawn(async move { enqueue_sync(&client, 2).await });
    until("it has arrived", async || live(&bed).await == 2).await;
    proxy.mend().await;

    let answer = enqueueing.await.unwrap();
    assert!(answer.is_new());
    assert_eq!(tower.console().job(answer.id()).await.unwrap().payload["user"], 2);
    assert_eq!(live(&bed).await, 2);
}

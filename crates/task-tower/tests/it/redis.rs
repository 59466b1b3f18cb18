//! Announcements by Redis: who is woken by it, and that whatever happens to it costs time at the most.

mod live;
pub mod server;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, JobId, JobState, Level, RunningTower, TaskTower};
use tokio::sync::mpsc;

use self::server::Redis;
use crate::support::address::Address;
use crate::support::{TestBed, in_state, until};

/// Less than a worker sleeps without a look, which is 4 s: what begins sooner was announced.
const AT_ONCE: Duration = Duration::from_millis(1_500);
/// What an enqueue may take on a busy machine, whatever Redis does.
const PROMPT: Duration = Duration::from_secs(1);
/// How often is looked whether anybody is notified. A busy machine needs a second or a third look.
const TRIES: usize = 10;

#[derive(Serialize, Deserialize)]
struct Errand {
    number: u64,
}

impl Job for Errand {
    const KIND: &'static str = "errand";
}

async fn run_errand(_: Errand) -> Result<(), JobError> {
    Ok(())
}

/// A tower whose worker looks each 4 s, if nobody wakes it, and whose connections bear the name of the schema.
async fn tower(bed: &TestBed, redis: Option<&str>) -> TaskTower {
    let minute = Duration::from_secs(60);
    let builder = bed.builder().connection_string(Address::of(&bed.url).named(&bed.schema).text());
    let builder = builder.queue_announcement_interval(minute).job_check_interval(minute);
    let builder = builder.heartbeat_interval(minute).dead_after(minute * 3).job(run_errand);
    let builder = match redis {
        Some(url) => builder.redis_url(url),
        None => builder,
    };
    builder.build().await.unwrap()
}

/// A worker that knows the lane, so that only what is announced of a job can wake it.
async fn start(tower: &TaskTower) -> RunningTower {
    let running = tower.start().unwrap();
    start_latency(tower).await;
    running
}

/// Waits until so many workers want to be woken by Redis, and so many by NOTIFY, and until they ask nothing any more, not even
/// as rarely as at the gate.
async fn asleep(bed: &TestBed, by_redis: i64, by_notify: i64) {
    let sleep = "SELECT (SELECT count(*) FROM tower.armed WHERE by_redis) = $2
                        AND (SELECT count(*) FROM tower.armed WHERE NOT by_redis) = $3
                        AND min(now() - state_change) > interval '600 ms'
                 FROM pg_stat_activity WHERE application_name = $1";
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] = [&bed.schema, &by_redis, &by_notify];
    until("the workers sleep", async || bed.query(sleep, &parameters).await[0].get(0)).await;
}

/// A worker that sleeps and is to be woken by Redis, and a client that can publish there.
struct Rest {
    bed: TestBed,
    redis: Redis,
    tower: TaskTower,
    running: RunningTower,
}

async fn at_rest() -> Rest {
    let (bed, redis) = (TestBed::new().await, Redis::start().await);
    let tower = tower(&bed, Some(&redis.url())).await;
    let running = start(&tower).await;
    redis.has_clients(2).await;
    asleep(&bed, 1, 0).await;
    Rest { bed, redis, tower, running }
}

impl Rest {
    /// What is enqueued while the worker sleeps begins at once, and nobody is notified. Several tries: a transaction that a
    /// busy machine holds up for a millisecond notifies as well, since it cannot rely on what it saw.
    async fn is_announced_by_redis_alone(&self, jobs: u64) {
        let (client, mut notified) = (&self.tower.client(), notifications(&self.bed).await);
        let mut heard = Vec::new();
        for _ in 0..TRIES {
            asleep(&self.bed, 1, 0).await;
            drain(&mut notified);
            let enqueue = |number| async move { client.enqueue(Errand { number }).await.unwrap() };
            for id in join_all((0..jobs).map(enqueue)).await {
                let latency = waited(&self.tower, id).await;
                assert!(latency < AT_ONCE, "{latency:?}");
            }
            heard = drain(&mut notified);
            if heard.is_empty() {
                return;
            }
        }
        panic!("notified {TRIES} times, at last {heard:?}");
    }
}

/// How long the job of a fresh enqueue waited for its start.
async fn start_latency(tower: &TaskTower) -> Duration {
    let id = tower.client().enqueue(Errand { number: 0 }).await.unwrap();
    waited(tower, id).await
}

async fn waited(tower: &TaskTower, id: JobId) -> Duration {
    let job = in_state(&tower.console(), id, JobState::Completed).await;
    (job.attempted_at.unwrap() - job.created_at).to_std().unwrap_or_default()
}

/// What is notified on the channel of the schema, from now on.
async fn notifications(bed: &TestBed) -> mpsc::UnboundedReceiver<String> {
    let channel: String = bed.query("SELECT tower.channel()", &[]).await[0].get(0);
    let (client, mut connection) = tokio_postgres::connect(&bed.url, tokio_postgres::NoTls).await.unwrap();
    let (heard, hears) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
            if let tokio_postgres::AsyncMessage::Notification(notification) = message {
                let _ = heard.send(notification.payload().to_owned());
            }
        }
    });
    client.batch_execute(&format!("LISTEN \"{channel}\"")).await.unwrap();
    // The connection lasts as long as the test.
    std::mem::forget(client);
    hears
}

fn drain(notified: &mut mpsc::UnboundedReceiver<String>) -> Vec<String> {
    std::iter::from_fn(|| notified.try_recv().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sleeper_is_woken_by_redis_and_nobody_is_notified() {
    let rest = at_rest().await;

    rest.is_announced_by_redis_alone(1).await;

    rest.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_go_in_together_are_announced_by_redis_too() {
    let rest = at_rest().await;

    rest.is_announced_by_redis_alone(50).await;

    rest.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_redis_is_killed_workers_are_notified_and_when_it_is_back_it_is_used_again() {
    let mut rest = at_rest().await;

    rest.redis.kill();
    asleep(&rest.bed, 0, 1).await;
    let without = start_latency(&rest.tower).await;
    rest.redis.restart().await;
    rest.redis.has_clients(2).await;

    assert!(without < AT_ONCE, "{without:?}");
    rest.is_announced_by_redis_alone(1).await;
    rest.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_flushed_is_as_good_as_before() {
    let rest = at_rest().await;

    rest.redis.say("FLUSHALL").await;

    rest.is_announced_by_redis_alone(1).await;
    rest.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_redis_does_not_answer_enqueues_are_as_fast_and_workers_are_notified() {
    let Rest { bed: _bed, redis, tower, running } = at_rest().await;

    redis.freeze();
    let began = Instant::now();
    let id = tower.client().enqueue(Errand { number: 1 }).await.unwrap();
    let answered = began.elapsed();
    let latency = waited(&tower, id).await;

    assert!(answered < PROMPT && latency < AT_ONCE, "{answered:?}, {latency:?}");
    redis.thaw();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_redis_there_is_notify() {
    let bed = TestBed::new().await;
    let tower = tower(&bed, Some("redis://127.0.0.1:1")).await;
    let running = start(&tower).await;
    asleep(&bed, 0, 1).await;

    let latency = start_latency(&tower).await;

    assert!(latency < AT_ONCE, "{latency:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_publish_wakes_a_worker_that_has_redis() {
    let (bed, redis) = (TestBed::new().await, Redis::start().await);
    let (tower, plain) = (tower(&bed, Some(&redis.url())).await, tower(&bed, None).await);
    let running = start(&tower).await;
    let client = tower.client();
    let by_sql = r#"SELECT tower.enqueue('errand', '{"number": 1}')"#;

    asleep(&bed, 1, 0).await;
    let by_plain_client = start_latency(&plain).await;
    asleep(&bed, 1, 0).await;
    let many = client.enqueue_all((1..9).map(|number| Errand { number })).await.unwrap();
    let of_many = waited(&tower, many[0]).await;
    asleep(&bed, 1, 0).await;
    let unique = client.enqueue(Errand { number: 9 }).unique_key("nine").await.unwrap();
    let unique = waited(&tower, unique).await;
    asleep(&bed, 1, 0).await;
    let id: uuid::Uuid = bed.query(by_sql, &[]).await[0].get(0);
    let from_sql = waited(&tower, JobId::from(id)).await;

    let latencies = [by_plain_client, of_many, unique, from_sql];
    assert!(latencies.iter().all(|latency| *latency < AT_ONCE), "{latencies:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_sleeper_has_no_redis_all_are_notified() {
    let (bed, redis) = (TestBed::new().await, Redis::start().await);
    let (with, without) = (tower(&bed, Some(&redis.url())).await, tower(&bed, None).await);
    let running = [start(&with).await, start(&without).await];
    redis.has_clients(2).await;
    asleep(&bed, 1, 1).await;
    let mut notified = notifications(&bed).await;

    let latency = start_latency(&with).await;

    assert!(latency < AT_ONCE, "{latency:?}");
    assert!(drain(&mut notified).contains(&"default".to_owned()));
    for worker in running {
        worker.stop().await;
    }
}

/// What is published there is heard by nobody, and Redis says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_another_redis_notifies() {
    let (bed, redis, other) = (TestBed::new().await, Redis::start().await, Redis::start().await);
    let (worker, client) = (tower(&bed, Some(&redis.url())).await, tower(&bed, Some(&other.url())).await);
    let running = start(&worker).await;
    other.has_clients(1).await;
    asleep(&bed, 1, 0).await;

    let latency = start_latency(&client).await;

    assert!(latency < AT_ONCE, "{latency:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_and_the_list_of_workers_tell_which_of_the_two_it_is() {
    let (bed, redis) = (TestBed::new().await, Redis::start().await);
    redis.say("CONFIG SET requirepass s3cret").await;
    let build = async |url: String| bed.builder().job(run_errand).redis_url(url).build().await.unwrap();
    let (right, wrong) = (build(redis.url_with("s3cret")).await, build(redis.url_with("guess")).await);
    let console = right.console();

    let running = right.start().unwrap();
    until("Redis wakes it", async || console.workers().await.unwrap().iter().any(|it| it.by_redis == Some(true))).await;
    let connected = console.doctor().await.unwrap();
    running.stop().await;
    let running = wrong.start().unwrap();
    until("it is told", async || console.workers().await.unwrap().iter().any(|it| it.by_redis == Some(false))).await;
    let refused = console.doctor().await.unwrap();

    let check = |report: &task_tower::Report| report.checks.iter().find(|check| check.name == "redis").unwrap().clone();
    let (connected, refused) = (check(&connected), check(&refused));
    assert_eq!((connected.level, connected.reason.to_string()), (Level::Passed, "Redis wakes 1 worker.".to_owned()));
    assert_eq!(refused.level, Level::Warning);
    assert!(refused.title.to_string().ends_with("does not reach Redis"), "{refused:?}");
    running.stop().await;
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_its_password() {
    let bed = TestBed::new().await;

    let error = bed.builder().redis_url("redis://:s3cret@host:port/nothing").build().await.err().unwrap();

    assert!(error.is_invalid() && error.to_string().contains("redis_url"), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}

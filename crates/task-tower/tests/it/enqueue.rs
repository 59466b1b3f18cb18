//! Single enqueues: what a call may say, who wins when several say it, how calls are gathered, and
//! what a caller hears when the database is away.

use std::collections::HashSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use task_tower::{Job, JobContext, JobError, JobId, JobState, State, TaskTower};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::support::address::Address;
use crate::support::proxy::Proxy;
use crate::support::{PATIENCE, TestBed, in_state, until};

/// Says nothing, so that the defaults hold.
#[derive(Serialize, Deserialize)]
struct Plain;

impl Job for Plain {
    const KIND: &'static str = "plain";
}

async fn plain(_job: Plain) -> Result<(), JobError> {
    Ok(())
}

/// Says everything by its constants.
#[derive(Serialize, Deserialize)]
struct Letter {
    user_id: i64,
}

impl Job for Letter {
    const KIND: &'static str = "letter";
    const QUEUE: &'static str = "post";
    const MAX_RETRIES: u32 = 7;
    const PRIORITY: i16 = 3;
}

type Contexts = UnboundedSender<JobContext>;

async fn letter(_job: Letter, context: JobContext, State(seen): State<Contexts>) -> Result<(), JobError> {
    seen.send(context).map_err(JobError::new)
}

/// Whatever JSON the test wants.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Raw(Box<RawValue>);

impl Job for Raw {
    const KIND: &'static str = "raw";
}

fn raw(json: &str) -> Raw {
    Raw(RawValue::from_string(json.to_owned()).unwrap())
}

async fn tower(bed: &TestBed) -> TaskTower {
    bed.builder().build().await.unwrap()
}

#[tokio::test]
async fn every_option_of_a_call_is_stored() {
    let bed = TestBed::new().await;
    let tower = tower(&bed).await;

    let id = tower
        .client()
        .enqueue(Letter { user_id: 5 })
        .to_queue("express")
        .tags(["vip", "de"])
        .max_retries(2)
        .priority(-40)
        .timeout(Duration::from_millis(1_500))
        .await
        .unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.kind.as_str(), job.queue.as_str()), ("letter", "express"));
    assert_eq!(job.tags, ["vip", "de"]);
    assert_eq!((job.max_retries, job.priority, job.timeout_ms), (2, -40, Some(1_500)));
    assert_eq!(job.payload, serde_json::json!({ "user_id": 5 }));
    assert_eq!((job.state, job.attempt, job.failures), (JobState::Enqueued, 0, 0));
}

#[tokio::test]
async fn every_option_of_a_call_reaches_its_run() {
    let bed = TestBed::new().await;
    let (seen, mut contexts) = unbounded_channel();
    let tower = bed.builder().state::<Contexts>(seen).job(letter).build().await.unwrap();
    let running = tower.start().unwrap();

    let request = tower.client().enqueue(Letter { user_id: 5 });
    let id = request.to_queue("express").tags(["vip", "de"]).max_retries(0).priority(9).await.unwrap();

    let context = contexts.recv().await.unwrap();
    assert_eq!(context.job_id(), id);
    assert_eq!((context.kind(), context.queue()), ("letter", "express"));
    assert_eq!(context.tags(), ["vip", "de"]);
    assert_eq!((context.max_retries(), context.priority(), context.attempt()), (0, 9, 1));
    assert!(context.is_last_attempt());
    running.stop().await;
}

#[tokio::test]
async fn what_nobody_says_is_the_default() {
    let bed = TestBed::new().await;
    let tower = tower(&bed).await;

    let id = tower.client().enqueue(Plain).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.queue.as_str(), job.max_retries, job.priority), ("default", 10, 0));
    assert_eq!((job.tags.len(), job.timeout_ms), (0, None));
}

#[tokio::test]
async fn the_constants_of_a_job_win_over_the_defaults() {
    let bed = TestBed::new().await;
    let tower = tower(&bed).await;

    let id = tower.client().enqueue(Letter { user_id: 1 }).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.queue.as_str(), job.max_retries, job.priority), ("post", 7, 3));
}

/// A tower that configures the kind `letter`.
async fn configured(bed: &TestBed) -> TaskTower {
    let (seen, _) = unbounded_channel();
    let builder = bed.builder().state::<Contexts>(seen);
    builder.job_with(letter, |kind| kind.queue("parcels").max_retry_count(4).priority(-3)).build().await.unwrap()
}

#[tokio::test]
async fn the_configuration_of_a_kind_wins_over_the_constants() {
    let bed = TestBed::new().await;
    let tower = configured(&bed).await;

    let id = tower.client().enqueue(Letter { user_id: 1 }).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.queue.as_str(), job.max_retries, job.priority), ("parcels", 4, -3));
}

#[tokio::test]
async fn a_call_wins_over_the_configuration_of_its_kind() {
    let bed = TestBed::new().await;
    let tower = configured(&bed).await;

    let request = tower.client().enqueue(Letter { user_id: 1 });
    let id = request.to_queue("express").max_retries(0).priority(0).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.queue.as_str(), job.max_retries, job.priority), ("express", 0, 0));
}

/// Never comes to an end.
#[derive(Serialize, Deserialize)]
struct Endless;

impl Job for Endless {
    const KIND: &'static str = "endless";
    const MAX_RETRIES: u32 = 0;
}

async fn endless(_job: Endless) -> Result<(), JobError> {
    std::future::pending().await
}

/// The same, with a limit of its own.
#[derive(Serialize, Deserialize)]
struct Limited;

impl Job for Limited {
    const KIND: &'static str = "limited";
    const MAX_RETRIES: u32 = 0;
    const TIMEOUT: Option<Duration> = Some(Duration::from_millis(60));
}

async fn limited(_job: Limited) -> Result<(), JobError> {
    std::future::pending().await
}

async fn assert_timed_out(tower: &TaskTower, id: JobId, limit: &str) {
    let job = in_state(&tower.console(), id, JobState::Dead).await;
    let failure = job.last_failure().unwrap();
    assert_eq!(failure.kind, "timeout");
    assert!(failure.message.contains(limit), "{}", failure.message);
}

#[tokio::test]
async fn the_timeout_of_a_call_ends_its_run() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(endless).build().await.unwrap();
    let running = tower.start().unwrap();

    let id = tower.client().enqueue(Endless).timeout(Duration::from_millis(50)).await.unwrap();

    assert_timed_out(&tower, id, "50").await;
    running.stop().await;
}

#[tokio::test]
async fn the_timeout_of_a_call_wins_over_that_of_the_kind_and_that_over_the_constant() {
    let bed = TestBed::new().await;
    let long = Duration::from_secs(3_600);
    let builder = bed.builder().job_with(endless, |kind| kind.timeout(long));
    let tower = builder.job_with(limited, |kind| kind.timeout(Duration::from_millis(70))).build().await.unwrap();
    let running = tower.start().unwrap();

    let by_call = tower.client().enqueue(Endless).timeout(Duration::from_millis(50)).await.unwrap();
    let by_kind = tower.client().enqueue(Limited).await.unwrap();

    assert_timed_out(&tower, by_call, "50").await;
    assert_timed_out(&tower, by_kind, "70").await;
    running.stop().await;
}

#[tokio::test]
async fn the_timeout_of_the_constant_holds_when_nobody_says_another() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(limited).build().await.unwrap();
    let running = tower.start().unwrap();

    let id = tower.client().enqueue(Limited).await.unwrap();

    assert_timed_out(&tower, id, "60").await;
    running.stop().await;
}

#[tokio::test]
async fn a_tag_that_is_given_twice_counts_once() {
    let bed = TestBed::new().await;
    let tower = tower(&bed).await;

    let id = tower.client().enqueue(Plain).tags(["b", "a", "b"]).tags(["a", "c"]).await.unwrap();

    assert_eq!(tower.console().job(id).await.unwrap().tags, ["b", "a", "c"]);
}

#[tokio::test]
async fn each_caller_is_answered_after_its_own_commit() {
    let bed = TestBed::new().await;
    let tower = tower(&bed).await;
    let (client, other) = (tower.client(), bed.connect().await);
    let sql = format!("SELECT count(*) FROM {}.job WHERE id = $1", bed.quoted());

    let visible = join_all((0..200).map(async |user_id| {
        let id = client.enqueue(Letter { user_id }).await.unwrap();
        other.query_one(&sql, &[&id.as_uuid()]).await.unwrap().get::<_, i64>(0)
    }))
    .await;

    assert_eq!(visible, vec![1; 200]);
}

#[tokio::test]
async fn enqueues_of_the_same_moment_share_a_commit() {
    let bed = TestBed::new().await;
    let tower = tower(&bed).await;
    let client = tower.client();

    let ids = join_all((0..200).map(|user_id| client.enqueue(Letter { user_id }).into_future())).await;

    let ids: HashSet<JobId> = ids.into_iter().map(Result::unwrap).collect();
    assert_eq!(ids.len(), 200);
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 200);
    let commits = bed.number("SELECT count(DISTINCT xmin::text) FROM tower.job").await;
    assert!(commits <= 10, "{commits} commits for 200 enqueues");
}

/// Two connections in turn would each take half of them, and need twice as many commits. A busy machine, on which a statement
/// takes longer than callers wait for each other, gets several tries.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_who_are_few_share_one_statement() {
    let bed = TestBed::new().await;
    let client = tower(&bed).await.client();
    let call = |user_id| {
        let client = client.clone();
        tokio::spawn(async move {
            for _ in 0..50 {
                client.enqueue(Letter { user_id }).await.unwrap();
            }
        })
    };

    let mut commits = 0;
    for _ in 0..5 {
        join_all((0..16).map(call)).await.into_iter().for_each(Result::unwrap);
        let all = bed.number("SELECT count(DISTINCT xmin::text) FROM tower.job").await;
        if all - commits <= 75 {
            return;
        }
        commits = all;
    }
    panic!("{commits} commits for five times 50 enqueues of 16 callers");
}

/// Plain jobs cannot be inserted while somebody has this table to himself.
const STOP_PLAIN_JOBS: &str = "
    CREATE TABLE tower.stop ();
    CREATE FUNCTION tower.stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM FROM tower.stop; RETURN NEW; END';
    CREATE TRIGGER stop BEFORE INSERT ON tower.job
        FOR EACH ROW WHEN (NEW.kind = 'plain') EXECUTE FUNCTION tower.stop()";

/// Those who come meanwhile wait for it, so as to share a statement; but not until its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_long_keeps_nobody_waiting() {
    let bed = TestBed::new().await;
    let client = tower(&bed).await.client();
    bed.execute(&STOP_PLAIN_JOBS.replace("tower.", &format!("{}.", bed.quoted()))).await;
    let stopper = bed.connect().await;
    stopper.batch_execute(&format!("BEGIN; LOCK TABLE {}.stop", bed.quoted())).await.unwrap();
    let send = |users: Range<i64>| users.map(|user_id| client.enqueue(Letter { user_id }).into_future());

    // The first two go alone, the others together.
    let crowd = tokio::spawn(join_all(send(0..10).chain([client.enqueue(Plain).into_future()])));
    let stopped = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'tower.stop'::regclass";
    until("they are stopped", async || bed.number(stopped).await == 1).await;
    let others = timeout(PATIENCE, join_all(send(10..13))).await.expect("they need not wait for the stopper");
    stopper.batch_execute("COMMIT").await.unwrap();

    let all = others.into_iter().chain(crowd.await.unwrap());
    assert_eq!(all.map(Result::unwrap).count(), 14);
}

/// Fifty good jobs and, in their midst, one that PostgreSQL refuses though it passes our checks.
async fn assert_fails_alone(bad: &str) {
    let bed = TestBed::new().await;
    let tower = tower(&bed).await;
    let client = tower.client();

    let jobs = (0..50).map(|number| if number == 25 { raw(bad) } else { raw(&number.to_string()) });
    let answers = join_all(jobs.map(|job| client.enqueue(job).into_future())).await;

    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer.is_err(), number == 25, "{number}: {answer:?}");
    }
    let error = answers[25].as_ref().unwrap_err();
    assert!(error.is_invalid() && !error.is_unavailable(), "{error:?}");
    assert!(error.to_string().contains("payload"), "{error}");
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 49);
}

#[tokio::test]
async fn a_number_that_postgresql_refuses_fails_no_neighbor() {
    assert_fails_alone("1e999999").await;
}

#[tokio::test]
async fn half_a_character_that_postgresql_refuses_fails_no_neighbor() {
    assert_fails_alone(r#""\ud800""#).await;
}

#[tokio::test]
async fn a_client_that_is_dropped_closes_its_connections() {
    let bed = TestBed::new().await;
    let name = format!("drop of {}", bed.schema);
    let builder = bed.builder().connection_string(Address::of(&bed.url).named(&name).text());
    let tower = builder.build().await.unwrap();
    let client = tower.client();
    join_all((0..50).map(|user_id| client.enqueue(Letter { user_id }).into_future())).await;
    let open = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}'");
    assert!(bed.number(&open).await > 0);

    drop((tower, client));

    until("its connections are closed", async || bed.number(&open).await == 0).await;
}

#[tokio::test]
async fn an_enqueue_without_a_database_says_so_and_works_when_it_is_back() {
    let bed = TestBed::new().await;
    let mut proxy = Proxy::start(&bed.url).await;
    let tower = bed.builder().connection_string(proxy.address().text()).build().await.unwrap();
    let client = tower.client();
    client.enqueue(Plain).await.unwrap();

    proxy.cut().await;
    let began = Instant::now();
    let answers = join_all((0..20).map(|_| client.enqueue(Plain).into_future())).await;

    let waited = began.elapsed();
    assert!(answers.into_iter().all(|answer| answer.unwrap_err().is_unavailable()));
    assert!(waited > Duration::from_secs(3) && waited < Duration::from_secs(15), "answered after {waited:?}");
    proxy.mend().await;
    client.enqueue(Plain).await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 2);
}

#[tokio::test]
async fn a_short_outage_is_waited_for() {
    let bed = TestBed::new().await;
    let mut proxy = Proxy::start(&bed.url).await;
    let tower = bed.builder().connection_string(proxy.address().text()).build().await.unwrap();
    let client = tower.client();
    client.enqueue(Plain).await.unwrap();
    proxy.cut().await;

    let enqueueing = tokio::spawn(client.enqueue(Plain).into_future());
    tokio::time::sleep(Duration::from_millis(300)).await;
    proxy.mend().await;

    enqueueing.await.unwrap().unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 2);
}

#[tokio::test]
async fn many_enqueues_to_a_database_that_is_silent_do_not_wait_for_each_other() {
    let bed = TestBed::new().await;
    let mut proxy = Proxy::start(&bed.url).await;
    let tower = bed.builder().connection_string(proxy.address().text()).build().await.unwrap();
    let client = tower.client();

    proxy.fall_silent().await;
    let began = Instant::now();
    let answers = join_all((0..20).map(|_| client.enqueue(Plain).into_future())).await;

    assert!(answers.into_iter().all(|answer| answer.unwrap_err().is_unavailable()));
    let waited = began.elapsed();
    assert!(waited < Duration::from_secs(40), "answered after {waited:?}");
}

#[tokio::test]
async fn an_enqueue_is_done_once_though_its_connection_breaks() {
    let bed = TestBed::new().await;
    let name = format!("break of {}", bed.schema);
    let builder = bed.builder().connection_string(Address::of(&bed.url).named(&name).text());
    let client = builder.build().await.unwrap().client();
    let killer = bed.connect().await;
    let kill = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'");

    for user_id in 0..20 {
        let (answer, _) = tokio::join!(client.enqueue(Letter { user_id }).into_future(), async {
            killer.execute(&kill, &[]).await.unwrap()
        });
        answer.unwrap();
    }

    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 20);
}

/// More of them than there are connections, each in the middle of its statement.
#[tokio::test]
async fn callers_who_give_up_keep_no_connection_from_those_who_come_after() {
    let bed = TestBed::new().await;
    let client = tower(&bed).await.client();
    client.enqueue(Plain).await.unwrap();
    let blocker = bed.connect().await;
    let lock = format!("BEGIN; LOCK TABLE {}.job IN EXCLUSIVE MODE", bed.quoted());
    blocker.batch_execute(&lock).await.unwrap();
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'tower.job'::regclass";

    let mut callers: Vec<_> = (0..6).map(|user_id| client.enqueue(Letter { user_id }).into_future()).collect();
    for caller in &mut callers {
        assert!(futures_util::poll!(caller).is_pending());
    }
    until("both connections wait", async || bed.number(waiting).await == 2).await;
    drop(callers);
    blocker.batch_execute("COMMIT").await.unwrap();

    join_all((100..120).map(|user_id| client.enqueue(Letter { user_id }).into_future())).await.into_iter().for_each(
        |answer| {
            answer.unwrap();
        },
    );
    let twice = "SELECT count(*) - count(DISTINCT payload) FROM tower.job WHERE kind = 'letter'";
    assert_eq!(bed.number(twice).await, 0);
    let kept = "SELECT count(*) FROM tower.job WHERE (payload->>'user_id')::integer >= 100";
    assert_eq!(bed.number(kept).await, 20);
}

#[tokio::test]
async fn a_client_works_in_another_runtime_and_after_its_end() {
    let bed = TestBed::new().await;
    let client = tower(&bed).await.client();
    client.enqueue(Plain).await.unwrap();

    let elsewhere = client.clone();
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            join_all((0..20).map(|user_id| elsewhere.enqueue(Letter { user_id }).into_future())).await
        })
    })
    .await
    .unwrap()
    .into_iter()
    .for_each(|answer| {
        answer.unwrap();
    });

    client.enqueue(Plain).await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 22);
}

#[tokio::test]
async fn a_job_enqueued_by_sql_runs() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(plain).build().await.unwrap();
    let running = tower.start().unwrap();

    let rows = bed.query("SELECT tower.enqueue('plain', 'null', tags => '{vip}')", &[]).await;

    let id = JobId::from(rows[0].get::<_, uuid::Uuid>(0));
    let job = in_state(&tower.console(), id, JobState::Completed).await;
    assert_eq!((job.tags, job.max_retries), (vec!["vip".to_owned()], 10));
    running.stop().await;
}

#[test]
fn a_client_whose_runtime_has_ended_says_so_and_never_hangs() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let tower = first.block_on(async { TestBed::new().await.builder().build().await.unwrap() });
    second.block_on(async { tower.client().enqueue(Plain).await.unwrap() });

    drop(first);

    for _ in 0..3 {
        let enqueued = second.block_on(async {
            tokio::time::timeout(Duration::from_secs(20), tower.client().enqueue(Plain).into_future()).await
        });
        let error = enqueued.expect("it hangs").unwrap_err();
        assert!(error.is_unavailable() && error.to_string().contains("has ended"), "{error}");
    }
}

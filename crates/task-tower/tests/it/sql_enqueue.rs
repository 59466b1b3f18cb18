//! Enqueueing from SQL, as programs in other languages do it: what may be said, what is refused, and
//! that a worker asleep is woken.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use task_tower::{Job, JobError, JobId, JobRecord, JobState, RunningTower, TaskTower};
use tokio_postgres::Client;
use tokio_postgres::error::{DbError, SqlState};
use uuid::Uuid;

use crate::support::address::Address;
use crate::support::{TestBed, in_state, until};

#[derive(Serialize, Deserialize)]
struct Greet {
    name: String,
}

impl Job for Greet {
    const KIND: &'static str = "greet";
}

async fn greet(_job: Greet) -> Result<(), JobError> {
    Ok(())
}

async fn build(bed: &TestBed) -> TaskTower {
    bed.builder().job(greet).build().await.unwrap()
}

/// Calls `enqueue` with these arguments, as they stand in SQL.
async fn enqueue(bed: &TestBed, arguments: &str) -> JobId {
    enqueue_on(&bed.connect().await, bed, arguments).await
}

async fn enqueue_on(connection: &Client, bed: &TestBed, arguments: &str) -> JobId {
    let sql = format!("SELECT {}.enqueue({arguments})", bed.quoted());
    let id: Uuid = connection.query_one(&sql, &[]).await.unwrap().get(0);
    JobId::from(id)
}

/// What the server says to a call that it refuses.
async fn refusal(bed: &TestBed, arguments: &str) -> DbError {
    let sql = format!("SELECT {}.enqueue({arguments})", bed.quoted());
    let error = bed.connect().await.query(&sql, &[]).await.unwrap_err();
    error.as_db_error().unwrap().clone()
}

#[tokio::test]
async fn a_kind_and_its_data_are_enough() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let running = tower.start().unwrap();

    let id = enqueue(&bed, r#"'greet', '{"name": "Ada"}'"#).await;

    let job = in_state(&tower.console(), id, JobState::Completed).await;
    assert_eq!((job.kind.as_str(), job.queue.as_str(), job.priority), ("greet", "default", 0));
    assert_eq!((job.max_retries, job.timeout_ms, job.tags.len()), (10, None, 0));
    assert_eq!(job.payload, json!({"name": "Ada"}));
    running.stop().await;
}

#[tokio::test]
async fn a_kind_alone_has_an_empty_object_as_its_data() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;

    let id = enqueue(&bed, "'greet'").await;

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.state, job.payload), (JobState::Enqueued, json!({})));
}

#[tokio::test]
async fn every_option_has_a_name() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let id = JobId::from(Uuid::now_v7());
    let arguments = format!(
        r#"kind => 'greet', payload => '{{"name": "Ada"}}', queue => 'post', run_at => '2100-01-02T03:04:05Z',
           priority => -7, max_retries => 3, tags => '{{vip,"two words"}}', timeout => '1.5 seconds',
           context => '{{"trace": 1}}', id => '{id}', payload_bytes_max => 100"#
    );

    let answered = enqueue(&bed, &arguments).await;

    assert_eq!(answered, id);
    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.queue.as_str(), job.priority, job.max_retries), ("post", -7, 3));
    assert_eq!((job.timeout_ms, job.context), (Some(1_500), Some(json!({"trace": 1}))));
    assert_eq!((job.tags, job.payload), (vec!["vip".to_owned(), "two words".to_owned()], json!({"name": "Ada"})));
    assert_eq!(
        (job.state, job.run_at),
        (JobState::Scheduled, "2100-01-02T03:04:05Z".parse::<DateTime<Utc>>().unwrap())
    );
}

#[tokio::test]
async fn a_delay_counts_from_now_by_the_calendar_of_utc() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;

    let id = enqueue(&bed, "'greet', delay => '1 month 2 hours'").await;

    let job = tower.console().job(id).await.unwrap();
    let expected = job.created_at.checked_add_months(chrono::Months::new(1)).unwrap() + TimeDelta::hours(2);
    assert_eq!((job.state, job.run_at), (JobState::Scheduled, expected));
}

#[tokio::test]
async fn a_time_that_has_passed_means_now() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;

    let id = enqueue(&bed, "'greet', run_at => '1999-12-31'").await;

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.state, job.run_at), (JobState::Enqueued, job.created_at));
}

#[tokio::test]
async fn an_id_is_a_uuid_v7_of_this_moment() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;

    let id = enqueue(&bed, "'greet'").await;

    let job = tower.console().job(id).await.unwrap();
    let (seconds, nanoseconds) = id.as_uuid().get_timestamp().unwrap().to_unix();
    let made = DateTime::from_timestamp(seconds.cast_signed(), nanoseconds).unwrap();
    assert_eq!(id.as_uuid().get_version_num(), 7);
    assert_eq!(id.as_uuid().get_variant(), uuid::Variant::RFC4122);
    assert!((job.created_at - made).abs() < TimeDelta::milliseconds(100), "{made} is not {}", job.created_at);
}

#[tokio::test]
async fn ids_sort_by_the_time_of_the_enqueue_and_never_repeat() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let early = enqueue(&bed, "'greet'").await;
    bed.query("SELECT tower.enqueue('greet') FROM generate_series(1, 1000), pg_sleep(0.002)", &[]).await;

    let late = enqueue(&bed, "'greet'").await;

    assert!(early < late, "{early} {late}");
    assert_eq!(bed.number("SELECT count(DISTINCT id) FROM tower.job").await, 1_002);
    drop(tower);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_name() {
    let bed = TestBed::new().await;
    let _tower = build(&bed).await;
    let ending = "has a comma, a star, a control character or a blank at its end";
    let refused = [
        ("''", "kind", "kind is empty".to_owned()),
        ("NULL", "kind", "kind is empty".to_owned()),
        ("repeat('x', 65)", "kind", "kind is longer than 64 bytes".to_owned()),
        ("'greet', queue => ''", "queue", "queue is empty".to_owned()),
        ("'greet', queue => 'a,b'", "queue", format!("queue \"a,b\" {ending}")),
        ("'greet', queue => '*'", "queue", format!("queue \"*\" {ending}")),
        ("'greet', queue => ' a'", "queue", format!("queue \" a\" {ending}")),
        ("'greet', queue => E'a\\nb'", "queue", format!("queue \"a\nb\" {ending}")),
        ("'greet', tags => '{good,\"b,ad\"}'", "tag", format!("tag \"b,ad\" {ending}")),
        ("'greet', tags => array_fill('t'::text, '{33}')", "tags", "tags: 33 given, at most 32 are allowed".to_owned()),
        ("'greet', tags => '{{a,b},{c,d}}'", "tags", "tags have 2 dimensions, a plain list is wanted".to_owned()),
        ("'greet', payload => NULL", "payload", "payload is null".to_owned()),
        (
            "'greet', run_at => now(), delay => '1 s'",
            "delay",
            "run_at and delay are both given, one is wanted".to_owned(),
        ),
        ("'greet', priority => NULL", "priority", "priority <NULL> is not between -100 and 100".to_owned()),
        ("'greet', max_retries => NULL", "max_retries", "max_retries <NULL> is not between 0 and 1000".to_owned()),
        (
            "'greet', to_jsonb(repeat('x', 1048576))",
            "payload",
            "payload has 1048578 bytes, at most 1048576 are allowed".to_owned(),
        ),
        ("'greet', priority => 101", "priority", "priority 101 is not between -100 and 100".to_owned()),
        ("'greet', priority => -101", "priority", "priority -101 is not between -100 and 100".to_owned()),
        ("'greet', max_retries => 1001", "max_retries", "max_retries 1001 is not between 0 and 1000".to_owned()),
        ("'greet', timeout => '0 s'", "timeout", "timeout 00:00:00 is not longer than nothing".to_owned()),
    ];

    for (arguments, column, message) in refused {
        let error = refusal(&bed, arguments).await;

        assert_eq!(error.code(), &SqlState::INVALID_PARAMETER_VALUE, "{arguments}");
        assert_eq!((error.column(), error.message()), (Some(column), message.as_str()), "{arguments}");
    }
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_taken() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let taken = [
        "repeat('x', 64)",
        "'greet', to_jsonb(repeat('x', 1048574))",
        "'greet', tags => array_fill('t'::text, '{32}')",
        "'greet', priority => 100, max_retries => 0, timeout => '1 millisecond'",
        "'greet', priority => -100, max_retries => 1000, tags => NULL",
    ];

    for arguments in taken {
        let id = enqueue(&bed, arguments).await;

        assert_eq!(tower.console().job(id).await.unwrap().state, JobState::Enqueued, "{arguments}");
    }
}

/// A tower whose worker sleeps for a minute if nobody wakes it.
struct Sleeper {
    bed: TestBed,
    tower: TaskTower,
    running: RunningTower,
}

impl Sleeper {
    /// A worker that knows the lane, so that only the notification of the job itself can wake it.
    async fn asleep() -> Self {
        let bed = TestBed::new().await;
        let tower = Self::build(&bed).await;
        let running = tower.start().unwrap();
        let id = enqueue(&bed, r#"'greet', '{"name": "first"}'"#).await;
        in_state(&tower.console(), id, JobState::Completed).await;
        let sleeper = Self { bed, tower, running };
        sleeper.sleeps().await;
        sleeper
    }

    async fn build(bed: &TestBed) -> TaskTower {
        let minute = Duration::from_secs(60);
        bed.builder()
            .connection_string(Address::of(&bed.url).named(&bed.schema).text())
            .queue_announcement_interval(minute)
            .job_check_interval(minute)
            .heartbeat_interval(minute)
            .dead_after(minute * 3)
            .job(greet)
            .build()
            .await
            .unwrap()
    }

    /// Waits until it is armed and asks nothing any more, not even as rarely as at the gate.
    async fn sleeps(&self) {
        let sql = "SELECT (SELECT count(*) FROM tower.armed) = 1 AND min(now() - state_change) > interval '600 ms'
                   FROM pg_stat_activity WHERE application_name = $1";
        until("the worker sleeps", async || self.bed.query(sql, &[&self.bed.schema]).await[0].get(0)).await;
    }

    /// Waits until the job that was committed just now is done; it must not take a second.
    async fn wakes_for(self, id: JobId) {
        let committed = Instant::now();
        let job: JobRecord = in_state(&self.tower.console(), id, JobState::Completed).await;
        let waited = committed.elapsed();
        assert!(waited < Duration::from_secs(1), "it took {waited:?}: {job:#?}");
        self.running.stop().await;
    }
}

const GREET: &str = r#"'greet', '{"name": "second"}'"#;

#[tokio::test]
async fn a_worker_asleep_is_woken() {
    let sleeper = Sleeper::asleep().await;

    let id = enqueue(&sleeper.bed, GREET).await;

    sleeper.wakes_for(id).await;
}

#[tokio::test]
async fn a_worker_asleep_wakes_for_a_new_queue() {
    let sleeper = Sleeper::asleep().await;

    let id = enqueue(&sleeper.bed, &format!("{GREET}, queue => 'new'")).await;

    sleeper.wakes_for(id).await;
}

#[tokio::test]
async fn a_worker_asleep_is_woken_by_a_transaction_that_enqueued_some_time_before_its_commit() {
    let sleeper = Sleeper::asleep().await;
    let connection = sleeper.bed.connect().await;
    connection.batch_execute("BEGIN").await.unwrap();

    let id = enqueue_on(&connection, &sleeper.bed, GREET).await;
    connection.batch_execute("SELECT pg_sleep(0.05)").await.unwrap();
    connection.batch_execute("COMMIT").await.unwrap();

    sleeper.wakes_for(id).await;
}

#[tokio::test]
async fn a_worker_asleep_is_woken_by_a_transaction_that_began_some_time_before_its_enqueue() {
    let sleeper = Sleeper::asleep().await;
    let connection = sleeper.bed.connect().await;
    connection.batch_execute("BEGIN").await.unwrap();
    connection.batch_execute("SELECT pg_sleep(0.05)").await.unwrap();

    let id = enqueue_on(&connection, &sleeper.bed, GREET).await;
    connection.batch_execute("COMMIT").await.unwrap();

    sleeper.wakes_for(id).await;
}

/// Its snapshot does not show that the worker sleeps.
#[tokio::test]
async fn a_worker_asleep_is_woken_by_a_repeatable_read_that_is_older_than_its_sleep() {
    let Sleeper { bed, running, .. } = Sleeper::asleep().await;
    running.stop().await;
    until("nobody sleeps", async || bed.number("SELECT count(*) FROM tower.armed").await == 0).await;
    let connection = bed.connect().await;
    connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    connection.batch_execute(&format!("SELECT FROM {}.job", bed.quoted())).await.unwrap();
    let tower = Sleeper::build(&bed).await;
    let running = tower.start().unwrap();
    let sleeper = Sleeper { bed, tower, running };
    sleeper.sleeps().await;

    let id = enqueue_on(&connection, &sleeper.bed, GREET).await;
    connection.batch_execute("COMMIT").await.unwrap();

    sleeper.wakes_for(id).await;
}

/// The worker falls asleep while the transaction is under way: the notification was not sent, since
/// nobody slept then, and the worker must not have relied on one.
#[tokio::test]
async fn a_transaction_that_enqueued_before_the_worker_slept_is_seen() {
    let bed = TestBed::new().await;
    let tower = Sleeper::build(&bed).await;
    let connection = bed.connect().await;
    // One round trip, so that the enqueue is at the very beginning of its transaction.
    let sql = format!("BEGIN; SELECT {}.enqueue({GREET})", bed.quoted());
    connection.batch_execute(&sql).await.unwrap();
    let running = tower.start().unwrap();
    until("it is armed", async || bed.number("SELECT count(*) FROM tower.armed").await == 1).await;

    connection.batch_execute("COMMIT").await.unwrap();

    let id: Uuid = bed.query("SELECT id FROM tower.jobs", &[]).await[0].get(0);
    Sleeper { bed, tower, running }.wakes_for(JobId::from(id)).await;
}

#[tokio::test]
async fn a_roll_back_leaves_no_job() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let connection = bed.connect().await;
    connection.batch_execute("BEGIN").await.unwrap();
    let id = enqueue_on(&connection, &bed, "'greet'").await;

    connection.batch_execute("ROLLBACK").await.unwrap();

    assert!(tower.console().job(id).await.unwrap_err().is_not_found());
}

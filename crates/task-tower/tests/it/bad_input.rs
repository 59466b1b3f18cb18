//! Bad input is refused at the door, with the name of what is wrong: options at `build`, jobs at
//! `enqueue`, and the same of them by the SQL function.

use std::error::Error as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Client, Error, Job, JobError, JobState, QueuePrioritization, State, TaskTower, TowerBuilder};

use crate::support::{TestBed, in_state};

#[derive(Serialize, Deserialize)]
struct Text {
    text: String,
}

impl Job for Text {
    const KIND: &'static str = "text";
}

async fn text(_job: Text) -> Result<(), JobError> {
    Ok(())
}

fn job(text: impl Into<String>) -> Text {
    Text { text: text.into() }
}

async fn client(bed: &TestBed) -> Client {
    bed.builder().build().await.unwrap().client()
}

/// The error must be a refusal, and say these words.
fn assert_refused(error: &Error, words: &[&str]) {
    assert!(error.is_invalid(), "{error:?}");
    for word in words {
        assert!(error.to_string().contains(word), "\"{error}\" does not say \"{word}\"");
    }
}

async fn assert_build_refused(builder: TowerBuilder, words: &[&str]) {
    match builder.build().await {
        Ok(tower) => panic!("{tower:?} was built, though it should not: {words:?}"),
        Err(error) => assert_refused(&error, words),
    }
}

/// Nothing is listening there: options are refused before anything is connected.
fn nowhere() -> TowerBuilder {
    TaskTower::builder().connection_string("postgres://nobody@127.0.0.1:1/nothing")
}

#[tokio::test]
async fn a_number_that_is_out_of_its_range_is_refused_by_name() {
    assert_build_refused(nowhere().backend_concurrency(0), &["backend_concurrency 0", "between 1 and 10000"]).await;
    assert_build_refused(nowhere().backend_concurrency(10_001), &["backend_concurrency 10001"]).await;
    assert_build_refused(nowhere().poison_after(0), &["poison_after 0", "between 1 and 100"]).await;
    assert_build_refused(nowhere().poison_after(101), &["poison_after 101"]).await;
    assert_build_refused(nowhere().payload_bytes_max(0), &["payload_bytes_max 0"]).await;
    assert_build_refused(nowhere().payload_bytes_max(16 * 1024 * 1024 + 1), &["payload_bytes_max 16777217"]).await;
}

#[tokio::test]
async fn an_interval_under_its_floor_is_refused_by_name() {
    let short = Duration::from_millis(499);

    assert_build_refused(nowhere().queue_announcement_interval(short), &["queue_announcement_interval 499ms", "500ms"])
        .await;
    assert_build_refused(nowhere().job_check_interval(short), &["job_check_interval 499ms", "500ms"]).await;
    assert_build_refused(nowhere().heartbeat_interval(Duration::from_millis(99)), &["heartbeat_interval 99ms"]).await;
    assert_build_refused(nowhere().heartbeat_interval(Duration::ZERO), &["heartbeat_interval 0ns"]).await;
}

#[tokio::test]
async fn an_interval_that_never_ends_is_refused_by_name() {
    assert_build_refused(nowhere().queue_announcement_interval(Duration::MAX), &["queue_announcement_interval"]).await;
    assert_build_refused(nowhere().job_check_interval(Duration::MAX), &["job_check_interval"]).await;
    assert_build_refused(nowhere().heartbeat_interval(Duration::MAX), &["heartbeat_interval"]).await;
    assert_build_refused(nowhere().dead_after(Duration::MAX), &["dead_after"]).await;
    assert_build_refused(nowhere().shutdown_grace(Duration::MAX), &["shutdown_grace"]).await;
}

#[tokio::test]
async fn a_silence_of_less_than_three_heartbeats_is_refused() {
    let builder = nowhere().heartbeat_interval(Duration::from_secs(5)).dead_after(Duration::from_millis(14_999));

    assert_build_refused(builder, &["dead_after 14.999s", "15s"]).await;
}

#[tokio::test]
async fn a_retention_of_nothing_is_refused_by_name() {
    assert_build_refused(nowhere().retention(|keep| keep.completed = Duration::ZERO), &["retention.completed"]).await;
    assert_build_refused(nowhere().retention(|keep| keep.cancelled = Duration::ZERO), &["retention.cancelled"]).await;
    assert_build_refused(nowhere().retention(|keep| keep.dead = Duration::ZERO), &["retention.dead"]).await;
}

#[tokio::test]
async fn a_strategy_that_needs_priorities_is_refused_without_them() {
    for strategy in [QueuePrioritization::Index, QueuePrioritization::Strict, QueuePrioritization::Weighted] {
        let words = ["queue_priorities is empty", "queue_prioritization", &format!("{strategy:?}")];
        assert_build_refused(nowhere().queue_prioritization(strategy), &words).await;
    }
}

#[tokio::test]
async fn a_weight_of_nothing_is_refused_with_its_queue() {
    for weight in [0, -1, 1_000_001] {
        let builder = nowhere().queue_prioritization(QueuePrioritization::Weighted);
        let builder = builder.queue_priorities([("good", 1), ("bad", weight)]);
        assert_build_refused(builder, &["queue_priorities", &format!("weight {weight}"), "\"bad\""]).await;
    }
}

#[tokio::test]
async fn a_queue_that_cannot_be_is_refused_with_the_option_that_names_it() {
    assert_build_refused(nowhere().queues(["good", "a,b"]), &["queues", "queue \"a,b\""]).await;
    assert_build_refused(nowhere().queue_priorities([("", 1)]), &["queue_priorities", "queue \"\" is empty"]).await;
    let builder = nowhere().job_with(text, |kind| kind.queue("a*"));
    assert_build_refused(builder, &["kind \"text\"", "queue \"a*\""]).await;
}

#[tokio::test]
async fn a_configuration_of_a_kind_that_cannot_be_is_refused_with_the_kind() {
    let builder = nowhere().job_with(text, |kind| kind.max_retry_count(1_001));
    assert_build_refused(builder, &["kind \"text\"", "max_retry_count 1001"]).await;
    let builder = nowhere().job_with(text, |kind| kind.priority(101));
    assert_build_refused(builder, &["kind \"text\"", "priority 101"]).await;
    let builder = nowhere().job_with(text, |kind| kind.timeout(Duration::ZERO));
    assert_build_refused(builder, &["kind \"text\"", "timeout 0ns"]).await;
}

#[tokio::test]
async fn a_schema_name_that_cannot_be_is_refused() {
    let names = ["", &"x".repeat(64), "a\0b", "pg_tower", "a$task_tower$b"];

    for name in names {
        assert_build_refused(nowhere().schema_name(name), &["schema_name"]).await;
    }
}

#[derive(Clone)]
struct Mailer;

async fn needs_mailer(_job: Text, _mailer: State<Mailer>) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test]
async fn a_handler_whose_state_is_missing_is_refused_with_its_kind_and_the_type() {
    assert_build_refused(nowhere().job(needs_mailer), &["kind \"text\"", "State<", "Mailer>", ".state("]).await;
}

#[tokio::test]
async fn a_kind_that_is_registered_twice_is_refused() {
    assert_build_refused(nowhere().job(text).job(text), &["kind \"text\" is registered twice"]).await;
}

#[tokio::test]
async fn a_second_state_of_one_type_is_refused() {
    assert_build_refused(nowhere().state(Mailer).state(Mailer), &["state", "two values", "Mailer"]).await;
}

#[tokio::test]
async fn a_worker_without_handlers_does_not_start() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();

    let error = tower.start().err().unwrap();

    assert_refused(&error, &["no job is registered", ".job(handler)"]);
}

/// Everything that an error shows anywhere.
fn everything_said(error: &Error) -> String {
    let mut said = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        said.push_str(&format!("{error} {error:?}"));
        cause = error.source();
    }
    said
}

#[tokio::test]
async fn a_connection_string_that_cannot_be_read_is_refused_without_its_password() {
    let malformed = [
        "postgres://bob:s3cret@host:notaport/db",
        "postgres://bob:s3cret@[::1/db",
        "postgres://bob:s3cret@host/db?nonsense=1",
        "postgres://bob:s3cret#more",
        "host=localhost port=notaport password=s3cret",
        "host=localhost password='s3cret",
        "host=localhost password=s3cret nonsense",
        "host=localhost pass=s3cret",
        "s3cret",
    ];

    for text in malformed {
        let error = TaskTower::builder().connection_string(text).build().await.unwrap_err();
        assert_refused(&error, &["connection_string"]);
        assert!(!everything_said(&error).contains("s3cret"), "{text}: {error:?}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_told_without_the_password() {
    let error =
        TaskTower::builder().connection_string("postgres://bob:s3cret@127.0.0.1:1/db").build().await.unwrap_err();

    assert!(error.is_unavailable(), "{error:?}");
    assert!(!everything_said(&error).contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn a_payload_over_the_default_limit_is_refused_and_one_at_the_limit_is_not() {
    let bed = TestBed::new().await;
    let client = client(&bed).await;
    let frame = r#"{"text":""}"#.len();

    client.enqueue(job("x".repeat(1024 * 1024 - frame))).await.unwrap();
    let error = client.enqueue(job("x".repeat(1024 * 1024 - frame + 1))).await.unwrap_err();

    assert_refused(&error, &["payload of \"text\"", "1048577 bytes", "at most 1048576"]);
}

#[tokio::test]
async fn a_payload_over_a_limit_of_ones_own_is_refused() {
    let bed = TestBed::new().await;
    let client = bed.builder().payload_bytes_max(20).build().await.unwrap().client();

    client.enqueue(job("x".repeat(9))).await.unwrap();
    let error = client.enqueue(job("x".repeat(10))).await.unwrap_err();

    assert_refused(&error, &["payload of \"text\"", "21 bytes", "at most 20"]);
}

#[tokio::test]
async fn a_nul_character_is_refused_wherever_it_stands() {
    let bed = TestBed::new().await;
    let client = client(&bed).await;

    let payload = client.enqueue(job("a\0b")).await.unwrap_err();
    let queue = client.enqueue(job("")).to_queue("a\0b").await.unwrap_err();
    let tag = client.enqueue(job("")).tags(["a\0b"]).await.unwrap_err();

    assert_refused(&payload, &["payload of \"text\"", "NUL"]);
    assert_refused(&queue, &["queue \"a\\0b\""]);
    assert_refused(&tag, &["tag \"a\\0b\""]);
}

/// Lists within lists.
#[derive(Serialize, Deserialize)]
struct Deep(Vec<Deep>);

impl Job for Deep {
    const KIND: &'static str = "deep";
}

async fn deep(_job: Deep) -> Result<(), JobError> {
    Ok(())
}

fn nested(depth: usize) -> Deep {
    (1..depth).fold(Deep(Vec::new()), |inner, _| Deep(vec![inner]))
}

#[tokio::test]
async fn json_that_is_nested_too_deep_is_refused_and_the_deepest_allowed_runs() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(deep).build().await.unwrap();
    let running = tower.start().unwrap();

    let error = tower.client().enqueue(nested(101)).await.unwrap_err();
    let id = tower.client().enqueue(nested(100)).await.unwrap();

    assert_refused(&error, &["payload of \"deep\"", "nested 101 deep", "at most 100"]);
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;
}

/// Texts that are no names.
fn bad_names() -> Vec<String> {
    let short = ["", " ", " a", "a ", "a,b", "*", "a\nb", "a\u{7f}b", "a\u{85}b"];
    short.iter().map(ToString::to_string).chain(["x".repeat(65), "ü".repeat(33)]).collect()
}

#[tokio::test]
async fn a_queue_that_is_no_name_is_refused() {
    let bed = TestBed::new().await;
    let client = client(&bed).await;

    for name in bad_names() {
        let error = client.enqueue(job("")).to_queue(&name).await.unwrap_err();
        assert_refused(&error, &["queue \""]);
    }
    client.enqueue(job("")).to_queue("x".repeat(64)).await.unwrap();
}

#[tokio::test]
async fn a_tag_that_is_no_name_is_refused() {
    let bed = TestBed::new().await;
    let client = client(&bed).await;

    for name in bad_names() {
        let error = client.enqueue(job("")).tags(["good", &name]).await.unwrap_err();
        assert_refused(&error, &["tag \""]);
    }
    client.enqueue(job("")).tags(["x".repeat(64)]).await.unwrap();
}

#[tokio::test]
async fn too_many_tags_are_refused() {
    let bed = TestBed::new().await;
    let client = client(&bed).await;

    client.enqueue(job("")).tags((0..32).map(|number| number.to_string())).await.unwrap();
    let error = client.enqueue(job("")).tags((0..33).map(|number| number.to_string())).await.unwrap_err();

    assert_refused(&error, &["tags", "33 given", "at most 32"]);
}

#[derive(Serialize, Deserialize)]
struct List;

impl Job for List {
    const KIND: &'static str = "a,b";
}

async fn list(_job: List) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test]
async fn a_kind_that_is_no_name_is_refused_at_build_and_at_enqueue() {
    let bed = TestBed::new().await;

    let error = client(&bed).await.enqueue(List).await.unwrap_err();

    assert_refused(&error, &["kind \"a,b\""]);
    assert_build_refused(nowhere().job(list), &["kind \"a,b\""]).await;
}

#[tokio::test]
async fn a_number_of_a_call_that_is_out_of_its_range_is_refused_by_name() {
    let bed = TestBed::new().await;
    let client = client(&bed).await;
    let refused = async |request: task_tower::Request<Text>| request.await.unwrap_err();
    let year = Duration::from_secs(365 * 24 * 60 * 60);

    assert_refused(&refused(client.enqueue(job("")).priority(101)).await, &["priority 101"]);
    assert_refused(&refused(client.enqueue(job("")).priority(-101)).await, &["priority -101"]);
    assert_refused(&refused(client.enqueue(job("")).max_retries(1_001)).await, &["max_retries 1001"]);
    assert_refused(&refused(client.enqueue(job("")).timeout(Duration::ZERO)).await, &["timeout 0ns"]);
    assert_refused(&refused(client.enqueue(job("")).timeout(Duration::from_nanos(1))).await, &["timeout 1ns"]);
    assert_refused(&refused(client.enqueue(job("")).timeout(year + Duration::from_millis(1))).await, &["timeout"]);
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let bed = TestBed::new().await;
    let client = client(&bed).await;

    client.enqueue(job("a\0b")).await.unwrap_err();
    client.enqueue(job("")).to_queue("").await.unwrap_err();
    client.enqueue_all([job(""), job("a\0b")]).await.unwrap_err();

    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}

#[tokio::test]
async fn a_payload_that_cannot_be_written_as_json_is_refused() {
    let bed = TestBed::new().await;

    let error = client(&bed).await.enqueue(Unwritable).await.unwrap_err();

    assert_refused(&error, &["payload of \"unwritable\"", "cannot be written as JSON", "not today"]);
}

#[derive(Deserialize)]
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("not today"))
    }
}

impl Job for Unwritable {
    const KIND: &'static str = "unwritable";
}

/// What the SQL function says to these arguments, which it must refuse as invalid.
async fn refused_by_sql(bed: &TestBed, arguments: &str) -> String {
    let sql = format!("SELECT {}.enqueue({arguments})", bed.quoted());
    let error = bed.connect().await.execute(&sql, &[]).await.expect_err(arguments);
    let answer = error.as_db_error().expect("the server's own answer");
    assert_eq!(answer.code().code(), "22023", "{arguments}: {answer}");
    answer.message().to_owned()
}

#[tokio::test]
async fn the_sql_function_refuses_the_same_by_the_same_names() {
    let bed = TestBed::new().await;
    let _tower = bed.builder().build().await.unwrap();
    let refusals = [
        ("''", "kind is empty"),
        ("NULL", "kind is empty"),
        ("'a,b'", "kind \"a,b\""),
        ("repeat('x', 65)", "kind is longer than 64 bytes"),
        ("'a', queue => 'a*'", "queue \"a*\""),
        ("'a', queue => E'a\\nb'", "queue \""),
        ("'a', queue => NULL", "queue is empty"),
        ("'a', tags => '{good,\" a\"}'", "tag \" a\""),
        ("'a', tags => ARRAY[NULL]", "tag is empty"),
        ("'a', tags => array_fill('x'::text, '{33}')", "tags: 33 given"),
        ("'a', NULL", "payload is null"),
        ("'a', to_jsonb(repeat('x', 1048576))", "payload has 1048578 bytes, at most 1048576"),
        ("'a', '[1, 2]', payload_bytes_max => 5", "payload has 6 bytes, at most 5"),
        ("'a', priority => 101", "priority 101"),
        ("'a', max_retries => -1", "max_retries -1"),
        ("'a', timeout => interval '0'", "timeout"),
        ("'a', timeout => interval '1 microsecond'", "timeout"),
        ("'a', timeout => interval '366 days'", "timeout"),
        ("'a', run_at => 'infinity'", "run_at infinity is more than a hundred years ahead"),
        ("'a', run_at => now() + interval '101 years'", "more than a hundred years ahead"),
        ("'a', delay => interval '101 years'", "more than a hundred years ahead"),
    ];

    for (arguments, words) in refusals {
        let said = refused_by_sql(&bed, arguments).await;
        assert!(said.contains(words), "{arguments}: \"{said}\" does not say \"{words}\"");
    }
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}

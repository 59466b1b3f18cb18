//! Tags that are given to jobs: with the enqueue, and before, while and after they run, from Rust and
//! from SQL.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, JobId, JobState, Output, TAGS_MAX};
use tokio_postgres::error::SqlState;

use crate::support::house::House;
use crate::support::stage::{Stage, stubborn};
use crate::support::until;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct DoAThing;

impl Job for DoAThing {
    const KIND: &'static str = "do_a_thing";
}

/// Tells the tags that its run began with.
async fn tell_tags(_: DoAThing, run: JobContext) -> Result<Output<Vec<String>>, JobError> {
    Ok(Output(run.tags().to_vec()))
}

/// A worker that runs nothing of what is enqueued: its queue is another.
async fn idle() -> House {
    House::new(|builder| builder.job(tell_tags).queues(["elsewhere"])).await
}

fn unknown() -> JobId {
    "0192f0c1-0000-7000-8000-000000000000".parse().unwrap()
}

async fn tags(house: &House, id: JobId) -> Vec<String> {
    house.console.job(id).await.unwrap().tags
}

#[tokio::test]
async fn a_job_is_given_one_tag_or_several_in_every_form() {
    let house = idle().await;
    let id = house.client.enqueue(DoAThing).await.unwrap();
    let client = &house.client;
    let owned = vec!["tag10".to_owned(), "tag11".to_owned()];

    client.tag_job(id, "tag1").await.unwrap();
    client.tag_job(id, "tag2".to_owned()).await.unwrap();
    client.tag_job(id, &"tag3".to_owned()).await.unwrap();
    client.tag_job(id, ["tag4"]).await.unwrap();
    client.tag_job(id, &["tag5", "tag6"]).await.unwrap();
    client.tag_job(id, vec!["tag7", "tag8"]).await.unwrap();
    client.tag_job(id, &vec!["tag9".to_owned()]).await.unwrap();
    client.tag_job(id, owned.as_slice()).await.unwrap();

    let expected: Vec<String> = (1..=11).map(|number| format!("tag{number}")).collect();
    assert_eq!(tags(&house, id).await, expected);
    house.stop().await;
}

#[tokio::test]
async fn tags_keep_the_order_in_which_they_came_and_stay_once() {
    let house = idle().await;
    let id = house.client.enqueue(DoAThing).tags(["zebra", "mail"]).await.unwrap();

    house.client.tag_job(id, ["mail", "apple", "zebra", "apple"]).await.unwrap();
    house.client.tag_job(id, ["apple", "Mail"]).await.unwrap();
    house.client.tag_job(id, Vec::<String>::new()).await.unwrap();

    assert_eq!(tags(&house, id).await, ["zebra", "mail", "apple", "Mail"]);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_tagged_before_it_runs_while_it_runs_and_after_it_has() {
    let stage = Stage::default();
    let house = House::new(|builder| stage.cast(builder)).await;
    let client = &house.client;
    let id = client.schedule(stubborn("tagged")).in_hours(1).await.unwrap();

    client.tag_job(id, "before").await.unwrap();
    house.console.requeue(id).await.unwrap();
    house.in_state(id, JobState::Processing).await;
    client.tag_job(id, "while").await.unwrap();
    stage.open();
    house.in_state(id, JobState::Completed).await;
    client.tag_job(id, "after").await.unwrap();

    assert_eq!(tags(&house, id).await, ["before", "while", "after"]);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requeue_keeps_the_tags_and_the_run_sees_them() {
    let house = House::new(|builder| builder.job(tell_tags)).await;
    let id = house.client.enqueue(DoAThing).tags(["first"]).await.unwrap();
    house.in_state(id, JobState::Completed).await;
    house.client.tag_job(id, "second").await.unwrap();

    house.console.requeue(id).await.unwrap();
    until("it has run again", async || house.console.job(id).await.unwrap().attempt == 2).await;
    let job = house.in_state(id, JobState::Completed).await;

    assert_eq!(job.tags, ["first", "second"]);
    assert_eq!(job.result, Some(serde_json::json!(["first", "second"])));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_the_enqueue_are_there_before_the_job_can_run() {
    let house = House::new(|builder| builder.job(tell_tags)).await;
    let ids = join_all((0..100).map(|number| {
        let request = house.client.enqueue(DoAThing).tags(["mail", "welcome"]).tags([format!("user {number}")]);
        async { request.await.unwrap() }
    }))
    .await;

    for (number, id) in ids.into_iter().enumerate() {
        let seen = house.in_state(id, JobState::Completed).await.result;
        assert_eq!(seen, Some(serde_json::json!(["mail", "welcome", format!("user {number}")])));
    }
    house.stop().await;
}

#[tokio::test]
async fn an_unknown_job_is_not_found_and_the_error_names_it() {
    let house = idle().await;
    let unknown = unknown();

    let error = house.client.tag_job(unknown, "vip").await.unwrap_err();

    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.to_string(), format!("job {unknown} does not exist"));
    house.stop().await;
}

/// Names of tags, and whether they are any.
fn names() -> Vec<(String, bool)> {
    let blanks = ['\t', '\u{85}', '\u{a0}', '\u{1680}', '\u{2003}', '\u{2028}', '\u{202f}', '\u{3000}'];
    let blanks = blanks.iter().flat_map(|blank| [(format!("{blank}vip"), false), (format!("vip{blank}"), false)]);
    let bad =
        ["", " ", " vip", "vip ", "a,b", "*", "v*p", "a\nb", "a\u{7f}b", "a\u{9b}b", &"x".repeat(65), &"ö".repeat(33)];
    let good = ["vip", "two words", "größe", "a/b:c@d", "a\u{a0}b", "日本", "\u{200b}", "'; --", &"x".repeat(64)];
    let bad = bad.into_iter().map(|name| (name.to_owned(), false)).chain(blanks);
    bad.chain(good.into_iter().map(|name| (name.to_owned(), true))).collect()
}

#[tokio::test]
async fn what_is_no_name_is_refused_alike_from_rust_and_from_sql() {
    let house = idle().await;
    let sql = format!("SELECT {}.tag_job($1, ARRAY['good', $2])", house.bed.quoted());
    let connection = house.bed.connect().await;

    for (name, is_good) in names() {
        let id = house.client.enqueue(DoAThing).await.unwrap();
        let from_rust = house.client.tag_job(id, ["good", &name]).await;
        let from_sql = connection.execute(&sql, &[&id.as_uuid(), &name]).await;

        assert_eq!((from_rust.is_ok(), from_sql.is_ok()), (is_good, is_good), "{name:?}: {from_rust:?}, {from_sql:?}");
        if !is_good {
            assert!(from_rust.unwrap_err().is_invalid());
            assert_eq!(from_sql.unwrap_err().code(), Some(&SqlState::INVALID_PARAMETER_VALUE));
            assert_eq!(tags(&house, id).await, [""; 0], "none of them is added");
        }
    }
    house.stop().await;
}

#[tokio::test]
async fn more_tags_than_a_job_may_have_are_refused_and_change_nothing() {
    let house = idle().await;
    let given: Vec<String> = (1..TAGS_MAX).map(|number| format!("tag {number}")).collect();
    let id = house.client.enqueue(DoAThing).tags(given.clone()).await.unwrap();

    let error = house.client.tag_job(id, ["one more", "and another"]).await.unwrap_err();

    assert!(error.is_invalid(), "{error:?}");
    assert_eq!(error.to_string(), format!("tags: job {id} would have 33, at most 32 are allowed"));
    assert_eq!(tags(&house, id).await, given);
    house.client.tag_job(id, vec!["one more"; 40]).await.unwrap();
    assert_eq!(tags(&house, id).await.len(), TAGS_MAX);
    house.stop().await;
}

#[tokio::test]
async fn the_sql_function_adds_tags_and_says_what_is_wrong() {
    let house = idle().await;
    let id = house.client.enqueue(DoAThing).tags(["first"]).await.unwrap();
    let (schema, unknown) = (house.bed.quoted(), unknown());
    let connection = house.bed.connect().await;
    let refusal = async |sql: String| {
        connection.batch_execute(&sql).await.unwrap_err().as_db_error().unwrap().message().to_owned()
    };

    house.bed.execute(&format!("SELECT {schema}.tag_job('{id}', ARRAY['second', 'first', 'third'])")).await;
    house.bed.execute(&format!("SELECT {schema}.tag_job(id => '{id}', new_tags => NULL)")).await;

    assert_eq!(tags(&house, id).await, ["first", "second", "third"]);
    let missing = refusal(format!("SELECT {schema}.tag_job('{unknown}', '{{vip}}')")).await;
    let comma = refusal(format!("SELECT {schema}.tag_job('{id}', ARRAY['a,b'])")).await;
    let null = refusal(format!("SELECT {schema}.tag_job('{id}', ARRAY[NULL])")).await;
    assert_eq!(missing, format!("job {unknown} does not exist"));
    assert_eq!(comma, "tag \"a,b\" has a comma, a star, a control character or a blank at its end");
    assert_eq!(null, "tag is empty");
    house.stop().await;
}

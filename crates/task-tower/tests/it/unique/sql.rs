//! Unique jobs from plain SQL.

use task_tower::{JobId, JobState, Unique};
use tokio_postgres::error::{DbError, SqlState};

use super::{enqueue_by_sql, live, sync};
use crate::support::TestBed;

async fn key(bed: &TestBed, arguments: &str) -> String {
    bed.query(&format!("SELECT tower.payload_key({arguments})"), &[]).await[0].get(0)
}

async fn refusal(bed: &TestBed, arguments: &str) -> DbError {
    let sql = format!("SELECT {}.enqueue({arguments})", bed.quoted());
    bed.connect().await.query(&sql, &[]).await.unwrap_err().as_db_error().unwrap().clone()
}

#[tokio::test]
async fn the_function_answers_the_living_job_with_the_key() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let psql = bed.connect().await;
    let first = enqueue_by_sql(&bed, &psql, "'sync', unique_key => 'user-1'").await;

    let again = enqueue_by_sql(&bed, &psql, "'sync', '{\"other\": true}', unique_key => 'user-1'").await;
    tower.console().cancel(first, None).await.unwrap();
    let after = enqueue_by_sql(&bed, &psql, "'sync', unique_key => 'user-1'").await;

    assert_eq!(again, first);
    assert_ne!(after, first);
    assert_eq!(tower.console().job(first).await.unwrap().state, JobState::Cancelled);
}

#[tokio::test]
async fn the_same_key_twice_in_one_statement_is_one_job() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();

    let rows = bed.query("SELECT tower.enqueue('sync', unique_key => 'x') FROM generate_series(1, 3)", &[]).await;

    let ids: Vec<JobId> = rows.iter().map(|row| JobId::from(row.get::<_, uuid::Uuid>(0))).collect();
    assert_eq!((ids[1], ids[2], live(&bed).await), (ids[0], ids[0], 1));
}

#[tokio::test]
async fn the_key_of_a_payload_does_not_depend_on_the_order_of_its_fields() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();

    let whole = key(&bed, r#"'{"a": 1, "b": {"c": 2, "d": [3]}}'"#).await;

    assert_eq!(whole, key(&bed, r#"'{"b": {"d": [3], "c": 2},"a":1}'"#).await);
    assert_ne!(whole, key(&bed, r#"'{"a": 1, "b": {"c": 2, "d": [4]}}'"#).await);
    assert_eq!(whole.len(), 64);
}

#[tokio::test]
async fn the_key_of_some_fields_depends_on_nothing_else() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();

    let some = key(&bed, r#"'{"a": 1, "b": null, "c": 3}', '{a,b}'"#).await;

    assert_eq!(some, key(&bed, r#"'{"c": 4, "a": 1}', '{b,a}'"#).await, "what is missing is null");
    assert_ne!(some, key(&bed, r#"'{"a": 2}', '{a,b}'"#).await);
    assert_ne!(some, key(&bed, r#"'{"a": 1}', '{a}'"#).await);
    assert_eq!(key(&bed, "'[1]', '{a}'").await, key(&bed, "'7', '{a}'").await);
    assert_eq!(key(&bed, "NULL").await, key(&bed, "'null'").await);
}

#[tokio::test]
async fn sql_and_rust_agree_about_the_key() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let psql = bed.connect().await;
    let payload = r#"'{"reason": "große \"Post\"", "user": 1}'"#;
    let schema = bed.quoted();
    let job = || sync(1, "große \"Post\"");

    let whole = client.enqueue(job()).unique(Unique::by_payload()).await.unwrap();
    let field = client.enqueue(job()).unique(Unique::by_fields(&["reason"])).await.unwrap();
    let kind = client.enqueue(job()).unique(Unique::by_kind()).await.unwrap();

    let cases = [
        (format!("'sync', unique_key => {schema}.payload_key({payload})"), whole),
        (format!("'sync', unique_key => {schema}.payload_key({payload}, '{{reason}}')"), field),
        ("'sync', unique_key => '*'".to_owned(), kind),
    ];
    for (arguments, expected) in cases {
        assert_eq!(enqueue_by_sql(&bed, &psql, &arguments).await, expected, "{arguments}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_is_refused_by_name() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let cases = [
        ("''", "unique_key has 0 bytes, 1 to 200 are allowed"),
        ("repeat('ö', 101)", "unique_key has 202 bytes, 1 to 200 are allowed"),
        (r"E'a\nb'", "unique_key has a control character in it"),
    ];

    for (key, said) in cases {
        let error = refusal(&bed, &format!("'sync', unique_key => {key}")).await;
        assert_eq!(
            (error.code(), error.message(), error.column()),
            (&SqlState::INVALID_PARAMETER_VALUE, said, Some("unique_key"))
        );
    }
    assert_eq!(live(&bed).await, 0);
}

#[tokio::test]
async fn an_id_that_is_taken_is_an_error_and_not_a_job_that_was_found() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let id = enqueue_by_sql(&bed, &bed.connect().await, "'sync', unique_key => 'x'").await;

    let error = refusal(&bed, &format!("'sync', unique_key => 'y', id => '{id}'")).await;

    assert_eq!((error.code(), error.constraint()), (&SqlState::UNIQUE_VIOLATION, Some("job_pkey")));
}

/// Its answer would be a job that it cannot see.
#[tokio::test]
async fn a_transaction_whose_snapshot_is_older_than_the_holder_fails_to_serialize() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let (old, new) = (bed.connect().await, bed.connect().await);
    old.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1").await.unwrap();
    let holder = enqueue_by_sql(&bed, &new, "'sync', unique_key => 'x'").await;

    let sql = format!("SELECT {}.enqueue('sync', unique_key => 'x')", bed.quoted());
    let error = old.query(&sql, &[]).await.unwrap_err();

    assert_eq!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE), "{error:?}");
    old.batch_execute("ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    assert_eq!(enqueue_by_sql(&bed, &old, "'sync', unique_key => 'x'").await, holder);
}

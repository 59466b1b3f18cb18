//! Transactions that stay open.

use task_tower::Level;

use super::{Ward, check, level, remedy};
use crate::support::until;

#[tokio::test]
async fn a_session_that_is_idle_in_transaction_is_told_with_the_command_that_ends_it() {
    let ward = Ward::new("idle").await;
    let before = ward.strict().await;
    let mut client = ward.bed.connect().await;
    client.batch_execute("SET application_name = 'metabase'").await.unwrap();
    let open = client.transaction().await.unwrap();
    let row = open.query_one("SELECT pg_backend_pid(), pg_current_xact_id()::text", &[]).await.unwrap();
    let pid: i32 = row.get(0);

    let patient = ward.report().await;
    let strict = ward.strict().await;
    open.commit().await.unwrap();
    let after = ward.strict().await;

    assert_eq!(level(&before, "oldest_transaction"), Level::Passed);
    assert_eq!(level(&patient, "oldest_transaction"), Level::Passed);
    let problem = check(&strict, "oldest_transaction");
    assert_eq!(problem.level, Level::Problem);
    assert!(problem.reason.to_string().starts_with(&format!("Session {pid} of metabase (")), "{strict}");
    assert!(problem.reason.to_string().contains("is idle in transaction since"), "{strict}");
    assert_eq!(remedy(problem), format!("SELECT pg_terminate_backend({pid})"));
    let oldest = strict.oldest_transaction.unwrap();
    assert_eq!((oldest.pid, &*oldest.application, oldest.holds_back), (pid, "metabase", true));
    assert!(after.oldest_transaction.is_none(), "{after}");
    assert_eq!(level(&after, "oldest_transaction"), Level::Passed);
    drop(client);
    ward.close().await;
}

/// Two minutes before the present one, how long the oldest was open is what is sampled now.
async fn sample(ward: &Ward) {
    let schema = ward.bed.quoted();
    let sql = include_str!("../../../src/store/sql/sample.sql").replace("task_tower.", &format!("{schema}."));
    ward.bed.execute(&format!("TRUNCATE {schema}.depth")).await;
    ward.bed.query(&sql, &[]).await;
    ward.bed.execute(&format!("UPDATE {schema}.depth SET at = at - interval '2 min'")).await;
}

#[tokio::test]
async fn how_long_the_oldest_was_open_is_sampled_once_a_minute() {
    let ward = Ward::new("course").await;
    let never = ward.report().await.oldest_transaction_course_ms;
    sample(&ward).await;
    let none = ward.report().await.oldest_transaction_course_ms;
    let mut client = ward.bed.connect().await;
    let open = client.transaction().await.unwrap();
    let since: f64 =
        open.query_one("SELECT extract(epoch FROM now())::float8 FROM pg_current_xact_id()", &[]).await.unwrap().get(0);
    until("it is open for some time", async || {
        ward.bed
            .number(&format!("SELECT (extract(epoch FROM clock_timestamp()) - {since} > 0.05)::integer::bigint"))
            .await
            == 1
    })
    .await;

    sample(&ward).await;

    let course = ward.report().await.oldest_transaction_course_ms;
    let known = |course: &[Option<u64>]| course.iter().flatten().copied().collect::<Vec<_>>();
    assert_eq!((never.len(), known(&never), known(&none)), (60, vec![], vec![0]));
    assert!(matches!(known(&course)[..], [open] if open >= 50), "{course:?}");
    assert!(course[55..=57].iter().any(Option::is_some), "{course:?}");
    drop(open);
    drop(client);
    ward.close().await;
}

#[tokio::test]
async fn a_transaction_that_holds_nothing_back_is_no_problem() {
    let ward = Ward::new("harmless").await;
    let mut client = ward.bed.connect().await;
    let open = client.transaction().await.unwrap();
    open.batch_execute("SELECT 1").await.unwrap();

    let report = ward.strict().await;

    assert_eq!(level(&report, "oldest_transaction"), Level::Warning);
    assert!(!report.oldest_transaction.unwrap().holds_back);
    drop(open);
    drop(client);
    ward.close().await;
}

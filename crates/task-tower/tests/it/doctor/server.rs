//! The server: its version of the schema, its connections, and what only one of our own has set.

use task_tower::embedded::Cluster;
use task_tower::{DoctorLimits, Level};

use super::{check, level, remedy, strict};
use crate::support::TestBed;

#[tokio::test]
async fn a_schema_of_another_version_is_a_problem() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    bed.query("INSERT INTO tower.migration (version, name) VALUES (99, 'later')", &[]).await;

    let newer = console.doctor().await.unwrap();
    bed.query("DELETE FROM tower.migration WHERE version = 99", &[]).await;
    let fits = console.doctor().await.unwrap();

    assert_eq!(level(&newer, "schema_version"), Level::Problem);
    assert_eq!(remedy(check(&newer, "schema_version")), "Deploy the program that made it");
    assert_eq!(level(&fits, "schema_version"), Level::Passed);
}

#[tokio::test]
async fn connections_that_run_out_are_told() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let most = bed.number("SELECT setting::bigint FROM pg_settings WHERE name = 'max_connections'").await;

    let report = console.doctor_with(&strict()).await.unwrap();

    assert_eq!(level(&report, "connections"), Level::Warning);
    let reason = check(&report, "connections").reason.to_string();
    assert!(reason.ends_with(&format!(" of {most} are in use.")), "{report}");
}

#[tokio::test]
async fn room_is_told_and_when_it_runs_out() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let mut limits = DoctorLimits::default();
    limits.disk_bytes = Some(1);

    let unlimited = console.doctor().await.unwrap();
    let full = console.doctor_with(&limits).await.unwrap();

    let told = check(&unlimited, "room");
    assert_eq!(told.level, Level::Passed);
    assert!(told.reason.to_string().starts_with("It lies in pg_default, and the log takes "), "{unlimited}");
    assert_eq!(level(&full, "room"), Level::Problem);
    assert!(remedy(check(&full, "room")).starts_with("Keep ended jobs for a shorter time"), "{full}");
}

#[tokio::test]
async fn what_is_prepared_or_kept_and_which_statements_are_slow_is_told_where_the_server_counts_it() {
    let cluster = Cluster::builder()
        .durable(true)
        .setting("shared_preload_libraries", "pg_stat_statements")
        .setting("max_prepared_transactions", "2")
        .setting("wal_level", "replica")
        .setting("max_replication_slots", "2")
        .start()
        .await
        .unwrap();
    let bed = TestBed::at(cluster.url(), "task_tower");
    bed.execute("CREATE EXTENSION pg_stat_statements").await;
    let console = bed.builder().build().await.unwrap().console();
    let before = console.doctor_with(&strict()).await.unwrap();
    bed.execute("BEGIN; CREATE TABLE x (); PREPARE TRANSACTION 'it''s left over'").await;
    bed.execute("SELECT pg_create_physical_replication_slot('gone', true)").await;

    let report = console.doctor_with(&strict()).await.unwrap();
    bed.execute(&remedy(check(&report, "prepared_transaction"))).await;
    bed.execute(&remedy(check(&report, "replication_slots"))).await;
    let after = console.doctor_with(&strict()).await.unwrap();

    for name in ["prepared_transaction", "replication_slots"] {
        assert_eq!(level(&before, name), Level::Passed, "{before}");
        assert_eq!(level(&after, name), Level::Passed, "{after}");
    }
    assert_eq!(level(&report, "durability"), Level::Passed);
    assert_eq!(level(&report, "prepared_transaction"), Level::Problem);
    assert_eq!(level(&report, "replication_slots"), Level::Warning);
    let statements = after.statements.unwrap();
    assert!(
        statements.iter().any(|statement| statement.name.starts_with("The server, what is set")),
        "{statements:#?}"
    );
    cluster.stop().await.unwrap();
}

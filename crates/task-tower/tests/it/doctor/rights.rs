//! A role that may only read, with settings that are in the way.

use task_tower::Level;

use super::{Ward, check, checks, level, remedy};
use crate::support::TestBed;
use crate::support::address::Address;

#[tokio::test]
async fn a_role_without_rights_sees_what_it_may_and_is_told_what_it_does_not() {
    let ward = Ward::new("rights").await;
    let role = format!("doctor_reader_{}", std::process::id());
    let schema = ward.bed.quoted();
    ward.bed
        .execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'x';
             ALTER ROLE {role} SET idle_session_timeout = '5s';
             ALTER ROLE {role} SET default_transaction_isolation = 'repeatable read';
             ALTER ROLE {role} SET default_transaction_read_only = on;
             ALTER ROLE {role} SET synchronous_commit = off;
             GRANT USAGE ON SCHEMA {schema} TO {role};
             GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}"
        ))
        .await;
    let address = Address { user: role.clone(), password: Some("x".to_owned()), ..Address::of(&ward.bed.url) };
    let reader = TestBed::at(&address.url(), &ward.bed.schema);
    let console = reader.builder().migrate(false).build().await.unwrap().console();

    let report = console.doctor().await.unwrap();

    let notes: Vec<String> = report.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes.len(), 1, "{report}");
    assert!(notes[0].ends_with(&format!("GRANT pg_read_all_stats TO {role} shows them.")), "{report}");
    let settings: Vec<String> = checks(&report, "settings").iter().map(|check| check.title.to_string()).collect();
    assert_eq!(settings, ["idle_session_timeout hurts", "default_transaction_isolation hurts"]);
    let read_only = check(&report, "writable");
    assert_eq!(read_only.level, Level::Problem);
    assert_eq!(level(&report, "durability"), Level::Warning);
    assert_eq!(level(&report, "schema_version"), Level::Passed);
    assert!(!report.tables.is_empty(), "{report}");
    let room = check(&report, "room").reason.to_string();
    assert!(room.ends_with(&format!("only after GRANT pg_monitor TO \"{role}\".")), "{report}");

    ward.bed.execute(&remedy(read_only)).await;
    for setting in checks(&report, "settings") {
        ward.bed.execute(&remedy(setting)).await;
    }
    ward.bed.execute(&format!("GRANT pg_read_all_stats TO {role}")).await;
    let mended = console.doctor().await.unwrap();

    assert_eq!((level(&mended, "writable"), level(&mended, "settings")), (Level::Passed, Level::Passed));
    assert_eq!(mended.notes, [], "{mended}");
    ward.bed.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    ward.close().await;
}

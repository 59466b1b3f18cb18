//! Dead rows, and sizes.

use task_tower::Level;

use super::{Ward, check, level, remedy};
use crate::support::until;

#[tokio::test]
async fn dead_rows_are_told_until_they_are_vacuumed() {
    let ward = Ward::new("dead").await;
    let bed = &ward.bed;
    let before = ward.strict().await;
    bed.query("ALTER TABLE tower.job SET (autovacuum_enabled = false)", &[]).await;
    // By one session: those of two may be counted in either order, and then 700 rows seem to live.
    let sql = "INSERT INTO tower.job (id, kind) SELECT tower.new_id(), 'x' FROM generate_series(1, 700); DELETE FROM tower.job";
    bed.execute(&sql.replace("tower.", &format!("{}.", bed.quoted()))).await;
    until("the statistics are written", async || level(&ward.strict().await, "dead_rows") == Level::Problem).await;

    let strict = ward.strict().await;
    let patient = ward.report().await;
    bed.execute(&remedy(check(&strict, "dead_rows"))).await;
    bed.execute(&remedy(check(&strict, "autovacuum"))).await;
    until("the statistics are written", async || level(&ward.strict().await, "dead_rows") == Level::Passed).await;
    let after = ward.report().await;

    assert_eq!((level(&before, "dead_rows"), level(&before, "autovacuum")), (Level::Passed, Level::Passed));
    let dead = check(&strict, "dead_rows");
    assert_eq!(dead.reason.to_string(), "700 dead rows beside 0 living ones. It was never vacuumed.");
    assert_eq!(remedy(dead), "VACUUM (ANALYZE) \"ward \"\"7\"\"\".\"job\"");
    assert_eq!(level(&strict, "autovacuum"), Level::Problem);
    assert_eq!(level(&patient, "dead_rows"), Level::Passed);
    assert_eq!(level(&after, "autovacuum"), Level::Passed);
    assert!(after.tables.iter().find(|table| table.name == "job").unwrap().vacuumed_at.is_some(), "{after}");
    ward.close().await;
}

#[tokio::test]
async fn each_table_has_its_size_and_the_days_of_the_history_are_one() {
    let ward = Ward::new("sizes").await;

    let report = ward.report().await;

    let names: Vec<&str> = report.tables.iter().map(|table| table.name.as_str()).collect();
    for name in ["job", "worker", "lane", "history_completed", "history_dead", "history_cancelled"] {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{report}");
    }
    let completed = report.tables.iter().find(|table| table.name == "history_completed").unwrap();
    // Four days, and what lies outside of them.
    assert_eq!(completed.partitions, 5);
    assert!(completed.index_bytes > 0 && report.bytes() > completed.index_bytes, "{report}");
    ward.close().await;
}

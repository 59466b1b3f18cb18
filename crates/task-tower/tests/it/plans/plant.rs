//! That the guard of the plans finds what it is there for: each fault is planted once.

use super::explain::{Desk, Planning, Purpose};
use super::ground::{Ground, Stage};
use super::hot::{HOT, Hot};
use super::{Faults, check, told};

fn hot(name: &str) -> &'static Hot {
    HOT.iter().find(|hot| hot.name == name).unwrap()
}

/// The faults of a statement among a thousand jobs, once this is done to the schema.
async fn planted(name: &str, sql: &str) -> String {
    let ground = Ground::new().await;
    ground.enter(Stage::Thousand).await;
    ground.enter(Stage::ThousandAnalyzed).await;
    ground.bed.execute(&ground.render(sql)).await;
    let hot = hot(name);
    let desk = Desk::open(&ground, hot.on, Planning::Generic, HOT).await;

    let mut faults = Faults::new();
    check(&ground, &[desk], hot, "", &mut faults).await;
    told(&faults)
}

#[tokio::test]
async fn nothing_planted_is_no_fault() {
    let faults = planted("claim", "SELECT 1").await;

    assert_eq!(faults, "");
}

#[tokio::test]
async fn an_index_that_lures_a_claim_is_a_fault() {
    let sql = "CREATE INDEX bait ON task_tower.job (queue, priority, run_at) WHERE state = 0";

    let faults = planted("claim", sql).await;

    assert!(faults.contains("Index Scan by bait"), "{faults}");
}

#[tokio::test]
async fn an_index_that_is_gone_is_a_fault() {
    let faults = planted("claim", "DROP INDEX task_tower.job_claim").await;

    assert!(faults.contains("Seq Scan on job") || faults.contains("Index Scan by job_pkey"), "{faults}");
}

#[tokio::test]
async fn an_index_that_leaves_the_sorting_to_others_is_a_fault() {
    let sql = "DROP INDEX task_tower.job_claim; CREATE INDEX job_claim ON task_tower.job (queue)";

    let faults = planted("claim", sql).await;

    assert!(faults.contains("Sort of "), "{faults}");
}

/// What `EXPLAIN` does not show: a function that reads a table is one call in its plan.
#[tokio::test]
async fn what_a_function_reads_is_seen() {
    let faults = planted("enqueue_unique", "DROP INDEX task_tower.job_unique; CREATE UNIQUE INDEX bait ON task_tower.job (kind, unique_key) WHERE unique_key IS NOT NULL").await;

    assert!(faults.contains("uses the index bait"), "{faults}");
}

#[tokio::test]
async fn a_connection_without_its_settings_is_a_fault() {
    let ground = Ground::new().await;
    let claim = Hot { on: Purpose::Foreign, ..*hot("claim") };
    let desk = Desk::open(&ground, Purpose::Foreign, Planning::Kept, &[claim]).await;

    let mut faults = Faults::new();
    check(&ground, &[desk], &claim, "", &mut faults).await;

    assert!(told(&faults).contains("claim: Seq Scan on job"), "{}", told(&faults));
}

/// An index that names what a claim changes, be it in its predicate, makes every claim write to it.
#[tokio::test]
async fn no_index_names_what_a_claim_changes() {
    let ground = Ground::new().await;
    assert_eq!(baits(&ground).await, Vec::<String>::new());

    let sql =
        "CREATE INDEX one ON task_tower.job (id) WHERE state = 1; CREATE INDEX two ON task_tower.job ((lease + 1))";
    ground.bed.execute(&ground.render(sql)).await;

    assert_eq!(baits(&ground).await, ["one", "two"]);
}

/// The indexes that depend on a column that claims change.
async fn baits(ground: &Ground) -> Vec<String> {
    let sql = "SELECT DISTINCT bait.relname::text
               FROM pg_depend
               JOIN pg_index ON pg_index.indexrelid = pg_depend.objid
               JOIN pg_class AS bait ON bait.oid = pg_index.indexrelid
               JOIN pg_attribute ON pg_attribute.attrelid = pg_depend.refobjid AND pg_attribute.attnum = pg_depend.refobjsubid
               WHERE pg_depend.classid = 'pg_class'::regclass
                 AND pg_depend.refobjid = 'tower.job'::regclass
                 AND pg_attribute.attname IN ('state', 'worker_id', 'lease', 'attempt', 'attempted_at')
               ORDER BY 1";
    ground.bed.query(sql, &[]).await.iter().map(|row| row.get(0)).collect()
}

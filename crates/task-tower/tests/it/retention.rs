//! The history is made ahead and dropped in time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, JobState};

use crate::support::{TestBed, in_state, until};

#[derive(Serialize, Deserialize)]
struct Note;

impl Job for Note {
    const KIND: &'static str = "note";
}

async fn note(_job: Note) -> Result<(), JobError> {
    Ok(())
}

/// A finished job of so many days ago; it lies in the partition of that day, or in the default one.
async fn ended_days_ago(bed: &TestBed, state: i16, days: i32) {
    let sql = "INSERT INTO tower.history (id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt,
                   failures, crashes, max_retries, priority, state, kind, queue, tags, payload)
               SELECT tower.new_id(), moment, moment, moment, moment, 1, 1, 1, 0, 0, 10, 0, $1, 'note', 'default', '{}', '{}'
               FROM (SELECT now() - make_interval(days => $2) AS moment) AS time";
    bed.query(sql, &[&state, &days]).await;
}

async fn partition_of_days_ago(bed: &TestBed, outcome: &str, days: i32) {
    let sql = "SELECT to_char(now() AT TIME ZONE 'UTC' - make_interval(days => $1), 'YYYY_MM_DD'),
                      ((now() AT TIME ZONE 'UTC')::date - $1)::text, ((now() AT TIME ZONE 'UTC')::date - $1 + 1)::text";
    let row = &bed.query(sql, &[&days]).await[0];
    let (name, first, last): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    let sql = format!(
        "CREATE TABLE tower.history_{outcome}_{name} PARTITION OF tower.history_{outcome}
         FOR VALUES FROM ('{first} 00:00+00') TO ('{last} 00:00+00')"
    );
    bed.query(&sql, &[]).await;
}

async fn ages(bed: &TestBed) -> Vec<(i16, i32)> {
    let sql = "SELECT state, round(extract(epoch FROM now() - finished_at) / 86400)::integer
               FROM tower.history ORDER BY 1, 2";
    bed.query(sql, &[]).await.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn what_is_older_than_its_state_is_kept_goes_with_or_without_a_partition() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(note).retention(|keep| keep.completed = Duration::from_secs(5 * 24 * 60 * 60));
    let tower = tower.build().await.unwrap();
    partition_of_days_ago(&bed, "completed", 20).await;
    partition_of_days_ago(&bed, "completed", 3).await;
    for days in [1, 3, 8, 20] {
        ended_days_ago(&bed, 3, days).await;
    }
    for days in [80, 200] {
        ended_days_ago(&bed, 4, days).await;
    }

    let running = tower.start().unwrap();

    until("the old ones are gone", async || ages(&bed).await.len() == 3).await;
    assert_eq!(ages(&bed).await, [(3, 1), (3, 3), (4, 80)]);
    running.stop().await;
}

#[tokio::test]
async fn the_next_days_have_their_partitions() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(note).build().await.unwrap();
    let count = "SELECT count(*) FROM pg_inherits
                 JOIN pg_class ON pg_class.oid = inhrelid
                 JOIN pg_namespace ON pg_namespace.oid = relnamespace
                 WHERE nspname = $1 AND relname ~ '_[0-9]{4}_[0-9]{2}_[0-9]{2}$'";
    let partitions = async || bed.query(count, &[&bed.schema]).await[0].get::<_, i64>(0);
    let made = partitions().await;
    let drop = "SELECT format('DROP TABLE %I.%I', nspname, relname) FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname = $1 AND relname ~ '_[0-9]{4}_[0-9]{2}_[0-9]{2}$'";
    for row in bed.query(drop, &[&bed.schema]).await {
        bed.execute(row.get(0)).await;
    }

    // Without a partition of its day a job ends all the same, and is moved there when it is made.
    let id = tower.client().enqueue(Note).await.unwrap();
    let running = tower.start().unwrap();

    in_state(&tower.console(), id, JobState::Completed).await;
    until("the partitions are made", async || partitions().await == made).await;
    assert_eq!(made, 3 * 4);
    assert_eq!(tower.console().job(id).await.unwrap().state, JobState::Completed);
    running.stop().await;
}

#[tokio::test]
async fn what_is_pending_in_the_index_for_searches_is_merged_by_a_worker() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(note).build().await.unwrap();
    bed.execute("CREATE EXTENSION IF NOT EXISTS pageinspect").await;
    ended_days_ago(&bed, 3, 0).await;
    let pending = async || {
        let sql = "SELECT sum((gin_metapage_info(get_raw_page(relid::regclass::text, 0))).n_pending_tuples)::bigint
                   FROM pg_partition_tree('tower.history_search') WHERE isleaf";
        bed.number(sql).await
    };
    assert!(pending().await > 0);

    let running = tower.start().unwrap();

    until("nothing is pending", async || pending().await == 0).await;
    running.stop().await;
}

#[tokio::test]
async fn little_that_is_pending_waits_and_much_is_merged_soon() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let workers = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after)
                   SELECT 'here', number, '1', 1, '{}', '{}', '1 minute' FROM generate_series(1, 2) AS number";
    bed.query(workers, &[]).await;
    let is_due = async |worker: &str, is_overdue: bool| {
        let sql = include_str!("../../src/store/sql/merging_is_due.sql").replace("task_tower.", "tower.");
        let worker = bed.number(&format!("SELECT {worker}(id) FROM tower.worker")).await;
        bed.query(&sql, &[&worker, &30, &is_overdue]).await[0].get::<_, bool>(0)
    };
    let ended = async |minutes_ago: i32, count: i64| {
        let sql = "INSERT INTO tower.tally (axis, name, step, at, completed)
                   VALUES ('all', '', 1, date_trunc('minute', now() - make_interval(mins => $1), 'UTC'), $2)";
        bed.query(sql, &[&minutes_ago, &count]).await;
    };

    ended(3, 1_000_000).await;
    ended(0, 999).await;
    assert!(!is_due("min", false).await, "what ended before was merged before");
    assert!(is_due("min", true).await);
    assert!(!is_due("max", true).await, "the younger one leaves it to the elder");

    ended(-1, 1).await;
    assert!(is_due("min", false).await);
}

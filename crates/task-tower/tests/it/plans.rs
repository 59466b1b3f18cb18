//! The hot statements keep the plans that they were written for: on an empty table, where a plan
//! made once would stay for ever, and on a full one.

use crate::support::TestBed;

/// As the worker's own connections are set, see `Purpose::Work`.
const SETTINGS: &str = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off; \
                        SET plan_cache_mode = force_generic_plan";

struct Hot {
    name: &'static str,
    sql: &'static str,
    types: &'static str,
    values: &'static str,
    /// Plan nodes that would ruin it.
    forbidden: &'static [&'static str],
}

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../../src/store/sql/", $name, ".sql"))
    };
}

const HOT: &[Hot] = &[
    Hot {
        name: "claim",
        sql: sql!("claim"),
        types: "integer[], integer[], text[], smallint[], timestamptz[], text[], bigint, bigint",
        values: "'{64}', '{1}', '{default}', '{0}', '{-infinity}', '{probe}', 64, 1",
        forbidden: &["job_error_group", "Seq Scan on job", "Bitmap", "Sort", "Hash"],
    },
    Hot {
        name: "claim_oldest",
        sql: sql!("claim_oldest"),
        types: "integer, integer[], text[], smallint[], timestamptz[], text[], bigint",
        values: "64, '{0,0}', '{default,low}', '{0,0}', '{-infinity,-infinity}', '{probe}', 1",
        // It sorts the heads it has merged, never the backlog.
        forbidden: &["job_error_group", "Seq Scan on job", "Bitmap", "Hash"],
    },
    Hot {
        name: "claim_deaths",
        sql: sql!("claim_deaths"),
        types: "bigint, text[], bigint, uuid[], bigint[]",
        values: "1, '{probe}', 8, '{}', '{}'",
        // Thousands may wait while what tells them is down.
        forbidden: &["Seq Scan on death", "Bitmap", "Sort"],
    },
    Hot {
        name: "complete",
        sql: sql!("complete"),
        types: "uuid[], bigint[]",
        values: "'{}', '{}'",
        forbidden: &["job_error_group", "Seq Scan on job", "Bitmap", "Sort", "Hash"],
    },
    Hot {
        name: "doctor_kinds",
        sql: sql!("doctor_kinds"),
        types: "bigint",
        values: "1000",
        // It looks at the head of each lane, never at the backlog.
        forbidden: &["Seq Scan on job", "Bitmap Heap Scan on job"],
    },
    Hot {
        name: "doctor_queues",
        sql: sql!("doctor_queues"),
        types: "bigint",
        values: "1000",
        forbidden: &["Seq Scan on job", "Bitmap Heap Scan on job"],
    },
    Hot {
        name: "postpone",
        sql: sql!("postpone"),
        types: "uuid[], bigint[], bigint[], boolean[], boolean[], text[], text[]",
        values: "'{}', '{}', '{}', '{}', '{}', '{}', '{}'",
        forbidden: &["job_error_group", "Seq Scan on job", "Bitmap", "Sort", "Hash"],
    },
    Hot {
        name: "finish",
        sql: sql!("finish"),
        types: "uuid[], bigint[], smallint[], boolean[], text[], text[], text[], text[]",
        values: "'{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'",
        forbidden: &["job_error_group", "Seq Scan on job", "Bitmap", "Sort", "Hash"],
    },
    Hot {
        name: "look",
        sql: sql!("look"),
        types: "text[], smallint[], timestamptz[]",
        values: "'{default}', '{0}', '{-infinity}'",
        forbidden: &["job_error_group", "Seq Scan on job", "Bitmap", "Sort", "Hash"],
    },
    Hot {
        name: "revoked",
        sql: sql!("revoked"),
        types: "uuid[], bigint[]",
        values: "'{}', '{}'",
        forbidden: &["job_error_group", "Seq Scan on job", "Bitmap", "Hash"],
    },
];

#[tokio::test]
async fn hot_statements_keep_their_plans_empty_and_full() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();

    check_all(&bed, "on an empty table").await;
    fill(&bed, 1_000).await;
    check_all(&bed, "with a thousand jobs and no statistics").await;
    bed.query("ANALYZE tower.job", &[]).await;
    check_all(&bed, "with a thousand jobs").await;
    fill(&bed, 200_000).await;
    check_all(&bed, "with 200,000 jobs and stale statistics").await;
    bed.query("ANALYZE tower.job", &[]).await;
    check_all(&bed, "with 200,000 jobs").await;
}

async fn fill(bed: &TestBed, count: i32) {
    let sql = "INSERT INTO tower.job (id, kind) SELECT tower.new_id(), 'probe' FROM generate_series(1, $1)";
    bed.query(sql, &[&count]).await;
}

async fn check_all(bed: &TestBed, when: &str) {
    let client = bed.connect().await;
    client.batch_execute(SETTINGS).await.unwrap();
    for hot in HOT {
        let sql = hot.sql.replace("task_tower.", &format!("{}.", bed.quoted()));
        client.batch_execute(&format!("PREPARE hot ({}) AS {sql}", hot.types)).await.unwrap();
        let rows = client.simple_query(&format!("EXPLAIN (COSTS OFF) EXECUTE hot ({})", hot.values)).await.unwrap();
        client.batch_execute("DEALLOCATE hot").await.unwrap();
        let plan: Vec<&str> = rows.iter().filter_map(line).collect();
        for node in hot.forbidden {
            let found = plan.iter().any(|line| line.contains(node));
            assert!(!found, "{} has a {node} {when}:\n{}", hot.name, plan.join("\n"));
        }
    }
}

fn line(message: &tokio_postgres::SimpleQueryMessage) -> Option<&str> {
    match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    }
}

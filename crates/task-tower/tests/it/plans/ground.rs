//! The tables in which hot statements are tried, from nothing to a million jobs.

use crate::support::TestBed;

/// How full the tables are, and what the planner knows of it.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    Empty,
    Thousand,
    ThousandAnalyzed,
    Million,
    MillionAnalyzed,
}

impl Stage {
    pub const ALL: [Self; 5] =
        [Self::Empty, Self::Thousand, Self::ThousandAnalyzed, Self::Million, Self::MillionAnalyzed];

    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "on empty tables",
            Self::Thousand => "with a thousand jobs and no statistics",
            Self::ThousandAnalyzed => "with a thousand jobs",
            Self::Million => "with a million jobs and the statistics of a thousand",
            Self::MillionAnalyzed => "with a million jobs",
        }
    }
}

/// How many jobs a statement is tried with.
const BATCH: usize = 64;

pub struct Ground {
    pub bed: TestBed,
    worker: i64,
}

impl Ground {
    pub async fn new() -> Self {
        let bed = TestBed::new().await;
        bed.builder().build().await.unwrap();
        bed.query("SELECT tower.make_partitions(1)", &[]).await;
        let sql = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after)
                   VALUES ('here', 1, '1', 20, '{probe}', '{}', '1 h') RETURNING id";
        let worker = bed.query(sql, &[]).await[0].get(0);
        let ground = Self { bed, worker };
        ground.leave_alone().await;
        ground
    }

    /// Statistics are taken when a stage says so, and not before.
    async fn leave_alone(&self) {
        let sql = "SELECT format('ALTER TABLE %s SET (autovacuum_enabled = off)', oid::regclass)
                   FROM pg_class WHERE relnamespace = quote_ident($1)::regnamespace AND relkind = 'r'";
        for row in self.bed.query(sql, &[&self.bed.schema]).await {
            self.bed.execute(row.get(0)).await;
        }
    }

    pub async fn enter(&self, stage: Stage) {
        match stage {
            Stage::Empty => {}
            Stage::Thousand => self.fill(1, 1_000).await,
            Stage::Million => self.fill(1_001, 1_000_000).await,
            Stage::ThousandAnalyzed | Stage::MillionAnalyzed => self.analyze().await,
        }
    }

    /// Jobs, live ones and finished ones, with these numbers, and what belongs to some of them.
    async fn fill(&self, first: i32, last: i32) {
        let sql = self.render(include_str!("fill.sql"));
        let sql = sql.replace(":first", &first.to_string()).replace(":last", &last.to_string());
        self.bed.execute(&sql.replace(":worker", &self.worker.to_string())).await;
    }

    /// As the server does by itself: tables in which there is something.
    async fn analyze(&self) {
        let sql = "SELECT format('ANALYZE %s', oid::regclass)
                   FROM pg_class WHERE relnamespace = quote_ident($1)::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0";
        for row in self.bed.query(sql, &[&self.bed.schema]).await {
            self.bed.execute(row.get(0)).await;
        }
    }

    /// A statement of the engine, in this schema.
    pub fn render(&self, sql: &str) -> String {
        sql.replace("task_tower.", &format!("{}.", self.bed.quoted()))
    }

    /// The values of a call: `{ids}` and `{leases}` of runs under way, `{ended}` and `{ended_leases}` of finished
    /// jobs, `{worker}`, and `<all x>` for a list in which each job has the same.
    pub async fn fill_in(&self, values: &str) -> String {
        let mut filled = values.replace("{worker}", &self.worker.to_string());
        for (place, sql) in PLACES {
            if filled.contains(place) {
                let list: String = self.bed.query(&sql.replace("$1", &BATCH.to_string()), &[]).await[0].get(0);
                filled = filled.replace(place, &list);
            }
        }
        while let Some(begin) = filled.find("<all ") {
            let length = filled[begin..].find('>').expect("it ends");
            let value = &filled[begin + "<all ".len()..begin + length];
            let list = format!("'{{{}}}'", vec![value; BATCH].join(","));
            filled.replace_range(begin..=begin + length, &list);
        }
        filled
    }
}

/// What stands for values that are in the tables.
const PLACES: &[(&str, &str)] = &[
    (
        "{next_at}",
        "SELECT quote_literal(coalesce((SELECT next_at FROM tower.recurring WHERE name = 'recurring-11'), now()))",
    ),
    (
        "{times}",
        "SELECT quote_literal(array_agg(now() - interval '1 s' * number)) FROM generate_series(1, $1) AS number",
    ),
    (
        "{ids}",
        "SELECT quote_literal(coalesce(array_agg(id), array[gen_random_uuid()])) FROM (SELECT id FROM tower.job WHERE worker_id > 0 ORDER BY id LIMIT $1) AS held",
    ),
    (
        "{leases}",
        "SELECT quote_literal(coalesce(array_agg(lease), '{1}')) FROM (SELECT lease FROM tower.job WHERE worker_id > 0 ORDER BY id LIMIT $1) AS held",
    ),
    (
        "{ended}",
        "SELECT quote_literal(coalesce(array_agg(id), array[gen_random_uuid()])) FROM (SELECT id FROM tower.history ORDER BY id LIMIT $1) AS ended",
    ),
    (
        "{ended_leases}",
        "SELECT quote_literal(coalesce(array_agg(lease), '{1}')) FROM (SELECT lease FROM tower.history ORDER BY id LIMIT $1) AS ended",
    ),
    (
        "{id}",
        "SELECT quote_literal(coalesce(max(id::text), gen_random_uuid()::text)) FROM (SELECT id FROM tower.job WHERE worker_id > 0 ORDER BY id LIMIT 1) AS held",
    ),
    ("{untold}", "SELECT coalesce(max(id), 0)::text FROM (SELECT id FROM tower.untold ORDER BY id LIMIT 1) AS untold"),
    (
        "{batch}",
        "SELECT quote_literal(coalesce(max(id::text), gen_random_uuid()::text)) FROM (SELECT id FROM tower.batch ORDER BY id LIMIT 1) AS batch",
    ),
    (
        "{full_batch}",
        "SELECT quote_literal(coalesce(max(batch_id::text), gen_random_uuid()::text)) FROM (SELECT batch_id FROM tower.job WHERE batch_id IS NOT NULL ORDER BY batch_id LIMIT 1) AS member",
    ),
    ("{new}", "SELECT quote_literal(array_agg(tower.new_id())) FROM generate_series(1, $1)"),
    ("{lanes}", "SELECT quote_literal(array_agg('queue-' || number)) FROM generate_series(1, $1) AS number"),
    ("{words}", "SELECT quote_literal(array_agg('word-' || number)) FROM generate_series(1, $1) AS number"),
    (
        "{kinds}",
        "SELECT quote_literal(array_prepend('probe', array_agg('word-' || number))) FROM generate_series(1, $1) AS number",
    ),
    ("{numbers}", "SELECT quote_literal(array_agg(number)) FROM generate_series(1, $1) AS number"),
    ("{bound}", "SELECT quote_literal(coalesce(max(run_at), now())) FROM tower.job WHERE worker_id > 0"),
];

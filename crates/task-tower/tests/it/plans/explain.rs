//! Runs a statement as the engine does, and tells how: the plan with what came out of each node, and what was read of
//! which table and index, by functions and triggers, too. Nothing of it stays.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Row, SimpleQueryMessage};

use super::ground::Ground;
use super::hot::Hot;

/// What a connection is for, as `store/link.rs` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    Work,
    Enqueue,
    Unique,
    /// One of the program's own, as it comes.
    Foreign,
    Read,
    Examine,
}

impl Purpose {
    fn settings(self) -> &'static str {
        match self {
            Purpose::Work => include_str!("../../../src/store/settings/work.sql"),
            Purpose::Enqueue => include_str!("../../../src/store/settings/enqueue.sql"),
            Purpose::Unique => include_str!("../../../src/store/settings/unique.sql"),
            Purpose::Foreign => "",
            Purpose::Read => include_str!("../../../src/store/settings/read.sql"),
            Purpose::Examine => include_str!("../../../src/store/settings/examine.sql"),
        }
    }
}

/// For which values a plan is made, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planning {
    /// For any, once, while the tables were empty; until statistics are taken it stays.
    Kept,
    /// For any, now.
    Generic,
    /// For those that are given.
    Custom,
}

impl Planning {
    pub const ALL: [Self; 3] = [Self::Kept, Self::Generic, Self::Custom];

    pub fn words(self) -> &'static str {
        match self {
            Self::Kept => "with the plan that was made first",
            Self::Generic => "with a plan for any values",
            Self::Custom => "with a plan for its values",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Self::Kept | Self::Generic => "SET plan_cache_mode = force_generic_plan",
            Self::Custom => "SET plan_cache_mode = force_custom_plan",
        }
    }
}

/// What was read of a table from its beginning, or of an index; partitions count for the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub is_table: bool,
    pub times: u64,
    pub rows: u64,
}

/// How a statement ran.
#[derive(Debug)]
pub struct Seen {
    pub plan: Plan,
    pub reads: BTreeMap<String, Read>,
}

/// The root of a plan in the JSON of `EXPLAIN`, with partitions called as what they are a part of.
#[derive(Debug)]
pub struct Plan(pub Value);

impl Plan {
    /// All nodes, each with how deep it lies.
    pub fn nodes(&self) -> Vec<(usize, &Value)> {
        let mut nodes = Vec::new();
        gather(&self.0, 0, &mut nodes);
        nodes
    }

    /// A line for each node.
    pub fn text(&self) -> String {
        let lines = self.nodes().into_iter().map(|(depth, node)| {
            let named = ["Node Type", "Index Name", "Relation Name", "Subplan Name"]
                .map(|key| node[key].as_str().unwrap_or(""));
            format!("{}{} {} rows", "  ".repeat(depth + 1), named.join(" ").trim(), rows(node))
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn gather<'a>(node: &'a Value, depth: usize, nodes: &mut Vec<(usize, &'a Value)>) {
    nodes.push((depth, node));
    for child in children(node) {
        gather(child, depth + 1, nodes);
    }
}

pub fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["Plans"].as_array().into_iter().flatten()
}

/// How many rows came out of a node.
pub fn rows(node: &Value) -> u64 {
    (node["Actual Rows"].as_f64().unwrap_or(0.0) * node["Actual Loops"].as_f64().unwrap_or(0.0)).round() as u64
}

/// A connection with its settings and those of the statements that it runs.
pub struct Desk {
    pub purpose: Purpose,
    pub planning: Planning,
    client: Client,
    schema: String,
}

impl Desk {
    pub async fn open(ground: &Ground, purpose: Purpose, planning: Planning, statements: &[Hot]) -> Self {
        let client = ground.bed.connect().await;
        client.batch_execute(purpose.settings()).await.unwrap();
        client.batch_execute(planning.setting()).await.unwrap();
        for hot in statements.iter().filter(|hot| hot.on == purpose) {
            let sql = ground.render(hot.sql);
            client.batch_execute(&format!("PREPARE {} AS {sql}", hot.name)).await.unwrap();
        }
        Self { purpose, planning, client, schema: ground.bed.schema.clone() }
    }

    /// Runs the statement with values and takes it back. `None` when it found no job to do anything with, and says so.
    pub async fn explain(&self, name: &str, values: &str) -> Option<Seen> {
        if self.planning == Planning::Generic {
            self.client.batch_execute("DISCARD PLANS").await.unwrap();
        }
        self.client.batch_execute("BEGIN").await.unwrap();
        let before = self.reads().await;
        let call = if values.is_empty() { name.to_owned() } else { format!("{name} ({values})") };
        let sql = format!("EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, FORMAT JSON) EXECUTE {call}");
        let answer = match self.client.simple_query(&sql).await {
            Err(error) if error.code() == Some(&SqlState::NO_DATA_FOUND) => {
                self.client.batch_execute("ROLLBACK").await.unwrap();
                return None;
            }
            answer => answer.unwrap_or_else(|error| panic!("{call}: {error:?}")),
        };
        let after = self.reads().await;
        self.client.batch_execute("ROLLBACK").await.unwrap();

        let mut plan = parse(&answer);
        name_whole(&mut plan, &self.wholes().await);
        Some(Seen { plan: Plan(plan), reads: difference(&before, after) })
    }

    /// The names of partitions, and of their indexes, with what they are a part of.
    async fn wholes(&self) -> BTreeMap<String, String> {
        let sql = "SELECT class.relname::text, whole.relname::text
                   FROM pg_class AS class
                   JOIN pg_class AS whole ON whole.oid = pg_partition_root(class.oid)
                   WHERE class.relnamespace = quote_ident($1)::regnamespace";
        let rows = self.client.query(sql, &[&self.schema]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// What this connection has read so far, as the server counts it.
    async fn reads(&self) -> BTreeMap<String, Read> {
        let sql = "SELECT coalesce(whole.relname, class.relname)::text, class.relkind IN ('r', 'p'),
                          sum(pg_stat_get_xact_numscans(class.oid))::bigint,
                          sum(pg_stat_get_xact_tuples_returned(class.oid))::bigint
                   FROM pg_class AS class
                   LEFT JOIN pg_class AS whole ON whole.oid = pg_partition_root(class.oid)
                   WHERE class.relnamespace = quote_ident($1)::regnamespace AND class.relkind IN ('r', 'i')
                   GROUP BY 1, 2";
        let rows = self.client.query(sql, &[&self.schema]).await.unwrap();
        let number = |row: &Row, column| row.get::<_, i64>(column).unsigned_abs();
        let read = |row: &Row| Read { is_table: row.get(1), times: number(row, 2), rows: number(row, 3) };
        rows.iter().map(|row| (row.get(0), read(row))).collect()
    }
}

fn parse(answer: &[SimpleQueryMessage]) -> Value {
    let lines = answer.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let text: String = lines.collect();
    let mut parsed: Value = serde_json::from_str(&text).unwrap();
    parsed[0]["Plan"].take()
}

fn name_whole(node: &mut Value, wholes: &BTreeMap<String, String>) {
    for key in ["Index Name", "Relation Name"] {
        if let Some(whole) = node[key].as_str().and_then(|name| wholes.get(name)) {
            node[key] = whole.clone().into();
        }
    }
    for child in node["Plans"].as_array_mut().into_iter().flatten() {
        name_whole(child, wholes);
    }
}

fn difference(before: &BTreeMap<String, Read>, after: BTreeMap<String, Read>) -> BTreeMap<String, Read> {
    let grown = after.into_iter().map(|(name, read)| {
        let past = before.get(&name).copied().unwrap_or_default();
        (name, Read { times: read.times - past.times, rows: read.rows - past.rows, ..read })
    });
    grown.filter(|(_, read)| read.times > 0).collect()
}

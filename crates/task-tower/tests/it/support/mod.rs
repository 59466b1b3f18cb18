//! What the tests stand on: one PostgreSQL for the whole run, a fresh schema for each test, and
//! waiting for events.

#![allow(dead_code, unreachable_pub, reason = "each topic uses a part of it")]

pub mod address;
pub mod example;
pub mod house;
pub mod proxy;
pub mod stage;

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use task_tower::{Console, JobId, JobRecord, JobState, TaskTower, TowerBuilder, testing};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row};

/// Longer than anything takes on a loaded machine; only a failing test waits so long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A fresh schema in the PostgreSQL of this run: the bed that users have, and SQL beside it.
#[derive(Clone, Debug)]
pub struct TestBed {
    pub url: String,
    pub schema: String,
    /// Keeps the schema; so do the towers that are built.
    bed: Option<Arc<testing::TestBed>>,
}

impl TestBed {
    pub async fn new() -> Self {
        let bed = testing::TestBed::new().await;
        Self { url: bed.url().to_owned(), schema: bed.schema().to_owned(), bed: Some(Arc::new(bed)) }
    }

    /// A schema of that name, without anything in it yet.
    pub async fn with_schema(schema: &str) -> Self {
        let bed = Self::at(server(), schema);
        bed.execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", bed.quoted())).await;
        bed
    }

    /// A schema that somebody else cares for.
    pub fn at(url: &str, schema: &str) -> Self {
        Self { url: url.to_owned(), schema: schema.to_owned(), bed: None }
    }

    /// A builder with the shortest intervals, so that rescues take a second instead of fifteen.
    pub fn builder(&self) -> TowerBuilder {
        let builder = self.bed.as_ref().map_or_else(TaskTower::builder, |bed| bed.builder());
        builder
            .connection_string(&self.url)
            .schema_name(&self.schema)
            .backend_concurrency(8)
            .queue_announcement_interval(Duration::from_millis(500))
            .job_check_interval(Duration::from_millis(500))
            .heartbeat_interval(Duration::from_millis(200))
            .dead_after(Duration::from_secs(1))
            .shutdown_grace(Duration::from_secs(5))
    }

    /// A connection of the test's own.
    pub async fn connect(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    pub async fn execute(&self, sql: &str) {
        self.connect().await.batch_execute(sql).await.unwrap();
    }

    /// Rows of a query in which `tower.` stands for the schema.
    pub async fn query(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<Row> {
        let sql = sql.replace("tower.", &format!("{}.", self.quoted()));
        self.connect().await.query(&sql, parameters).await.unwrap()
    }

    /// The single number that a query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        self.query(sql, &[]).await[0].get(0)
    }

    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.schema.replace('"', "\"\""))
    }
}

/// Waits until the condition holds; fails with its name when it never does.
pub async fn until<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until the job is in that state, and returns it.
pub async fn in_state(console: &Console, id: JobId, state: JobState) -> JobRecord {
    let began = Instant::now();
    loop {
        let job = console.job(id).await.unwrap();
        if job.state == state {
            return job;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {state}; it is {job:#?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The address of the one PostgreSQL of this run.
pub fn server() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| std::thread::spawn(find_server).join().unwrap())
}

#[tokio::main(flavor = "current_thread")]
async fn find_server() -> String {
    testing::TestBed::new().await.url().to_owned()
}

//! Awa, on the queue storage that is its default since 0.6.

use std::ops::Range;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use awa::{Client, InsertOpts, InsertParams, JobArgs, JobResult, QueueConfig, insert_many_copy_from_pool, insert_with};
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, postgres::PgPoolOptions, query_scalar};
use task_tower_bench::{Bed, Caller, Contender};

/// Its default is 50; `tests/benchmark_test.rs` of the crate begins with 100.
const MAX_WORKERS: usize = 64;
/// As its benchmark has it; 200 ms by default.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// As many as there are callers at once, and some for the worker.
const CONNECTIONS: u32 = 24;
/// Rows of one COPY.
const ROWS: usize = 10_000;
const GRACE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    driver::serve(Awa::open)
}

#[derive(Serialize, Deserialize, JobArgs)]
struct Errand {
    number: u64,
    text: String,
}

struct Awa {
    pool: PgPool,
    client: Client,
    bed: Bed,
}

impl Awa {
    async fn open(bed: &Bed) -> Result<Self> {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&bed.url).await?;
        awa::migrations::run(&pool).await?;
        let ledger = bed.ledger.clone();
        let config = QueueConfig {
            max_workers: u32::try_from(bed.slots.unwrap_or(MAX_WORKERS))?,
            poll_interval: POLL_INTERVAL,
            // As its benchmark has it: without a deadline, claims are cheaper.
            deadline_duration: Duration::ZERO,
            ..QueueConfig::default()
        };
        let client = Client::builder(pool.clone())
            .queue("default", config)
            .register::<Errand, _, _>(move |errand, _| {
                ledger.began(errand.number);
                async { Ok(JobResult::Completed) }
            })
            .build()?;
        Ok(Self { pool, client, bed: bed.clone() })
    }
}

fn errand(bed: &Bed, number: u64) -> Errand {
    let errand = bed.errand(number);
    Errand { number, text: errand.text }
}

impl Contender for Awa {
    type Caller = Enqueuer;
    type Worker = ();

    async fn caller(&self) -> Result<Enqueuer> {
        Ok(Enqueuer { pool: self.pool.clone(), bed: self.bed.clone() })
    }

    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        for start in numbers.clone().step_by(ROWS) {
            let some = start..numbers.end.min(start + ROWS as u64);
            let jobs = some.map(|number| awa::model::insert::params(&errand(&self.bed, number)));
            insert_many_copy_from_pool(&self.pool, &jobs.collect::<Result<Vec<InsertParams>, _>>()?).await?;
        }
        Ok(())
    }

    async fn start(&self) -> Result<()> {
        Ok(self.client.start().await?)
    }

    async fn stop(&self, (): ()) -> Result<()> {
        self.client.shutdown(GRACE).await;
        Ok(())
    }

    async fn unfinished(&self) -> Result<u64> {
        let count: i64 =
            query_scalar("SELECT count(*) FROM awa.jobs WHERE state <> 'completed'").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

struct Enqueuer {
    pool: PgPool,
    bed: Bed,
}

impl Caller for Enqueuer {
    async fn enqueue(&self, number: u64) -> Result<()> {
        insert_with(&self.pool, &errand(&self.bed, number), InsertOpts::default()).await?;
        Ok(())
    }
}
